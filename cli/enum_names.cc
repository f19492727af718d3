#include "cli/enum_names.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace journey::cli {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

// What all values of the type begin with: the zero value's name without
// "UNSPECIFIED".
std::string PrefixOf(const EnumDescriptor& type) {
  return std::string(absl::StripSuffix(type.value(0)->name(), "UNSPECIFIED"));
}

std::string ShortOf(const EnumDescriptor& type, absl::string_view name) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, PrefixOf(type)));
}

}  // namespace

absl::StatusOr<const EnumValueDescriptor*> FindEnumValue(
    const EnumDescriptor& type, absl::string_view text) {
  const std::string name = absl::AsciiStrToUpper(absl::StrReplaceAll(
      absl::StripAsciiWhitespace(text), {{"-", "_"}, {" ", "_"}}));
  const EnumValueDescriptor* value = type.FindValueByName(name);
  if (value == nullptr) value = type.FindValueByName(PrefixOf(type) + name);
  if (value == nullptr || value->number() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is none of: ", EnumChoices(type)));
  }
  return value;
}

std::string ShortEnumName(const EnumDescriptor& type, int number) {
  const EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  return ShortOf(type, value->name());
}

std::string EnumChoices(const EnumDescriptor& type) {
  std::string choices;
  for (int i = 1; i < type.value_count(); ++i) {
    absl::StrAppend(&choices, choices.empty() ? "" : ", ",
                    ShortOf(type, type.value(i)->name()));
  }
  return choices;
}

}  // namespace journey::cli
