// Enum values as people write them: "won" for ACTION_WON, "site_visit" for
// TOUCHPOINT_KIND_SITE_VISIT.
#ifndef CLI_ENUM_NAMES_H_
#define CLI_ENUM_NAMES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"

namespace journey::cli {

// The value that `text` names: in full or without the prefix, in any case,
// with "-" or blanks for "_". INVALID_ARGUMENT lists the choices. The value
// that stands for "not set" cannot be named.
[[nodiscard]] absl::StatusOr<const google::protobuf::EnumValueDescriptor*>
FindEnumValue(const google::protobuf::EnumDescriptor& type,
              absl::string_view text);

// Lower case, without the prefix; the number where it is unknown.
[[nodiscard]] std::string ShortEnumName(
    const google::protobuf::EnumDescriptor& type, int number);

// Every short name but that of "not set", separated by ", ".
[[nodiscard]] std::string EnumChoices(
    const google::protobuf::EnumDescriptor& type);

// For enums whose C++ type is known.
template <typename Enum>
[[nodiscard]] std::string ShortName(Enum value) {
  return ShortEnumName(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

template <typename Enum>
[[nodiscard]] absl::StatusOr<Enum> ParseEnum(absl::string_view text) {
  const auto value =
      FindEnumValue(*google::protobuf::GetEnumDescriptor<Enum>(), text);
  if (!value.ok()) return value.status();
  return static_cast<Enum>((*value)->number());
}

}  // namespace journey::cli

#endif  // CLI_ENUM_NAMES_H_
