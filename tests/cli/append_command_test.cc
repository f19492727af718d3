#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(AppendCommandTest, ReportsRefusedLinesAndGoesOn) {
  FakeServer server;
  World world;
  world.standard_input =
      "{\"touchpoint_id\":\"a\"}\n"
      "\n"
      "nonsense\n"
      "{\"touchpoint_id\":\"b\",\"call\":{\"outcome\":\"sung\"}}\r\n"
      "{\"touchpoint_id\":\"c\"}";
  const RunResult result = RunCli(server.With({"append", "-f", "-"}), world);
  EXPECT_EQ(result.code, cli::kExitRefused);
  EXPECT_THAT(server.touchpoints.stored_ids(), ElementsAre("a", "c"));
  EXPECT_THAT(result.err, HasSubstr("standard input: line 3 refused: is no "
                                    "valid JSON"));
  EXPECT_THAT(result.err,
              HasSubstr("standard input: line 4 refused: call.outcome: "
                        "\"sung\" is none of: connected, no_answer"));
  EXPECT_THAT(result.err, HasSubstr("2 appended, 0 repeated, 2 refused"));
}

TEST(AppendCommandTest, WarnsOfLinksThatBindNobody) {
  FakeServer server;
  World world;
  world.standard_input = "{\"touchpoint_id\":\"a\"}\n";
  EXPECT_THAT(RunCli(server.With({"append", "-f", "-"}), world).err,
              Not(HasSubstr("inert")));
  server.touchpoints.inert_id = "b";
  world.standard_input = "{\"touchpoint_id\":\"b\"}\n";
  const RunResult result = RunCli(server.With({"append", "-f", "-"}), world);
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_THAT(result.err, HasSubstr("/s)\nWarning: 1 link is inert and binds "
                                    "nobody: a bound is reached."));
}

TEST(AppendCommandTest, WarnsOfWhatComesUnderARetractedId) {
  FakeServer server;
  server.touchpoints.retracted_id = "b";
  World world;
  world.standard_input =
      "{\"touchpoint_id\":\"a\"}\n{\"touchpoint_id\":\"b\"}\n";
  const RunResult result = RunCli(server.With({"append", "-f", "-"}), world);
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_THAT(result.err,
              HasSubstr("/s)\nWarning: 1 of these is not in force: the id was "
                        "retracted, and never revives."));
}

TEST(AppendCommandTest, StrictEndsAtTheFirstRefusedLine) {
  FakeServer server;
  World world;
  world.standard_input =
      "{\"touchpoint_id\":\"a\"}\nnonsense\n{\"touchpoint_id\":\"c\"}\n";
  const RunResult result =
      RunCli(server.With({"append", "--strict", "-f", "-"}), world);
  EXPECT_EQ(result.code, cli::kExitRefused);
  EXPECT_THAT(server.touchpoints.stored_ids(), ElementsAre("a"));
}

TEST(AppendCommandTest, ReadsAFileAndSaysWhenThereIsNone) {
  FakeServer server;
  const TempDir directory;
  WriteFile(directory.Join("t.ndjson"), "{\"touchpoint_id\":\"a\"}\n");
  EXPECT_EQ(
      RunCli(server.With({"append", "-f", directory.Join("t.ndjson")})).code,
      cli::kExitOk);
  const RunResult again =
      RunCli(server.With({"append", directory.Join("t.ndjson")}));
  EXPECT_EQ(again.code, cli::kExitOk) << again.err;
  EXPECT_THAT(again.err, HasSubstr("0 appended, 1 repeated"));
  const RunResult missing =
      RunCli(server.With({"append", "-f", directory.Join("none")}));
  EXPECT_EQ(missing.code, cli::kExitFailed);
  EXPECT_THAT(missing.err, HasSubstr("No such file"));
  const RunResult folder =
      RunCli(server.With({"append", "-f", directory.path()}));
  EXPECT_EQ(folder.code, cli::kExitFailed);
  EXPECT_THAT(folder.err, HasSubstr(": is a directory; name a file"));
  EXPECT_THAT(folder.err, Not(HasSubstr("appended")));
}

TEST(AppendCommandTest, CountsRefusalsBeyondTheFirstHundred) {
  FakeServer server;
  World world;
  for (int i = 0; i < 103; ++i) world.standard_input += "nonsense\n";
  const RunResult result = RunCli(server.With({"append", "-f", "-"}), world);
  EXPECT_EQ(result.code, cli::kExitRefused);
  EXPECT_THAT(result.err, HasSubstr("line 100 refused"));
  EXPECT_THAT(result.err, Not(HasSubstr("line 101 refused")));
  EXPECT_THAT(result.err, HasSubstr("\nand 3 more refused; "));
  EXPECT_THAT(result.err, HasSubstr("0 appended, 0 repeated, 103 refused"));
}

TEST(AppendCommandTest, EndsInAnOrderlyWayAfterCtrlC) {
  FakeServer server;
  cli::Interrupt interrupt;
  interrupt.Request();
  World world;
  world.interrupt = &interrupt;
  world.standard_input = "{\"touchpoint_id\":\"a\"}\n";
  const RunResult result = RunCli(server.With({"append", "-f", "-"}), world);
  EXPECT_EQ(result.code, cli::kExitInterrupted);
  EXPECT_THAT(result.err, HasSubstr("0 appended, 0 repeated, 0 refused"));
  EXPECT_THAT(result.err, HasSubstr("Repeat the command to go on"));
}

TEST(AppendCommandTest, UnreachableServerIsThatExitCode) {
  World world;
  world.standard_input = "{\"touchpoint_id\":\"a\"}\n";
  // Port 1 is reserved; nothing listens there.
  const RunResult result = RunCli(
      {"append", "-f", "-", "--tenant", "acme", "--server", "127.0.0.1:1"},
      world);
  EXPECT_EQ(result.code, cli::kExitUnreachable);
  EXPECT_THAT(result.err, HasSubstr("journeyctl: server unreachable: "));
  EXPECT_THAT(result.err, HasSubstr("What to do: is the server running?"));
  EXPECT_THAT(result.err, Not(HasSubstr("last error")));
}

}  // namespace
}  // namespace journey::testing
