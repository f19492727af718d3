// What a touchpoint must be by its kind, by what happened and by who spoke:
// conditions of scores and activities of plans ask for that in the same words.
#ifndef PROJECTIONS_RULES_TOUCHPOINT_MATCH_H_
#define PROJECTIONS_RULES_TOUCHPOINT_MATCH_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::projections {

// Immutable and thread-safe.
class TouchpointMatch {
 public:
  // `rule` is checked and has `kind`, `actions` and `direction`.
  template <typename Rule>
  explicit TouchpointMatch(const Rule& rule)
      : TouchpointMatch(rule.kind(), rule.actions(), rule.direction()) {}

  [[nodiscard]] bool IsMetBy(const v1::Touchpoint& touchpoint) const;

 private:
  TouchpointMatch(
      v1::TouchpointKind kind,
      const google::protobuf::RepeatedPtrField<std::string>& actions,
      v1::Direction direction);

  v1::TouchpointKind kind_;
  v1::Direction direction_;
  // The field that says what happened, and the numbers of those of its values
  // that will do; none: any does.
  const google::protobuf::FieldDescriptor* action_field_;
  std::vector<int> actions_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_TOUCHPOINT_MATCH_H_
