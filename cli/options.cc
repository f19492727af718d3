#include "cli/options.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace journey::cli {

void AddSubjectArgument(CLI::App& command, std::string& subject) {
  command
      .add_option("subject", subject,
                  "account:ID, contact:ID, visitor:ID or deal:ID")
      ->required()
      ->type_name("SUBJECT");
}

void AddAsOfOption(CLI::App& command, std::string& as_of) {
  command
      .add_option("--as-of", as_of,
                  "RFC 3339, a day (midnight UTC), or -7d, -36h")
      ->type_name("INSTANT");
}

void AddKnownAtOption(CLI::App& command, std::string& known_at) {
  command
      .add_option("--known-at", known_at,
                  "Only what the service knew then; as --as-of")
      ->type_name("INSTANT");
}

void AddKindsOption(CLI::App& command, std::vector<std::string>& kinds) {
  AddEnumOption<v1::TouchpointKind>(command, "--kind", kinds,
                                    "Only these kinds")
      ->delimiter(',');
}

std::string ChoicesTypeName(const google::protobuf::EnumDescriptor& type) {
  return absl::StrCat(
      "{", absl::StrReplaceAll(EnumChoices(type), {{", ", ","}}), "}");
}

}  // namespace journey::cli
