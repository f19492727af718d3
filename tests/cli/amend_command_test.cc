#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kRight[] =
    "{\"source\":\"crm\",\"touchpoint_id\":\"right\",\"call\":{\"outcome\":"
    "\"busy\"}}\n";

TEST(AmendCommandTest, ReplacesInTheNameOfTheUser) {
  FakeServer server;
  const TempDir directory;
  WriteFile(directory.Join("right.ndjson"), kRight);
  World world;
  world.variables["USER"] = "anna";
  const RunResult result =
      RunCli(server.With({"amend", "crm", "wrong", "-f",
                          directory.Join("right.ndjson"), "--reason", "busy"}),
             world);
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  const v1::AmendRequest& request = server.touchpoints.amend_request;
  EXPECT_EQ(request.tenant_id(), "acme");
  EXPECT_EQ(request.target().source(), "crm");
  EXPECT_EQ(request.target().touchpoint_id(), "wrong");
  EXPECT_EQ(request.replacement().call().outcome(), v1::Call::OUTCOME_BUSY);
  EXPECT_EQ(request.reason(), "busy");
  EXPECT_EQ(request.actor(), "anna");
  EXPECT_EQ(result.out,
            "SOURCE  ID     POSITION  RESULT\n"
            "crm     wrong         7  was retracted before\n"
            "crm     right     1,234  appended\n");
}

TEST(AmendCommandTest, ReadsStandardInputAndPrintsJson) {
  FakeServer server;
  World world;
  world.standard_input = std::string("\n") + kRight;
  const RunResult result =
      RunCli(server.With({"amend", "crm", "wrong", "-f", "-", "--actor", "ben",
                          "-o", "ndjson"}),
             world);
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(server.touchpoints.amend_request.actor(), "ben");
  EXPECT_EQ(result.out,
            "{\"replacement\":{\"position\":\"1234\"},\"retraction\":{"
            "\"position\":\"7\",\"repeated\":true}}\n");
}

TEST(AmendCommandTest, WantsExactlyOneTouchpoint) {
  struct {
    const char* desc;
    std::string input;
    const char* mistake;
  } const cases[] = {
      {"none", "\n", "standard input: must hold one touchpoint"},
      {"two", std::string(kRight) + kRight,
       "standard input: must hold one touchpoint"},
      {"no JSON", "nonsense", "standard input: is no valid JSON"},
  };
  for (const auto& c : cases) {
    FakeServer server;
    World world;
    world.standard_input = c.input;
    const RunResult result =
        RunCli(server.With({"amend", "crm", "wrong", "-f", "-"}), world);
    EXPECT_EQ(result.code, cli::kExitUsage) << c.desc;
    EXPECT_THAT(result.err, HasSubstr(c.mistake)) << c.desc;
    EXPECT_FALSE(server.touchpoints.amend_request.has_target()) << c.desc;
  }
}

}  // namespace
}  // namespace journey::testing
