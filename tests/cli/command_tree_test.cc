#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "absl/strings/str_split.h"
#include "cli/app.h"
#include "cli/exit_codes.h"
#include "cli/text.h"
#include "tests/cli/cli_run.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Calls `check` with the words of every command, the root's being none.
void ForEachCommand(
    const CLI::App& app, const std::vector<std::string>& words,
    const std::function<void(const std::vector<std::string>&)>& check) {
  check(words);
  for (const CLI::App* inner : app.get_subcommands({})) {
    std::vector<std::string> longer = words;
    longer.push_back(inner->get_name());
    ForEachCommand(*inner, longer, check);
  }
}

void ForEachCommand(
    const std::function<void(const std::vector<std::string>&)>& check) {
  const cli::Environment environment;
  cli::Invocation invocation(environment);
  ForEachCommand(*cli::MakeCommandTree(invocation), {}, check);
}

TEST(CommandTreeTest, EveryCommandHasHelpWithExamplesInEightyColumns) {
  int commands = 0;
  ForEachCommand([&commands](std::vector<std::string> words) {
    ++commands;
    words.emplace_back("--help");
    const RunResult result = RunCli(words);
    EXPECT_EQ(result.code, cli::kExitOk);
    EXPECT_THAT(result.out, HasSubstr("Examples:\n  "));
    for (const absl::string_view line : absl::StrSplit(result.out, '\n')) {
      // CLI11 does not wrap the choices of an option.
      if (line.find('{') != absl::string_view::npos) continue;
      EXPECT_LE(cli::DisplayWidth(line), 80u) << line;
    }
  });
  EXPECT_GT(commands, 20);
}

// Every long option of a command and of those below it.
void AddLongOptions(const CLI::App& app, std::set<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.insert("--" + name);
    }
  }
  for (const CLI::App* inner : app.get_subcommands({})) {
    AddLongOptions(*inner, names);
  }
}

std::set<std::string> OptionsOfTheDocument() {
  std::ifstream file(JOURNEY_SOURCE_DIR "/docs/CLI.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::regex option("--[a-z][a-z-]*");
  std::set<std::string> names;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), option);
       it != std::sregex_iterator(); ++it) {
    names.insert(it->str());
  }
  return names;
}

TEST(CommandTreeTest, EveryOptionIsInTheDocument) {
  const cli::Environment environment;
  cli::Invocation invocation(environment);
  std::set<std::string> options;
  AddLongOptions(*cli::MakeCommandTree(invocation), options);
  EXPECT_GT(options.size(), 60u);
  const std::set<std::string> documented = OptionsOfTheDocument();
  for (const std::string& option : options) {
    EXPECT_EQ(documented.count(option), 1u) << option;
  }
}

TEST(CommandTreeTest, MistakesOnTheCommandLineAreUsageErrors) {
  const struct {
    const char* desc;
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {"no command", {}, "give one of these commands: append, import"},
      {"no inner command",
       {"config"},
       "give one of these commands: get-contexts"},
      {"unknown command",
       {"dance"},
       "unknown command \"dance\"; there are: append, import"},
      {"unknown inner command",
       {"deals", "dance"},
       "unknown command \"dance\"; there are: get, list"},
      {"unknown option", {"status", "--loud"}, "unknown option \"--loud\""},
      {"unknown option with a value",
       {"--config", "x", "status"},
       "unknown option \"--config\""},
      {"one argument too many",
       {"status", "loud"},
       "unexpected argument \"loud\""},
      {"missing argument",
       {"journey", "get"},
       "SUBJECT is missing: account:ID, contact:ID"},
      {"missing option", {"import", "x.csv"}, "--sql FILE is missing"},
      {"the help that helps",
       {"journey", "get"},
       "What to do: see journeyctl journey get --help"},
      {"no tenant", {"journey", "list"}, "no tenant: give --tenant"},
      {"no subject",
       {"journey", "get", "acme", "--tenant", "t"},
       "\"acme\" is no subject; write account:ID"},
      {"unknown type",
       {"journey", "get", "person:x", "--tenant", "t"},
       "is no subject"},
      {"bad instant",
       {"journey", "get", "account:a", "--tenant", "t", "--as-of", "soon"},
       "--as-of: \"soon\" is no instant"},
      {"bad status",
       {"journey", "list", "--tenant", "t", "--lead-status", "hot"},
       "--lead-status: \"hot\" is none of: none, mql, sql"},
      {"merging a contact",
       {"identity", "merge", "account:a", "contact:c", "--tenant", "t"},
       "\"contact:c\" is no account"},
      {"linking nobody",
       {"identity", "link", "visitor:v", "c", "--tenant", "t"},
       "\"c\" is no subject"},
      {"bad valid_from",
       {"identity", "link", "visitor:v", "contact:c", "--valid-from", "soon",
        "--tenant", "t"},
       "--valid-from: \"soon\" is no instant"},
      {"bad kind",
       {"read", "--tenant", "t", "--kind", "fax"},
       "--kind: \"fax\" is none of: site_visit"},
      {"bad output", {"status", "-o", "xml"}, "none of: table, json, ndjson"},
      {"no events",
       {"read", "--tenant", "t", "--max-events", "0"},
       "--max-events: \"0\" is no whole number from 1 on"},
      {"no events to follow",
       {"tail", "--tenant", "t", "--max-events", "0"},
       "--max-events: \"0\" is no whole number from 1 on"},
      {"no page",
       {"deals", "list", "--tenant", "t", "--page-size", "0"},
       "--page-size: \"0\" is no whole number from 1 on"},
      {"page size is no number",
       {"journey", "list", "--tenant", "t", "--page-size", "99999999999"},
       "--page-size: \"99999999999\" is no whole number from 1 on"},
      {"bad timeout", {"status", "--timeout", "-1"}, "is no time limit"},
      {"bad shell", {"completion", "fish"}, "none of: bash, zsh"},
      {"too many accounts",
       {"generate", "--accounts", "2000000"},
       "--accounts: 0 to 1000000"},
  };
  for (const auto& test : cases) {
    const RunResult result = RunCli(test.arguments);
    EXPECT_EQ(result.code, cli::kExitUsage) << test.desc;
    EXPECT_THAT(result.err, HasSubstr(test.says)) << test.desc;
    EXPECT_EQ(result.out, "") << test.desc;
  }
}

TEST(CommandTreeTest, GlobalOptionsMayStandAnywhereAndTheLastOneWins) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"-o", "json", "status", "-o", "xml"},
        std::vector<std::string>{"status", "-o", "xml"}}) {
    EXPECT_EQ(RunCli(arguments).code, cli::kExitUsage);
  }
}

TEST(CommandTreeTest, OutputThatCannotBeWrittenIsAFailure) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Environment environment;
  environment.out = &out;
  environment.err = &err;
  environment.now_micros = [] { return kNowMicros; };
  out.setstate(std::ios::badbit);
  EXPECT_EQ(cli::RunCommandLine({"completion", "bash"}, environment),
            cli::kExitFailed);
  EXPECT_THAT(err.str(), HasSubstr("the output cannot be written"));
}

TEST(CommandTreeTest, TellsItsVersion) {
  const RunResult result = RunCli({"--version"});
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_THAT(result.out, StartsWith("journeyctl " JOURNEY_VERSION));
}

}  // namespace
}  // namespace journey::testing
