// From the rows of a SELECT to touchpoints.
#ifndef CLI_SQL_MAPPING_H_
#define CLI_SQL_MAPPING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/field_path.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::cli {

// The columns of a mapping. Immutable.
class SqlMapping {
 public:
  // INVALID_ARGUMENT names the first column that is no path of a touchpoint.
  // The column `_line` is no field: it tells the line that the row stems
  // from.
  [[nodiscard]] static absl::StatusOr<SqlMapping> FromColumns(
      const std::vector<std::string>& columns);

  // INVALID_ARGUMENT names column, value and what is wrong.
  [[nodiscard]] absl::StatusOr<v1::Touchpoint> Convert(
      const std::vector<Cell>& row) const;

  // The row's `_line`; 0 where the mapping has no such column.
  [[nodiscard]] int64_t LineOf(const std::vector<Cell>& row) const;

 private:
  // None for `_line`.
  std::vector<std::optional<FieldPath>> paths_;
};

}  // namespace journey::cli

#endif  // CLI_SQL_MAPPING_H_
