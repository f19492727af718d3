#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/cli/cli_run.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What a shell command prints.
std::string Shell(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[256];
  while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) text += buffer;
  pclose(pipe);
  return text;
}

class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest() : script_(directory_.Join("script")) {
    WriteFile(script_, RunCli({"completion", "bash"}).out);
  }

  // What bash offers after these words; the last one is being typed.
  std::string Offers(const std::string& words) {
    return Shell(absl::StrCat(
        "bash -c 'source ", script_, "; COMP_WORDS=(journeyctl ", words,
        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _journeyctl; "
        "echo \" ${COMPREPLY[*]} \"' 2>&1"));
  }

  TempDir directory_;
  std::string script_;
};

TEST_F(CompletionTest, BashAcceptsTheScript) {
  EXPECT_EQ(std::system(("bash -n " + script_).c_str()), 0);
}

TEST_F(CompletionTest, ZshAcceptsTheScript) {
  if (std::system("command -v zsh > /dev/null") != 0) {
    GTEST_SKIP() << "no zsh on this machine";
  }
  WriteFile(script_, RunCli({"completion", "zsh"}).out);
  EXPECT_EQ(std::system(("zsh -n " + script_).c_str()), 0);
}

TEST_F(CompletionTest, OffersCommandsOfEachLevel) {
  EXPECT_THAT(Offers("\"\""), HasSubstr(" append "));
  EXPECT_THAT(Offers("\"\""), HasSubstr(" deals "));
  EXPECT_EQ(Offers("de"), " deals \n");
  const std::string deals = Offers("deals \"\"");
  EXPECT_THAT(deals, HasSubstr(" board "));
  EXPECT_THAT(deals, HasSubstr(" stalled "));
  EXPECT_THAT(deals, Not(HasSubstr(" append ")));
  EXPECT_THAT(Offers("signals \"\""),
              HasSubstr(" ack dismiss finish forward list snooze watch "));
  EXPECT_EQ(Offers("ta"), " tail tasks \n");
  EXPECT_THAT(Offers("identity \"\""),
              HasSubstr(" link merge resolve unlink unmerge "));
}

TEST_F(CompletionTest, OffersOptionsOfTheCommandAndGlobalOnes) {
  const std::string options = Offers("deals board --");
  EXPECT_THAT(options, HasSubstr(" --per-column "));
  EXPECT_THAT(options, HasSubstr(" --tenant "));
  EXPECT_THAT(options, Not(HasSubstr(" --kind ")));
}

TEST_F(CompletionTest, OffersTheOptionsOfAnArgumentThatIsAnOptionToo) {
  const std::string options = Offers("append -");
  EXPECT_THAT(options, HasSubstr(" -f "));
  EXPECT_THAT(options, HasSubstr(" --file "));
}

TEST_F(CompletionTest, OffersTheValuesOfAnOption) {
  EXPECT_EQ(Offers("-o \"\""), " table json ndjson \n");
  EXPECT_EQ(Offers("--tenant x status -o j"), " json \n");
  EXPECT_EQ(Offers("deals stalled --reason ne"), " neglected \n");
  EXPECT_EQ(Offers("deals list --status \"\""), " open won lost \n");
  EXPECT_EQ(Offers("signals watch --severity \"\""),
            " info warning critical \n");
}

TEST_F(CompletionTest, ZshScriptKnowsTheSameCommands) {
  const std::string script = RunCli({"completion", "zsh"}).out;
  EXPECT_THAT(script, HasSubstr("#compdef journeyctl"));
  EXPECT_THAT(script, HasSubstr("(\" deals\") compadd -- "));
  // `path` is zsh's command path; a local of that name would break it.
  EXPECT_THAT(script, Not(HasSubstr("local path")));
}

}  // namespace
}  // namespace journey::testing
