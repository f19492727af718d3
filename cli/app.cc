#include "cli/app.h"

#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "cli/version.h"

namespace journey::cli {
namespace {

void AddGlobalOptions(CLI::App& root, GlobalFlags& flags) {
  root.add_option("--server", flags.server,
                  "Default: 127.0.0.1:50051 [$JOURNEYCTL_SERVER]")
      ->type_name("HOST:PORT")
      ->take_last();
  root.add_option("--tenant", flags.tenant, "[$JOURNEYCTL_TENANT]")
      ->type_name("ID")
      ->take_last();
  root.add_option("-o,--output", flags.output, "Default: table")
      ->type_name("{table,json,ndjson}")
      ->take_last();
  root.add_option("--timeout", flags.timeout,
                  "For one answer: 30, 30s, 500ms, 2m")
      ->type_name("TIME")
      ->capture_default_str()
      ->take_last();
  root.add_option("--context", flags.context,
                  "Use this context of the configuration")
      ->type_name("NAME")
      ->take_last();
}

// The innermost command that the words name.
const CLI::App& CommandOf(const CLI::App& root) {
  const CLI::App* command = &root;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
  }
  return *command;
}

std::string ChoicesOf(const CLI::App& command) {
  return absl::StrJoin(command.get_subcommands({}), ", ",
                       [](std::string* text, const CLI::App* inner) {
                         absl::StrAppend(text, inner->get_name());
                       });
}

// What a command still needs: a command of its own, or a value.
std::string MissingOf(const CLI::App& command) {
  const std::string choices = ChoicesOf(command);
  if (!choices.empty()) return "give one of these commands: " + choices;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_required() || option->count() > 0) continue;
    return absl::StrCat(
        option->get_positional() ? "" : option->get_name() + " ",
        option->get_type_name(), " is missing: ", option->get_description());
  }
  return "something is missing";
}

// CLI11 names words in no order, and misses the command before it complains
// about the word it got instead.
std::string DescribeParseError(const CLI::App& root, const CLI::App& command,
                               const CLI::ParseError& error) {
  const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
  std::vector<std::string> unknown = root.remaining(true);
  std::stable_partition(
      unknown.begin(), unknown.end(),
      [](const std::string& word) { return absl::StartsWith(word, "-"); });
  const bool required = code == CLI::ExitCodes::RequiredError;
  if (unknown.empty()) return required ? MissingOf(command) : error.what();
  if (!required && code != CLI::ExitCodes::ExtrasError) return error.what();
  const std::string word = absl::StrCat("\"", unknown.front(), "\"");
  if (unknown.front()[0] == '-') return "unknown option " + word;
  return required ? absl::StrCat("unknown command ", word,
                                 "; there are: ", ChoicesOf(command))
                  : "unexpected argument " + word;
}

int ReportParseError(const CLI::App& root, const CLI::ParseError& error,
                     const Environment& environment) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    root.exit(error, *environment.out, *environment.err);
    return kExitOk;
  }
  const CLI::App& command = CommandOf(root);
  std::string path = command.get_name();
  for (const CLI::App* outer = command.get_parent(); outer != nullptr;
       outer = outer->get_parent()) {
    path = absl::StrCat(outer->get_name(), " ", path);
  }
  *environment.err << "journeyctl: " << DescribeParseError(root, command, error)
                   << "\nWhat to do: see " << path << " --help\n";
  return kExitUsage;
}

}  // namespace

std::unique_ptr<CLI::App> MakeCommandTree(Invocation& invocation) {
  auto root = std::make_unique<CLI::App>(
      "The command line of the journey service: appends touchpoints, imports\n"
      "data, and shows where customers are on their journeys.",
      "journeyctl");
  root->set_version_flag("--version", VersionLine());
  root->set_help_all_flag();
  root->require_subcommand(1);
  root->footer(
      "Examples:\n"
      "  journeyctl config set-context local --tenant demo\n"
      "  journeyctl generate --accounts 20 | journeyctl append -f -\n"
      "  journeyctl journey list --lead-status sql\n"
      "  journeyctl deals board\n"
      "Exit codes: 0 ok, 1 failed, 2 usage, 3 server unreachable, 4 not\n"
      "found, 5 refused, 130 interrupted. More: journeyctl COMMAND --help");
  AddGlobalOptions(*root, invocation.flags);
  AddAppendCommand(*root, invocation);
  AddImportCommand(*root, invocation);
  AddJourneyCommands(*root, invocation);
  AddDealCommands(*root, invocation);
  AddTicketCommands(*root, invocation);
  AddSignalsCommands(*root, invocation);
  AddTasksCommands(*root, invocation);
  AddIdentityCommands(*root, invocation);
  AddRulesCommands(*root, invocation);
  AddRetractCommand(*root, invocation);
  AddAmendCommand(*root, invocation);
  AddReadCommand(*root, invocation);
  AddTailCommand(*root, invocation);
  AddStatusCommand(*root, invocation);
  AddGenerateCommand(*root, invocation);
  AddConfigCommands(*root, invocation);
  AddCompletionCommand(*root, invocation);
  return root;
}

int RunCommandLine(const std::vector<std::string>& arguments,
                   const Environment& environment) {
  Invocation invocation(environment);
  invocation.now_micros = environment.now_micros();
  const std::unique_ptr<CLI::App> root = MakeCommandTree(invocation);
  // CLI11 takes arguments from the end.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    root->parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return ReportParseError(*root, error, environment);
  }
  absl::StatusOr<int> code = invocation.run();
  environment.out->flush();
  if (code.ok() && !*environment.out) {
    code = LocalError("the output cannot be written");
  }
  if (code.ok()) return *code;
  *environment.err << Describe(code.status());
  return ExitCodeOf(code.status());
}

}  // namespace journey::cli
