// Segments as a salesperson asks for them: appended, listed, counted and shown
// by journeyctl.
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

// One who only asked, one who bought once, one who buys often and pays late.
constexpr char kHistory[] =
    R"({"source":"web","touchpoint_id":"w1","occurred_at":"2025-01-07 10:00:00","account_id":"asks","form_submission":{"intent":"contact"}}
{"source":"erp","touchpoint_id":"i1","occurred_at":"2025-01-10","account_id":"once","invoice":{"action":"issued","invoice_id":"1"}}
{"source":"erp","touchpoint_id":"i2","occurred_at":"2025-01-10","account_id":"often","invoice":{"action":"issued","invoice_id":"2"}}
{"source":"erp","touchpoint_id":"i3","occurred_at":"2025-02-10","account_id":"often","invoice":{"action":"issued","invoice_id":"3"}}
{"source":"erp","touchpoint_id":"i4","occurred_at":"2025-03-10","account_id":"often","invoice":{"action":"issued","invoice_id":"4","due_date":"2025-03-24"}}
{"source":"erp","touchpoint_id":"p4","occurred_at":"2025-04-01","account_id":"often","invoice":{"action":"paid","invoice_id":"4"}}
)";

class SegmentsTest : public ::testing::Test {
 protected:
  SegmentsTest() {
    World world;
    world.standard_input = kHistory;
    const RunResult result = RunCli(With({"append", "-f", "-"}), world);
    EXPECT_EQ(result.code, 0) << result.err;
  }

  std::string Run(const std::vector<std::string>& arguments) {
    const RunResult result = RunCli(With(arguments));
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

TEST_F(SegmentsTest, AreCountedForAnyInstant) {
  EXPECT_EQ(Run({"journey", "segments", "--as-of", "2025-03-25"}),
            R"(SEGMENT   JOURNEYS
prospect         1
active           1
regular          1
at_risk          1
lost             0
)");
  EXPECT_EQ(Run({"journey", "segments", "--as-of", "2026-01-10"}),
            R"(SEGMENT   JOURNEYS
prospect         1
active           1
regular          0
at_risk          0
lost             1
)");
}

TEST_F(SegmentsTest, ListsWhoIsLost) {
  const std::string before =
      Run({"journey", "list", "--segment", "lost", "--as-of", "2026-01-09"});
  EXPECT_THAT(before, Not(HasSubstr("account:once")));
  const std::string after =
      Run({"journey", "list", "--segment", "lost", "--as-of", "2026-01-10"});
  EXPECT_THAT(after, HasSubstr("account:once"));
  EXPECT_THAT(after, Not(HasSubstr("account:often")));
}

TEST_F(SegmentsTest, JourneySaysWhy) {
  const std::string out =
      Run({"journey", "get", "account:often", "--as-of", "2025-03-25"});
  EXPECT_THAT(out, HasSubstr("regular since 2025-03-10 00:00 (15d)\n"));
  EXPECT_THAT(out, HasSubstr("There were 3 purchases in the last 12 months; 3 "
                             "make a regular customer.\n"));
  EXPECT_THAT(out, HasSubstr("at_risk since 2025-03-25 00:00 (0"));
  EXPECT_THAT(out, HasSubstr("At risk: invoice 4 was due 2025-03-24 and is not "
                             "settled.\n"));
}

}  // namespace
}  // namespace journey::testing
