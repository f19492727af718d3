#include "cli/sql_mapping.h"

#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/failure.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

constexpr char kLineColumn[] = "_line";
constexpr size_t kValueShownWidthMax = 60;

}  // namespace

absl::StatusOr<SqlMapping> SqlMapping::FromColumns(
    const std::vector<std::string>& columns) {
  SqlMapping mapping;
  std::set<std::string> seen;
  for (const std::string& column : columns) {
    if (!seen.insert(column).second) {
      return UsageError(absl::StrCat("column \"", column, "\" comes twice"));
    }
    if (column == kLineColumn) {
      mapping.paths_.emplace_back(std::nullopt);
      continue;
    }
    auto path = FieldPath::Parse(column);
    if (!path.ok()) {
      return UsageError(
          absl::StrCat("column \"", column, "\": ", path.status().message()));
    }
    mapping.paths_.emplace_back(*std::move(path));
  }
  for (const char* required : {"source", "touchpoint_id", "occurred_at"}) {
    if (seen.count(required) == 0) {
      return UsageError(absl::StrCat("the SELECT has no column \"", required,
                                     "\", which every touchpoint needs"));
    }
  }
  return mapping;
}

absl::StatusOr<v1::Touchpoint> SqlMapping::Convert(
    const std::vector<Cell>& row) const {
  v1::Touchpoint touchpoint;
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (!paths_[i].has_value()) continue;
    const absl::Status status = paths_[i]->Assign(row[i], touchpoint);
    if (status.ok()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", paths_[i]->column(), "\", value \"",
                     Truncate(Printable(row[i].text), kValueShownWidthMax),
                     "\": ", status.message()));
  }
  return touchpoint;
}

int64_t SqlMapping::LineOf(const std::vector<Cell>& row) const {
  int64_t line = 0;
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (!paths_[i].has_value() && !absl::SimpleAtoi(row[i].text, &line)) {
      return 0;
    }
  }
  return line;
}

}  // namespace journey::cli
