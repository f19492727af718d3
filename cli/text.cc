#include "cli/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace journey::cli {
namespace {

// Between the columns of a table.
constexpr absl::string_view kGap = "  ";

struct Range {
  char32_t first;
  char32_t last;
};

// Marks that are drawn over the letter before them.
constexpr std::array<Range, 7> kZeroWidth = {{{0x0300, 0x036F},
                                              {0x1AB0, 0x1AFF},
                                              {0x1DC0, 0x1DFF},
                                              {0x200B, 0x200F},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F},
                                              {0xFE20, 0xFE2F}}};

// East Asian wide letters and emoji.
constexpr std::array<Range, 9> kDoubleWidth = {{{0x1100, 0x115F},
                                                {0x2E80, 0x303E},
                                                {0x3041, 0xA4CF},
                                                {0xAC00, 0xD7A3},
                                                {0xF900, 0xFAFF},
                                                {0xFE30, 0xFE6F},
                                                {0xFF00, 0xFF60},
                                                {0x1F300, 0x1FAFF},
                                                {0x20000, 0x3FFFD}}};

template <size_t N>
bool Contains(const std::array<Range, N>& ranges, char32_t letter) {
  return std::any_of(ranges.begin(), ranges.end(), [letter](const Range& r) {
    return letter >= r.first && letter <= r.last;
  });
}

size_t WidthOf(char32_t letter) {
  if (Contains(kZeroWidth, letter)) return 0;
  return Contains(kDoubleWidth, letter) ? 2 : 1;
}

// Length in bytes of the letter at the front of `text`; malformed bytes count
// as letters of their own.
size_t TakeLetter(absl::string_view text, char32_t& letter) {
  const auto byte = [text](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char lead = byte(0);
  size_t length = lead < 0x80   ? 1
                  : lead < 0xC0 ? 1
                  : lead < 0xE0 ? 2
                  : lead < 0xF0 ? 3
                                : 4;
  if (length > text.size()) length = 1;
  letter = length == 1 ? lead : lead & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      letter = lead;
      return 1;
    }
    letter = letter << 6 | (byte(i) & 0x3F);
  }
  return length;
}

// Decimals of the currencies of ISO 4217 that do not have two.
int DecimalsOf(absl::string_view currency) {
  for (const absl::string_view zero :
       {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF",
        "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}) {
    if (currency == zero) return 0;
  }
  for (const absl::string_view three :
       {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) {
    if (currency == three) return 3;
  }
  return currency == "CLF" || currency == "UYW" ? 4 : 2;
}

std::string GroupDigits(std::string digits) {
  for (int64_t i = static_cast<int64_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<size_t>(i), ",");
  }
  return digits;
}

std::string TrimRight(std::string line) {
  line.resize(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

size_t DisplayWidth(absl::string_view text) {
  size_t width = 0;
  char32_t letter = 0;
  while (!text.empty()) {
    text.remove_prefix(TakeLetter(text, letter));
    width += WidthOf(letter);
  }
  return width;
}

std::string Truncate(absl::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::string cut;
  size_t used = 0;
  char32_t letter = 0;
  while (!text.empty()) {
    const size_t length = TakeLetter(text, letter);
    if (used + WidthOf(letter) > width - 1) break;
    used += WidthOf(letter);
    cut.append(text.data(), length);
    text.remove_prefix(length);
  }
  return cut + "…";
}

std::string PadRight(absl::string_view text, size_t width) {
  const size_t used = DisplayWidth(text);
  return absl::StrCat(text, std::string(used < width ? width - used : 0, ' '));
}

std::string PadLeft(absl::string_view text, size_t width) {
  const size_t used = DisplayWidth(text);
  return absl::StrCat(std::string(used < width ? width - used : 0, ' '), text);
}

std::string Between(absl::string_view left, absl::string_view right,
                    size_t width) {
  const size_t taken = DisplayWidth(right);
  if (taken + 2 > width) return Truncate(right, width);
  return absl::StrCat(
      PadRight(Truncate(left, width - taken - 1), width - taken), right);
}

std::vector<std::string> Wrap(absl::string_view text, size_t width) {
  std::vector<std::string> lines;
  for (const absl::string_view word :
       absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!lines.empty() &&
        DisplayWidth(lines.back()) + 1 + DisplayWidth(word) <= width) {
      absl::StrAppend(&lines.back(), " ", word);
    } else {
      lines.push_back(Truncate(word, width));
    }
  }
  return lines;
}

std::string Printable(absl::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  char32_t letter = 0;
  while (!text.empty()) {
    const size_t length = TakeLetter(text, letter);
    const bool control = letter < 0x20 || (letter >= 0x7F && letter < 0xA0);
    if (control) {
      clean.push_back(' ');
    } else {
      clean.append(text.data(), length);
    }
    text.remove_prefix(length);
  }
  return clean;
}

std::string FormatMoney(const v1::Money& money) {
  const int decimals = DecimalsOf(money.currency_code());
  auto size = static_cast<uint64_t>(money.amount_minor());
  if (money.amount_minor() < 0) size = 0 - size;
  std::string digits = absl::StrCat(size);
  if (digits.size() <= static_cast<size_t>(decimals)) {
    digits.insert(0, static_cast<size_t>(decimals) + 1 - digits.size(), '0');
  }
  const size_t whole = digits.size() - static_cast<size_t>(decimals);
  std::string text = money.amount_minor() < 0 ? "-" : "";
  absl::StrAppend(&text, GroupDigits(digits.substr(0, whole)));
  if (decimals > 0) absl::StrAppend(&text, ".", digits.substr(whole));
  return absl::StrCat(text, " ", Printable(money.currency_code()));
}

std::string FormatMoneys(
    const google::protobuf::RepeatedPtrField<v1::Money>& moneys) {
  std::string text;
  for (const v1::Money& money : moneys) {
    absl::StrAppend(&text, text.empty() ? "" : " + ", FormatMoney(money));
  }
  return text.empty() ? "-" : text;
}

std::string FormatCount(int64_t count) {
  if (count < 0) return absl::StrCat("-", GroupDigits(absl::StrCat(-count)));
  return GroupDigits(absl::StrCat(count));
}

std::string FormatPoints(double points) {
  std::string text = absl::StrFormat("%.1f", points);
  return text == "-0.0" ? "0.0" : text;
}

Table::Table(const std::vector<std::string>& headings) {
  for (const std::string& heading : headings) {
    right_.push_back(heading[0] == '>');
    headings_.push_back(right_.back() ? heading.substr(1) : heading);
  }
}

void Table::AddRow(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = Printable(cell);
  cells.resize(headings_.size());
  rows_.push_back(std::move(cells));
}

std::vector<size_t> Table::Widths() const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < headings_.size(); ++i) {
    size_t width = DisplayWidth(headings_[i]);
    for (const auto& row : rows_) {
      width = std::max(width, DisplayWidth(row[i]));
    }
    widths.push_back(width);
  }
  return widths;
}

size_t Table::Width() const {
  const std::vector<size_t> widths = Widths();
  return std::accumulate(widths.begin(), widths.end(),
                         kGap.size() * (widths.size() - 1));
}

void Table::Print(std::ostream& out) const {
  const std::vector<size_t> widths = Widths();
  const auto print = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      absl::StrAppend(&line, i == 0 ? "" : kGap,
                      right_[i] ? PadLeft(cells[i], widths[i])
                                : PadRight(cells[i], widths[i]));
    }
    out << TrimRight(std::move(line)) << '\n';
  };
  print(headings_);
  for (const auto& row : rows_) print(row);
}

void Facts::Add(absl::string_view name, absl::string_view value) {
  if (!value.empty()) facts_.emplace_back(name, Printable(value));
}

void Facts::Print(std::ostream& out) const {
  size_t width = 0;
  for (const auto& [name, value] : facts_) {
    width = std::max(width, DisplayWidth(name));
  }
  for (const auto& [name, value] : facts_) {
    out << TrimRight(PadRight(name, width + 2) + value) << '\n';
  }
}

}  // namespace journey::cli
