#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cli/instants.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

// Narrower columns would cut ids and amounts.
constexpr int kColumnWidthMin = 22;
constexpr int kColumnWidthMax = 34;
constexpr int kGap = 2;

std::string StallMark(const v1::Deal& deal) {
  const bool critical = std::any_of(
      deal.stalls().begin(), deal.stalls().end(), [](const v1::Stall& stall) {
        return stall.severity() == v1::STALL_SEVERITY_CRITICAL;
      });
  if (critical) return "!!";
  return deal.stalls().empty() ? "" : "!";
}

// A sum a line, because several currencies do not fit into one.
void AddSums(const google::protobuf::RepeatedPtrField<v1::Money>& sums,
             absl::string_view suffix, size_t width,
             std::vector<std::string>& lines) {
  for (const v1::Money& sum : sums) {
    lines.push_back(Truncate(absl::StrCat(FormatMoney(sum), suffix), width));
  }
}

std::vector<std::string> HeadOf(const v1::BoardColumn& column, size_t width) {
  std::vector<std::string> lines;
  lines.push_back(Between(Printable(column.name()),
                          absl::StrCat(column.win_probability_percent(), "%"),
                          width));
  std::string counts =
      absl::StrCat(FormatCount(column.deal_count()),
                   column.deal_count() == 1 ? " deal" : " deals");
  if (column.stalled_count() > 0) {
    absl::StrAppend(&counts, ", ", FormatCount(column.stalled_count()), " !");
  }
  lines.push_back(Truncate(counts, width));
  AddSums(column.amounts(), "", width, lines);
  AddSums(column.weighted_amounts(), " weighted", width, lines);
  return lines;
}

void AddDeals(const v1::BoardColumn& column, int64_t at, size_t width,
              std::vector<std::string>& lines) {
  for (const v1::Deal& deal : column.deals()) {
    // The id first: the name is what may be cut.
    const std::string name = absl::StrCat(
        deal.deal_id(), deal.name().empty() ? "" : "  ", deal.name());
    lines.push_back(Between(Printable(name), StallMark(deal), width));
    const std::string age =
        ShortDuration(at - ToMicros(deal.stage().entered_at()));
    lines.push_back(Between(
        absl::StrCat(
            "  ", deal.has_amount() ? FormatMoney(deal.amount()) : "no amount"),
        age, width));
  }
  const int hidden = column.deal_count() - column.deals_size();
  if (hidden > 0 && column.deals_size() > 0) {
    lines.push_back(
        Truncate(absl::StrCat("… ", FormatCount(hidden), " more"), width));
  }
}

// Columns side by side.
void PrintBand(const std::vector<std::vector<std::string>>& columns,
               size_t width, std::ostream& out) {
  size_t height = 0;
  for (const auto& column : columns) height = std::max(height, column.size());
  for (size_t row = 0; row < height; ++row) {
    std::string line;
    for (const auto& column : columns) {
      absl::StrAppend(&line,
                      PadRight(row < column.size() ? column[row] : "", width),
                      std::string(kGap, ' '));
    }
    line.resize(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace

void PrintBoard(const v1::GetBoardResponse& board, int64_t at, int width,
                std::ostream& out) {
  const int count = board.columns_size();
  out << Printable(board.name()) << " (" << Printable(board.pipeline_id())
      << ")\n";
  const bool empty = std::all_of(
      board.columns().begin(), board.columns().end(),
      [](const v1::BoardColumn& column) { return column.deal_count() == 0; });
  if (empty) {
    out << "No open deals. `journeyctl deals list` also shows those that are "
           "decided.\n";
    return;
  }
  const int fitting =
      std::clamp((width + kGap) / (kColumnWidthMin + kGap), 1, count);
  // Bands of about equal size look better than a lone column below.
  const int bands = (count + fitting - 1) / fitting;
  const int per_band = (count + bands - 1) / bands;
  const auto column_width = static_cast<size_t>(
      std::clamp((width + kGap) / per_band - kGap, 10, kColumnWidthMax));
  for (int first = 0; first < count; first += per_band) {
    const int last = std::min(first + per_band, count);
    std::vector<std::vector<std::string>> columns;
    size_t head_height = 0;
    for (int i = first; i < last; ++i) {
      columns.push_back(HeadOf(board.columns(i), column_width));
      head_height = std::max(head_height, columns.back().size());
    }
    for (int i = first; i < last; ++i) {
      auto& column = columns[static_cast<size_t>(i - first)];
      column.resize(head_height);
      column.emplace_back(column_width, '-');
      AddDeals(board.columns(i), at, column_width, column);
    }
    out << '\n';
    PrintBand(columns, column_width, out);
  }
  out << "\n! stalled, !! critically; the number on the right is the time in "
         "the stage\n";
}

}  // namespace journey::cli
