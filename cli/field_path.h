// Columns of a mapping: each is the path of a field of a touchpoint, and each
// value is converted as the field's type asks.
#ifndef CLI_FIELD_PATH_H_
#define CLI_FIELD_PATH_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::cli {

// One value of a row: its text, and whether SQLite holds it as a number.
struct Cell {
  absl::string_view text;
  bool is_number = false;
};

// A path such as "deal.products[0].product_id". Immutable.
class FieldPath {
 public:
  // Resolves a column name. `X.amount_minor` and `X.currency_code` stand for
  // `X.amount.…` where X has an amount; `attributes.NAME` is one attribute.
  // INVALID_ARGUMENT says which part is unknown and what there is instead.
  [[nodiscard]] static absl::StatusOr<FieldPath> Parse(
      absl::string_view column);

  [[nodiscard]] const std::string& column() const { return column_; }

  // Sets the field; an empty cell leaves it unset. INVALID_ARGUMENT says why
  // the value does not fit.
  [[nodiscard]] absl::Status Assign(const Cell& cell,
                                    v1::Touchpoint& touchpoint) const;

 private:
  struct Step {
    const google::protobuf::FieldDescriptor* field = nullptr;
    // Which element of a repeated field; -1 for the field as a whole.
    int index = -1;
  };

  FieldPath() = default;

  std::string column_;
  std::vector<Step> steps_;
  // Set for `attributes.NAME`.
  std::string attribute_;
};

}  // namespace journey::cli

#endif  // CLI_FIELD_PATH_H_
