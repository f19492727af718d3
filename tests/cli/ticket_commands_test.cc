#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_split.h"
#include "cli/exit_codes.h"
#include "cli/text.h"
#include "google/protobuf/text_format.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

// 1740182400 is 2025-02-22, seven days before now.
constexpr char kTicket[] = R"(
  ticket_id: 'T-4711'
  journey { type: SUBJECT_TYPE_ACCOUNT id: 'acme' }
  status: TICKET_STATUS_WAITING_ON_CUSTOMER
  status_since { seconds: 1740182400 }
  severity: SEVERITY_CRITICAL
  type: TYPE_COMPLAINT
  subject: 'The mill stands still and nobody answers the telephone'
  opened_at { seconds: 1740096000 }
  reopen_count: 2
  escalated: true
  owner_id: 'anna'
  touchpoint_count: 5
  explanation { text: 'The ticket waits for the customer.' }
)";

constexpr char kOther[] = R"(
  ticket_id: '9'
  journey { type: SUBJECT_TYPE_CONTACT id: 'bob' }
  status: TICKET_STATUS_OPEN
  status_since { seconds: 1740783600 }
  severity: SEVERITY_LOW
  type: TYPE_QUESTION
)";

class TicketCommandsTest : public ::testing::Test {
 protected:
  TicketCommandsTest() {
    Parse(kTicket, server_.tickets.ticket.mutable_ticket());
    Parse(kTicket, server_.tickets.list.add_tickets());
    Parse(kOther, server_.tickets.list.add_tickets());
  }

  static void Parse(const char* text, v1::Ticket* ticket) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, ticket));
  }

  RunResult Run(std::vector<std::string> arguments, int columns = 80) {
    arguments.insert(arguments.begin(), "tickets");
    World world;
    world.columns = columns;
    return RunCli(server_.With(arguments), world);
  }

  FakeServer server_;
};

TEST_F(TicketCommandsTest, ShowsOneTicket) {
  const RunResult result = Run({"get", "T-4711"});
  EXPECT_EQ(server_.tickets.get_request.ticket_id(), "T-4711");
  EXPECT_FALSE(server_.tickets.get_request.has_as_of());
  EXPECT_EQ(result.out, R"(Ticket        T-4711
Subject       The mill stands still and nobody answers the telephone
Journey       account:acme
Status        waiting_on_customer since 2025-02-22 00:00 (7d)
Type          complaint
Severity      critical, escalated
Owner         anna
Opened        2025-02-21 00:00 (8d)
Opened again  2 times
Touchpoints   5
Why           The ticket waits for the customer.
)");
}

TEST_F(TicketCommandsTest, ListsAsMuchOfTheSubjectAsFits) {
  EXPECT_EQ(Run({"list"}).out,
            "TICKET  STATUS   FOR  SEVERITY  TYPE       OWNER  JOURNEY       "
            "SUBJECT\n"
            "T-4711  waiting   7d  critical  complaint  anna   account:acme  "
            "The mill "
            "stand…\n"
            "9       open      1h  low       question          contact:bob\n");
  EXPECT_THAT(Run({"list"}, 140).out,
              HasSubstr("account:acme  The mill stands still and nobody "
                        "answers the telephone\n"));
  for (const int columns : {70, 80, 140}) {
    for (const auto line : absl::StrSplit(Run({"list"}, columns).out, '\n')) {
      EXPECT_LE(cli::DisplayWidth(line), static_cast<size_t>(columns));
    }
  }
  EXPECT_THAT(Run({"list"}, 70).out, ::testing::Not(HasSubstr("SUBJECT")));
}

TEST_F(TicketCommandsTest, AsksForWhatTheFlagsSay) {
  const RunResult result =
      Run({"list", "--open", "--severity", "critical", "--type", "complaint",
           "--owner", "anna", "--contact", "bob", "--as-of", "2025-02-01",
           "--status", "open", "--page-size", "7"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  const v1::ListTicketsRequest& request = server_.tickets.list_request;
  EXPECT_TRUE(request.open());
  EXPECT_EQ(request.status(), v1::TICKET_STATUS_OPEN);
  EXPECT_EQ(request.severity(), v1::TicketChange::SEVERITY_CRITICAL);
  EXPECT_EQ(request.type(), v1::TicketChange::TYPE_COMPLAINT);
  EXPECT_EQ(request.owner_id(), "anna");
  EXPECT_EQ(request.subject().type(), v1::SUBJECT_TYPE_CONTACT);
  EXPECT_EQ(request.subject().id(), "bob");
  EXPECT_EQ(request.as_of().seconds(), 1738368000);
  EXPECT_EQ(request.page_size(), 7);
  EXPECT_FALSE(request.has_status_since_by());
}

TEST_F(TicketCommandsTest, WaitingForCountsBackFromTheInstantAskedFor) {
  EXPECT_EQ(Run({"list", "--waiting-for", "7d"}).code, cli::kExitOk);
  const v1::ListTicketsRequest& request = server_.tickets.list_request;
  EXPECT_EQ(request.status(), v1::TICKET_STATUS_WAITING_ON_CUSTOMER);
  EXPECT_EQ(request.status_since_by().seconds(), 1740182400);
  EXPECT_EQ(Run({"list", "--waiting-for", "36h", "--as-of", "2025-02-01"}).code,
            cli::kExitOk);
  EXPECT_EQ(request.status_since_by().seconds(), 1738368000 - 36 * 3600);
}

TEST_F(TicketCommandsTest, WritesALineOfJsonATicket) {
  const RunResult result = Run({"list", "-o", "ndjson"});
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 2);
  EXPECT_THAT(result.out, HasSubstr(R"("ticket_id":"T-4711")"));
}

TEST_F(TicketCommandsTest, SaysWhereThereAreNone) {
  server_.tickets.list.clear_tickets();
  EXPECT_EQ(Run({"list"}).out, "No tickets.\n");
}

TEST_F(TicketCommandsTest, ContradictingFlagsAreUsageErrors) {
  const struct {
    std::vector<std::string> flags;
    const char* says;
  } cases[] = {
      {{"--waiting-for", "7d", "--status", "open"},
       "--waiting-for and --status: give one of both"},
      {{"--waiting-for", "-7d"},
       "--waiting-for: \"-7d\" is no length of time; write 7d"},
      {{"--severity", "loud"}, "--severity: \"loud\" is none of: low, medium"},
      {{"--type", "x"}, "--type: \"x\" is none of: question"},
  };
  for (const auto& test : cases) {
    std::vector<std::string> arguments = {"list"};
    arguments.insert(arguments.end(), test.flags.begin(), test.flags.end());
    const RunResult result = Run(arguments);
    EXPECT_EQ(result.code, cli::kExitUsage) << test.says;
    EXPECT_THAT(result.err, HasSubstr(test.says));
  }
}

}  // namespace
}  // namespace journey::testing
