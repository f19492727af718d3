#include "projections/rules/touchpoint_match.h"

#include <algorithm>

#include "projections/rules/payload_fields.h"
#include "service/core/touchpoint.h"

namespace journey::projections {

TouchpointMatch::TouchpointMatch(
    v1::TouchpointKind kind,
    const google::protobuf::RepeatedPtrField<std::string>& actions,
    v1::Direction direction)
    : kind_(kind), direction_(direction), action_field_(ActionField(kind)) {
  if (action_field_ == nullptr) return;
  for (const std::string& action : actions) {
    const auto* value = FindShortName(*action_field_->enum_type(), action);
    if (value != nullptr) actions_.push_back(value->number());
  }
}

bool TouchpointMatch::IsMetBy(const v1::Touchpoint& touchpoint) const {
  if (core::KindOf(touchpoint) != kind_) return false;
  if (direction_ != v1::DIRECTION_UNSPECIFIED &&
      core::DirectionOf(touchpoint) != direction_) {
    return false;
  }
  if (actions_.empty()) return true;
  const auto* payload = PayloadOf(touchpoint);
  const int action =
      payload->GetReflection()->GetEnumValue(*payload, action_field_);
  return std::find(actions_.begin(), actions_.end(), action) != actions_.end();
}

}  // namespace journey::projections
