// What a salesperson reads about a lead: appended and explained by journeyctl.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cli/cli_run.h"
#include "tests/e2e/test_server.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A lead that marketing qualified, that went cold, was given back by sales and
// then asked for a demo.
constexpr char kHistory[] =
    R"({"source":"web","touchpoint_id":"w1","occurred_at":"2025-01-07 10:00:00","account_id":"mill","contact_id":"ann","campaign":{"name":"winter"},"event_attendance":{"action":"attended","event_type":"webinar"}}
{"source":"web","touchpoint_id":"w2","occurred_at":"2025-01-08 09:30:00","contact_id":"ann","content":{"action":"downloaded","asset":"price guide"}}
{"source":"web","touchpoint_id":"w3","occurred_at":"2025-01-09 14:00:00","account_id":"mill","contact_id":"ann","form_submission":{"intent":"contact"}}
{"source":"crm","touchpoint_id":"q1","occurred_at":"2025-03-03 08:00:00","account_id":"mill","qualification":{"action":"recycled","reason":"no budget"}}
{"source":"mail","touchpoint_id":"m1","occurred_at":"2025-04-01 07:15:00","contact_id":"ann","email":{"action":"clicked"}}
{"source":"web","touchpoint_id":"w4","occurred_at":"2025-04-10 16:20:00","contact_id":"ann","form_submission":{"intent":"demo"}}
)";

class ExplainTest : public ::testing::Test {
 protected:
  ExplainTest() {
    World world;
    world.standard_input = kHistory;
    const RunResult result = RunCli(With({"append", "-f", "-"}), world);
    EXPECT_EQ(result.code, 0) << result.err;
  }

  std::string ExplainAt(const std::string& instant) {
    const RunResult result =
        RunCli(With({"journey", "explain", "contact:ann", "--as-of", instant}));
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

TEST_F(ExplainTest, MqlKnowsUntilWhenItHolds) {
  const std::string out = ExplainAt("2025-01-10");
  EXPECT_THAT(out, HasSubstr("Journey  account:mill\n"));
  EXPECT_THAT(out, HasSubstr(R"(
LEAD STATUS
Now             mql since 2025-01-09 14:00 (10h)
Why             Came through marketing, and the behaviour score reached 54.0 points; the threshold is 50.
Rule            qualification.mql (rule set default, version 3)
Holds until     2025-01-12 21:53, if nothing more happens
Missing to sql  a consultation, demo or pricing request
  or            a sales meeting that is held
  or            sales accepting the lead

OCCURRED          TOUCHPOINT                 SOURCE  ID  POSITION
2025-01-07 10:00  event_attendance attended  web     w1         1
2025-01-08 09:30  content downloaded         web     w2         2
2025-01-09 14:00  form_submission contact    web     w3         3
)"));
}

TEST_F(ExplainTest, WhoHasGoneColdLacksPoints) {
  const std::string out = ExplainAt("2025-02-01");
  EXPECT_THAT(out, HasSubstr("Now             none since 2025-01-12 21:53"));
  EXPECT_THAT(out, HasSubstr("qualification.score_below"));
  EXPECT_THAT(out, HasSubstr("Missing to mql  17.9 more points\n"
                             "Missing to sql  a consultation, demo or"));
}

TEST_F(ExplainTest, WhoWasGivenBackBeginsAnew) {
  const std::string out = ExplainAt("2025-03-10");
  EXPECT_THAT(out,
              HasSubstr("Now             recycled since 2025-03-03 08:00"));
  EXPECT_THAT(out, HasSubstr("Counts          only what came after 2025-03-03 "
                             "08:00 (qualification recycled)\n"
                             "Missing to mql  50 more points and a touchpoint "
                             "through marketing\n"));
  EXPECT_THAT(out, HasSubstr("points, of which 0.0 count; 50 make an MQL\n"));
  EXPECT_THAT(out, Not(HasSubstr("  yes  ")));
}

TEST_F(ExplainTest, WhoAsksIsAnSql) {
  const std::string out = ExplainAt("2025-04-15");
  EXPECT_THAT(out, HasSubstr("sql since 2025-04-10 16:20 (4d)"));
  EXPECT_THAT(out, HasSubstr("qualification.sql_form"));
  EXPECT_THAT(out, HasSubstr("Missing to customer  a purchase\n"));
  // 30 points lose half of their worth in 30 days.
  EXPECT_THAT(out, HasSubstr("Now   36.7 points, of which 30.8 count"));
  EXPECT_THAT(out, HasSubstr("2025-04-10 16:20  Asked for a demo              "
                             "           30       27.2  yes     web     w4"));
}

}  // namespace
}  // namespace journey::testing
