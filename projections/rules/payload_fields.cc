#include "projections/rules/payload_fields.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace journey::projections {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// By style, the value zero of each enum is its prefix with "UNSPECIFIED".
std::string ShortName(const EnumValueDescriptor& value) {
  const absl::string_view prefix = absl::StripSuffix(
      value.type()->FindValueByNumber(0)->name(), "UNSPECIFIED");
  return absl::AsciiStrToLower(absl::StripPrefix(value.name(), prefix));
}

std::string ShortNames(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;
    names.push_back(ShortName(*type.value(i)));
  }
  return absl::StrJoin(names, ", ");
}

const EnumValueDescriptor* FindShortName(const EnumDescriptor& type,
                                         absl::string_view name) {
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (value.number() != 0 && name == ShortName(value)) return &value;
  }
  return nullptr;
}

const FieldDescriptor* ActionField(v1::TouchpointKind kind) {
  const FieldDescriptor* payload =
      v1::Touchpoint::descriptor()->FindFieldByNumber(kind);
  if (payload == nullptr || payload->message_type() == nullptr) return nullptr;
  for (const char* name : {"action", "intent", "outcome", "type"}) {
    const FieldDescriptor* field =
        payload->message_type()->FindFieldByName(name);
    if (field != nullptr && field->enum_type() != nullptr) return field;
  }
  return nullptr;
}

const Message* PayloadOf(const v1::Touchpoint& touchpoint) {
  const FieldDescriptor* field =
      v1::Touchpoint::descriptor()->FindFieldByNumber(
          touchpoint.payload_case());
  if (field == nullptr) return nullptr;
  return &touchpoint.GetReflection()->GetMessage(touchpoint, field);
}

}  // namespace journey::projections
