#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_split.h"
#include "cli/app.h"
#include "cli/exit_codes.h"
#include "cli/text.h"
#include "tests/cli/cli_run.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

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

TEST(CommandTreeTest, MistakesOnTheCommandLineAreUsageErrors) {
  const struct {
    const char* desc;
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {"no command", {}, "A subcommand is required"},
      {"unknown command", {"dance"}, "unknown command \"dance\""},
      {"unknown inner command",
       {"deals", "dance"},
       "unknown command \"dance\""},
      {"unknown option", {"status", "--loud"}, "--loud"},
      {"missing argument", {"journey", "get"}, "subject is required"},
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
      {"bad kind",
       {"read", "--tenant", "t", "--kind", "fax"},
       "--kind: \"fax\" is none of: site_visit"},
      {"bad output", {"status", "-o", "xml"}, "none of: table, json, ndjson"},
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
  out.setstate(std::ios::badbit);
  EXPECT_EQ(cli::RunCommandLine({"completion", "bash"}, environment),
            cli::kExitFailed);
  EXPECT_THAT(err.str(), HasSubstr("the output cannot be written"));
}

TEST(CommandTreeTest, TellsItsVersion) {
  const RunResult result = RunCli({"--version"});
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_THAT(result.out, HasSubstr("journeyctl 0.1.0"));
}

}  // namespace
}  // namespace journey::testing
