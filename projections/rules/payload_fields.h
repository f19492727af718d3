// Payloads of touchpoints, their fields and enum values, by the names that
// people write in a rule set.
#ifndef PROJECTIONS_RULES_PAYLOAD_FIELDS_H_
#define PROJECTIONS_RULES_PAYLOAD_FIELDS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::projections {

// A value's name in lower case without the prefix of its enum, for example
// "warning".
[[nodiscard]] std::string ShortName(
    const google::protobuf::EnumValueDescriptor& value);

// The short names of all values but zero, with commas.
[[nodiscard]] std::string ShortNames(
    const google::protobuf::EnumDescriptor& type);

// The value with this short name; null when there is none.
[[nodiscard]] const google::protobuf::EnumValueDescriptor* FindShortName(
    const google::protobuf::EnumDescriptor& type, absl::string_view name);

// The field of a kind's payload that says what happened: the enum `action`,
// else `intent`, `outcome` or `type`. Null where the kind has none.
[[nodiscard]] const google::protobuf::FieldDescriptor* ActionField(
    v1::TouchpointKind kind);

// The payload of a touchpoint; null without one.
[[nodiscard]] const google::protobuf::Message* PayloadOf(
    const v1::Touchpoint& touchpoint);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_PAYLOAD_FIELDS_H_
