// Tickets, and what a journey remembers of its own.
#include "projections/ticket/ticket.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/reference_ticket.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::Micros;
using storage::v1::JourneyState;

v1::Touchpoint Report(const std::string& day, const std::string& action,
                      const std::string& fields = "",
                      const std::string& ticket_id = "T") {
  return Tp(absl::StrCat(ticket_id, " ", day), day,
            absl::StrCat("account_id: 'A' ticket { ticket_id: '", ticket_id,
                         "' action: ACTION_", action, " ", fields, " }"));
}

v1::Ticket TicketOf(std::vector<v1::Touchpoint> given) {
  std::sort(given.begin(), given.end(), [](const auto& a, const auto& b) {
    return core::OrderKeyOf(a) < core::OrderKeyOf(b);
  });
  storage::v1::TicketState state;
  for (const auto& touchpoint : given) {
    projections::ApplyToTicket(touchpoint, state);
  }
  return projections::ConcludeTicket(*TestRules(), state, AccountA());
}

JourneyState StateOf(const std::vector<v1::Touchpoint>& given) {
  return FoldAll(*TestRules(), AccountA(), given).state();
}

std::string Day(const google::protobuf::Timestamp& at) {
  return core::FormatInstant(core::ToMicros(at)).substr(0, 10);
}

// Since when a ticket is an open critical complaint; 0 when it is none.
Micros CriticalSince(const JourneyState& state,
                     const std::string& ticket_id = "T") {
  for (const auto& ticket : state.tickets()) {
    if (ticket.ticket_id() == ticket_id) {
      return ticket.critical_complaint().at_us();
    }
  }
  return 0;
}

const char* const kCritical =
    "type: TYPE_COMPLAINT severity: SEVERITY_CRITICAL";

TEST(Ticket, BeginsAsAQuestionOfLowSeverity) {
  const v1::Ticket ticket = TicketOf({Report("2025-01-01", "UPDATED")});
  EXPECT_EQ(ticket.status(), v1::TICKET_STATUS_OPEN);
  EXPECT_EQ(ticket.type(), v1::TicketChange::TYPE_QUESTION);
  EXPECT_EQ(ticket.severity(), v1::TicketChange::SEVERITY_LOW);
  EXPECT_EQ(ticket.explanation().rule_id(), "ticket.opened");
  EXPECT_EQ(ticket.explanation().causes(0).touchpoint_id(), "T 2025-01-01");
  EXPECT_FALSE(ticket.has_resolved_at());
  EXPECT_FALSE(ticket.has_closed_at());
}

TEST(Ticket, WaitsSinceTheNewestQuestionUntilSomebodyActs) {
  std::vector<v1::Touchpoint> given = {
      Report("2025-01-01", "OPENED"),
      Report("2025-01-02", "WAITING_ON_CUSTOMER"),
      Report("2025-01-03", "UPDATED", "severity: SEVERITY_HIGH")};
  v1::Ticket ticket = TicketOf(given);
  EXPECT_EQ(ticket.status(), v1::TICKET_STATUS_WAITING_ON_CUSTOMER);
  EXPECT_EQ(Day(ticket.status_since()), "2025-01-02");
  given.push_back(Report("2025-01-04", "WAITING_ON_CUSTOMER"));
  ticket = TicketOf(given);
  EXPECT_EQ(Day(ticket.status_since()), "2025-01-04");
  EXPECT_EQ(ticket.explanation().rule_id(), "ticket.waiting_on_customer");
  given.push_back(Report("2025-01-05", "OPENED"));
  ticket = TicketOf(given);
  EXPECT_EQ(ticket.status(), v1::TICKET_STATUS_OPEN);
  EXPECT_EQ(Day(ticket.status_since()), "2025-01-05");
  EXPECT_EQ(ticket.explanation().rule_id(), "ticket.open_again");
  EXPECT_EQ(ticket.reopen_count(), 0);
  EXPECT_EQ(Day(ticket.opened_at()), "2025-01-01");
}

TEST(Ticket, ThatIsOverIsOpenedAgainByAnyActionOfWork) {
  for (const char* action :
       {"OPENED", "WAITING_ON_CUSTOMER", "ESCALATED", "REOPENED"}) {
    const v1::Ticket ticket = TicketOf(
        {Report("2025-01-01", "ESCALATED"), Report("2025-01-02", "RESOLVED"),
         Report("2025-01-03", "CLOSED"), Report("2025-01-04", action)});
    EXPECT_EQ(ticket.reopen_count(), 1) << action;
    EXPECT_FALSE(ticket.has_resolved_at()) << action;
    EXPECT_FALSE(ticket.has_closed_at()) << action;
    EXPECT_EQ(ticket.escalated(), action == std::string("ESCALATED"));
  }
}

TEST(Ticket, IsResolvedWhenItWasOverFirst) {
  std::vector<v1::Touchpoint> given = {
      Report("2025-01-01", "OPENED"), Report("2025-01-02", "RESOLVED"),
      Report("2025-01-03", "CLOSED"), Report("2025-01-04", "RESOLVED"),
      Report("2025-01-05", "UPDATED")};
  const v1::Ticket ticket = TicketOf(given);
  EXPECT_EQ(ticket.status(), v1::TICKET_STATUS_CLOSED);
  EXPECT_EQ(Day(ticket.resolved_at()), "2025-01-02");
  EXPECT_EQ(Day(ticket.closed_at()), "2025-01-03");
  EXPECT_EQ(Day(ticket.status_since()), "2025-01-03");
  EXPECT_EQ(ticket.reopen_count(), 0);
  EXPECT_EQ(ticket.touchpoint_count(), 5);
}

TEST(JourneyTickets, ACriticalComplaintLastsWhileItIsOpen) {
  std::vector<v1::Touchpoint> given = {
      Report("2025-01-01", "OPENED", "type: TYPE_COMPLAINT"),
      Report("2025-01-02", "UPDATED", "severity: SEVERITY_CRITICAL"),
      Report("2025-01-03", "WAITING_ON_CUSTOMER")};
  EXPECT_EQ(CriticalSince(StateOf(given)), At("2025-01-02"));
  given.push_back(Report("2025-01-04", "RESOLVED"));
  EXPECT_EQ(CriticalSince(StateOf(given)), 0);
  given.push_back(Report("2025-01-05", "REOPENED"));
  EXPECT_EQ(CriticalSince(StateOf(given)), At("2025-01-05"));
  given.push_back(Report("2025-01-06", "UPDATED", "severity: SEVERITY_LOW"));
  EXPECT_EQ(CriticalSince(StateOf(given)), 0);
}

TEST(JourneyTickets, AComplaintCountsOnceForEachTimeThatItBecomesOne) {
  const JourneyState state =
      StateOf({Report("2025-01-01", "OPENED", "type: TYPE_COMPLAINT"),
               Report("2025-01-02", "UPDATED", "type: TYPE_COMPLAINT"),
               Report("2025-01-03", "UPDATED", "type: TYPE_REQUEST"),
               Report("2025-01-04", "UPDATED", "type: TYPE_COMPLAINT"),
               Report("2025-01-05", "OPENED", kCritical, "U")});
  EXPECT_EQ(std::vector<Micros>(state.complaints_us().begin(),
                                state.complaints_us().end()),
            (std::vector<Micros>{At("2025-01-01"), At("2025-01-04"),
                                 At("2025-01-05")}));
}

TEST(JourneyTickets, OverTheBoundClosedOnesGoFirst) {
  std::vector<v1::Touchpoint> given = {
      Report("2025-01-01", "OPENED", kCritical, "oldest"),
      Report("2025-01-02", "OPENED", kCritical, "over"),
      Report("2025-01-03", "CLOSED", "", "over")};
  for (int i = 0; i < core::kJourneyTicketsMax - 1; ++i) {
    given.push_back(
        Report("2025-01-04", "OPENED", kCritical, absl::StrCat("x", i)));
  }
  JourneyState state = StateOf(given);
  EXPECT_EQ(state.tickets_size(), core::kJourneyTicketsMax);
  EXPECT_EQ(CriticalSince(state, "oldest"), At("2025-01-01"));
  EXPECT_EQ(state.complaints_us_size(), core::kComplaintsMax);
  given.push_back(Report("2025-01-05", "OPENED", kCritical, "newest"));
  state = StateOf(given);
  EXPECT_EQ(state.tickets_size(), core::kJourneyTicketsMax);
  EXPECT_EQ(CriticalSince(state, "oldest"), 0);
  EXPECT_EQ(CriticalSince(state, "newest"), At("2025-01-05"));
}

TEST(Tickets, FoldToWhatTheDefinitionsSay) {
  std::mt19937 random(TestSeed(20261123));
  const auto rules = TestRules();
  constexpr int kHistories = 300;
  int critical = 0;
  for (int i = 0; i < kHistories; ++i) {
    const auto history = RandomTickets(random, 5 + i % 40, 1 + i % 4, 10);
    const Micros instant =
        At("2025-01-01") +
        static_cast<Micros>(random() % 20) * core::kMicrosPerDay / 2;
    std::map<std::string, std::vector<v1::Touchpoint>> by_ticket;
    std::vector<v1::Touchpoint> past;
    for (const auto& t : history) {
      if (core::ToMicros(t.occurred_at()) > instant) continue;
      by_ticket[t.ticket().ticket_id()].push_back(t);
      past.push_back(t);
    }
    const auto want = ReferenceTickets(history, instant);
    ASSERT_EQ(by_ticket.size(), want.size());
    for (const auto& [id, reports] : by_ticket) {
      v1::Ticket got = TicketOf(reports);
      ASSERT_EQ(got.explanation().causes_size(), 1);
      got.clear_journey();
      got.clear_explanation();
      ASSERT_EQ(got.DebugString(), want.at(id).DebugString());
    }
    // What one journey remembers of them, were they all its own.
    const JourneyState state = StateOf(past);
    std::map<std::string, Micros> criticals;
    for (const auto& ticket : state.tickets()) {
      if (!ticket.has_critical_complaint()) continue;
      criticals[ticket.ticket_id()] = ticket.critical_complaint().at_us();
      ++critical;
    }
    ASSERT_EQ(criticals, ReferenceCriticalComplaints(history, instant));
    ASSERT_EQ(std::vector<Micros>(state.complaints_us().begin(),
                                  state.complaints_us().end()),
              ReferenceComplaints(history, instant));
  }
  // The histories are worth something.
  EXPECT_GT(critical, kHistories / 10);
}

}  // namespace
}  // namespace journey::testing
