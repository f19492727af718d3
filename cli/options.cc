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

void AddReasonAndActorOptions(CLI::App& command, std::string& reason,
                              std::string& actor) {
  command.add_option("--reason", reason, "Why")->type_name("TEXT");
  command.add_option("--actor", actor, "Who; default: $USER")
      ->type_name("NAME");
}

void AddIdOption(CLI::App& command, const std::string& name,
                 v1::SubjectType type, std::string& id,
                 const std::string& description) {
  const auto only_id = [type](std::string& text) -> std::string {
    const auto subject = ParseSubject(text);
    if (!subject.ok()) return "";
    if (subject->type() != type) {
      const std::string wanted = ShortName(type);
      return absl::StrCat("\"", text, "\" is no ", wanted, "; write ", wanted,
                          ":ID, or the id alone");
    }
    text = subject->id();
    return "";
  };
  command.add_option(name, id, description)
      ->type_name("ID")
      ->transform(CLI::Validator(only_id, ""));
}

std::string ActorOf(const Invocation& invocation, const std::string& actor) {
  return actor.empty() ? invocation.environment.Variable("USER") : actor;
}

std::string ChoicesTypeName(const google::protobuf::EnumDescriptor& type) {
  return absl::StrCat(
      "{", absl::StrReplaceAll(EnumChoices(type), {{", ", ","}}), "}");
}

}  // namespace journey::cli
