// Text for terminals: widths, tables, money.
#ifndef CLI_TEXT_H_
#define CLI_TEXT_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "journey/v1/common.pb.h"

namespace journey::cli {

// How many columns of a terminal UTF-8 text takes: wide East Asian letters
// and emoji take two, combining marks none.
[[nodiscard]] size_t DisplayWidth(absl::string_view text);

// At most `width` columns; text that is cut ends in "…".
[[nodiscard]] std::string Truncate(absl::string_view text, size_t width);

// Fills up with blanks to `width` columns, on the right or on the left.
[[nodiscard]] std::string PadRight(absl::string_view text, size_t width);
[[nodiscard]] std::string PadLeft(absl::string_view text, size_t width);

// `left` and `right` at the two ends of a line of `width` columns; `left` is
// cut if need be.
[[nodiscard]] std::string Between(absl::string_view left,
                                  absl::string_view right, size_t width);

// Lines of at most `width` columns, broken between words where possible.
[[nodiscard]] std::vector<std::string> Wrap(absl::string_view text,
                                            size_t width);

// Replaces control characters, so that data cannot steer the terminal.
[[nodiscard]] std::string Printable(absl::string_view text);

// For example "1,234.50 EUR"; the number of decimals is the currency's.
[[nodiscard]] std::string FormatMoney(const v1::Money& money);

// Sums of several currencies, for example "10.00 EUR + 5.00 USD"; "-" for
// none.
[[nodiscard]] std::string FormatMoneys(
    const google::protobuf::RepeatedPtrField<v1::Money>& moneys);

// What to say of a retraction whose touchpoint is not known: the id may be
// mistyped.
inline constexpr char kWaiting[] = "waits: no such id in the log";

// For example "1,234,567".
[[nodiscard]] std::string FormatCount(int64_t count);

// To a tenth, for example "52.5".
[[nodiscard]] std::string FormatPoints(double points);

// Columns aligned by the widest cell, two blanks between them, no blanks at
// the ends of lines.
class Table {
 public:
  // A heading that begins with ">" aligns its column to the right.
  explicit Table(const std::vector<std::string>& headings);

  void AddRow(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  // How many columns of a terminal it takes.
  [[nodiscard]] size_t Width() const;
  void Print(std::ostream& out) const;

 private:
  // Of each column.
  [[nodiscard]] std::vector<size_t> Widths() const;

  std::vector<std::string> headings_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

// Prints "name   value" lines; skips empty values.
class Facts {
 public:
  void Add(absl::string_view name, absl::string_view value);
  void Print(std::ostream& out) const;

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

}  // namespace journey::cli

#endif  // CLI_TEXT_H_
