// What a service team sees of its tickets: appended, listed and corrected by
// journeyctl.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cli/cli_run.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/test_server.h"

namespace journey::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// A complaint that waits for the customer, and a question that was resolved;
// the clock is that of the tests' server, in 2026.
constexpr char kHistory[] =
    R"({"source":"desk","touchpoint_id":"t1-1","occurred_at":"2025-12-01 09:00:00","contact_id":"ann","owner_id":"otto","ticket":{"action":"opened","ticket_id":"T-1","type":"complaint","severity":"critical","subject":"The mill stands still"}}
{"source":"desk","touchpoint_id":"t1-2","occurred_at":"2025-12-20 10:00:00","contact_id":"ann","ticket":{"action":"waiting_on_customer","ticket_id":"T-1"}}
{"source":"desk","touchpoint_id":"t2-1","occurred_at":"2025-12-02 09:00:00","account_id":"globex","ticket":{"action":"opened","ticket_id":"T-2"}}
{"source":"desk","touchpoint_id":"t2-2","occurred_at":"2025-12-03 09:00:00","account_id":"globex","ticket":{"action":"resolved","ticket_id":"T-2"}}
{"source":"crm","touchpoint_id":"l","occurred_at":"2025-12-05 09:00:00","contact_id":"ann","account_id":"globex","identity_link":{}}
)";

class TicketTest : public ::testing::Test {
 protected:
  TicketTest() {
    World world;
    world.standard_input = kHistory;
    const RunResult result = Run({"append", "-f", "-"}, world);
    EXPECT_EQ(result.code, 0) << result.err;
  }

  RunResult Run(std::vector<std::string> arguments, const World& world = {}) {
    arguments.insert(
        arguments.end(),
        {"--server", server_.server().grpc_address(), "--tenant", "acme"});
    return RunCli(arguments, world);
  }
  std::string List(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"tickets", "list"});
    const RunResult result = Run(flags);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.out;
  }

  TestServer server_;
};

TEST_F(TicketTest, OpenAndWaitingOnesAreListed) {
  EXPECT_THAT(List({"--open"}), HasSubstr("T-1"));
  EXPECT_THAT(List({"--open"}), Not(HasSubstr("T-2")));
  // At the New Year it has waited since 20 December at 10 o'clock.
  const std::string new_year = "2026-01-01";
  EXPECT_THAT(List({"--waiting-for", "11d", "--as-of", new_year}),
              HasSubstr("T-1     waiting"));
  EXPECT_EQ(List({"--waiting-for", "12d", "--as-of", new_year}),
            "No tickets.\n");
  EXPECT_THAT(List({"--open", "--as-of", "2025-12-02 12:00"}),
              HasSubstr("T-2"));
  // The contact's tickets are its account's.
  EXPECT_THAT(List({"--account", "globex", "--severity", "critical"}),
              HasSubstr("account:globex"));
  EXPECT_THAT(Run({"status"}).out, ContainsRegex("Tickets +2\n"));
}

TEST_F(TicketTest, OneIsShownAsItWasAndIs) {
  const std::string now = Run({"tickets", "get", "T-1"}).out;
  EXPECT_THAT(now, HasSubstr("waiting_on_customer since 2025-12-20 10:00"));
  EXPECT_THAT(now, HasSubstr("The mill stands still"));
  EXPECT_THAT(now, HasSubstr("The ticket waits for the customer."));
  EXPECT_THAT(Run({"tickets", "get", "T-1", "--as-of", "2025-12-02"}).out,
              HasSubstr("open since 2025-12-01 09:00"));
  const RunResult unknown = Run({"tickets", "get", "T-3"});
  EXPECT_EQ(unknown.code, 4);
  EXPECT_THAT(unknown.err, HasSubstr("ticket T-3 is not known"));
  EXPECT_THAT(unknown.err, HasSubstr("journeyctl tickets list"));
}

TEST_F(TicketTest, OutlivesARestartAndARetraction) {
  server_.Restart();
  EXPECT_THAT(List({"--open"}), HasSubstr("waiting"));
  EXPECT_EQ(Run({"retract", "desk", "t1-2", "--reason", "wrong ticket"}).code,
            0);
  EXPECT_THAT(Run({"tickets", "get", "T-1"}).out,
              HasSubstr("open since 2025-12-01 09:00"));
  EXPECT_EQ(List({"--status", "waiting_on_customer"}), "No tickets.\n");
}

}  // namespace
}  // namespace journey::testing
