// What a salesperson does next: a journey's plan and map by journeyctl.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cli/cli_run.h"
#include "tests/e2e/test_server.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

// A lead that was called and then given a deal, for which an offer is late.
constexpr char kHistory[] =
    R"({"source":"web","touchpoint_id":"w1","occurred_at":"2025-01-07 10:00:00","account_id":"mill","contact_id":"ann","form_submission":{"intent":"demo"},"sentiment":"positive"}
{"source":"tel","touchpoint_id":"c1","occurred_at":"2025-01-08 04:00:00","account_id":"mill","direction":"outbound","owner_id":"eve","call":{"outcome":"connected"}}
{"source":"crm","touchpoint_id":"d1","occurred_at":"2025-01-10 08:00:00","account_id":"mill","deal_id":"D-1","deal":{"action":"opened"}}
{"source":"crm","touchpoint_id":"t1","occurred_at":"2025-01-10 09:00:00","account_id":"mill","task":{"action":"planned","task_id":"T-1","plan_activity_id":"need_call"}}
{"source":"crm","touchpoint_id":"t2","occurred_at":"2025-01-14 08:00:00","account_id":"mill","task":{"action":"done","task_id":"T-1"}}
)";

class PlanTest : public ::testing::Test {
 protected:
  PlanTest() {
    World world;
    world.standard_input = kHistory;
    const RunResult result = RunCli(With({"append", "-f", "-"}), world);
    EXPECT_EQ(result.code, 0) << result.err;
  }

  std::string Show(const std::string& what, const std::string& instant) {
    const RunResult result =
        RunCli(With({"journey", what, "contact:ann", "--as-of", instant}));
    EXPECT_EQ(result.code, 0) << result.err;
    return result.out;
  }

  std::vector<std::string> With(std::vector<std::string> arguments) {
    arguments.insert(
        arguments.end(),
        {"--server", server_.server().grpc_address(), "--tenant", "acme"});
    return arguments;
  }

  TestServer server_;
};

TEST_F(PlanTest, ACallIsDoneAndAMeetingIsOverdue) {
  const std::string out = Show("plan", "2025-01-09 12:00");
  EXPECT_THAT(out, HasSubstr("Stage     lead since 2025-01-07 10:00\n"));
  EXPECT_THAT(out, HasSubstr("30 of 100 points, momentum 1.00\n"));
  EXPECT_THAT(out, HasSubstr("done after 18h  tel c1\n"));
}

TEST_F(PlanTest, ATaskDoesItsActivity) {
  const std::string out = Show("plan", "2025-01-16");
  EXPECT_THAT(out, HasSubstr("Stage     opportunity since 2025-01-10 08:00\n"));
  // 48 hours were expected, 96 it took.
  EXPECT_THAT(out, HasSubstr("20 of 100 points, momentum 0.50\n"));
  EXPECT_THAT(out, HasSubstr("done after 4d  crm t2\n"));
}

TEST_F(PlanTest, AMapSaysWhatToDoNext) {
  const std::string out = Show("map", "2025-01-18 08:00");
  EXPECT_THAT(out, HasSubstr("now      Conversion, negotiation"));
  EXPECT_THAT(out, HasSubstr("Contacts the supplier"));
  EXPECT_THAT(out, HasSubstr("1 positive\n"));
  EXPECT_THAT(out, HasSubstr("Next          Send an offer\n"
                             "              overdue since 2025-01-17 08:00 "
                             "(1d)\n"));
}

TEST_F(PlanTest, JourneyShowsTheProgress) {
  EXPECT_THAT(Show("get", "2025-01-16"),
              HasSubstr("Plan              [####----------------] 20 of 100 "
                        "points, momentum 0.50\n"));
}

}  // namespace
}  // namespace journey::testing
