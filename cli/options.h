// Options that several commands share.
#ifndef CLI_OPTIONS_H_
#define CLI_OPTIONS_H_

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "journey/v1/common.pb.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::cli {

void AddSubjectArgument(CLI::App& command, std::string& subject);
void AddAsOfOption(CLI::App& command, std::string& as_of);
void AddKnownAtOption(CLI::App& command, std::string& known_at);
void AddKindsOption(CLI::App& command, std::vector<std::string>& kinds);
void AddReasonAndActorOptions(CLI::App& command, std::string& reason,
                              std::string& actor);

// An option such as --account that names something of this type: by its id
// alone, or as `account:ID`. What is of another type is refused, because it
// would find nothing; an id that looks so is written in full.
void AddIdOption(CLI::App& command, const std::string& name,
                 v1::SubjectType type, std::string& id,
                 const std::string& description);

// Whose journey --account or --contact asks for; INVALID_ARGUMENT where both
// are given. `request` has a subject where one is.
template <typename Request>
[[nodiscard]] absl::Status SetSubject(const std::string& account,
                                      const std::string& contact,
                                      Request& request) {
  if (!account.empty() && !contact.empty()) {
    return UsageError("--account and --contact: give one of both");
  }
  if (account.empty() && contact.empty()) return absl::OkStatus();
  request.mutable_subject()->set_type(
      account.empty() ? v1::SUBJECT_TYPE_CONTACT : v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id(account.empty() ? contact : account);
  return absl::OkStatus();
}

// Who acts: --actor, else $USER.
[[nodiscard]] std::string ActorOf(const Invocation& invocation,
                                  const std::string& actor);

// An option that takes a whole number from 1 on; `target` keeps its value where
// the option is not given.
template <typename Target>
CLI::Option* AddCountOption(CLI::App& command, const std::string& name,
                            Target& target, const std::string& description) {
  return command.add_option(name, target, description)
      ->type_name("N")
      ->check([](const std::string& text) {
        Target count = 0;
        return absl::SimpleAtoi(text, &count) && count >= 1
                   ? std::string()
                   : absl::StrCat("\"", text,
                                  "\" is no whole number from 1 on");
      });
}

// Completion offers what stands between the braces of a type's name.
[[nodiscard]] std::string ChoicesTypeName(
    const google::protobuf::EnumDescriptor& type);

// An option that takes one value of an enum, or a list of them. The value is
// parsed by the command, which knows how to report a wrong one.
template <typename Enum, typename Target>
CLI::Option* AddEnumOption(CLI::App& command, const std::string& name,
                           Target& target, const std::string& description) {
  return command.add_option(name, target, description)
      ->type_name(
          ChoicesTypeName(*google::protobuf::GetEnumDescriptor<Enum>()));
}

// The value of such an option. INVALID_ARGUMENT names the flag.
template <typename Enum>
[[nodiscard]] absl::StatusOr<Enum> ParseEnumFlag(absl::string_view flag,
                                                 absl::string_view text) {
  auto value = ParseEnum<Enum>(text);
  if (value.ok()) return value;
  return UsageError(absl::StrCat(flag, ": ", value.status().message()));
}

// The value of --kind, added to a request.
template <typename Kinds>
[[nodiscard]] absl::Status AddKinds(const std::vector<std::string>& names,
                                    Kinds& kinds) {
  for (const std::string& name : names) {
    const auto kind = ParseEnumFlag<v1::TouchpointKind>("--kind", name);
    if (!kind.ok()) return kind.status();
    kinds.Add(*kind);
  }
  return absl::OkStatus();
}

}  // namespace journey::cli

#endif  // CLI_OPTIONS_H_
