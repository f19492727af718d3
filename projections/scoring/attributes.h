// Attributes of touchpoints, and whether they are what a condition demands.
#ifndef PROJECTIONS_SCORING_ATTRIBUTES_H_
#define PROJECTIONS_SCORING_ATTRIBUTES_H_

#include <optional>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::projections {

// The attribute of a touchpoint: a field of its payload, else a top-level key
// of its free attributes. Unset where it is not known.
[[nodiscard]] std::optional<google::protobuf::Value> AttributeOf(
    const v1::Touchpoint& touchpoint, const std::string& key);

// True when a known value is what the condition demands.
[[nodiscard]] bool Holds(const v1::AttributeCondition& condition,
                         const google::protobuf::Value& value);

}  // namespace journey::projections

#endif  // PROJECTIONS_SCORING_ATTRIBUTES_H_
