// 24,918 incidents of a help desk: which were open, and which had waited for
// the customer for more than a week, at several dates, compared with answers
// computed independently.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "tests/data/real_data.h"
#include "tests/data/real_server.h"

namespace journey::testing {
namespace {

using google::protobuf::Struct;
using ::testing::HasSubstr;

constexpr int64_t kMicrosPerDay = int64_t{86'400} * 1'000'000;

google::protobuf::Timestamp FromMicros(int64_t micros) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(micros / 1'000'000);
  timestamp.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1'000));
  return timestamp;
}

std::vector<std::string> IdsOf(const std::vector<v1::Ticket>& tickets) {
  std::vector<std::string> ids;
  for (const v1::Ticket& ticket : tickets) ids.push_back(ticket.ticket_id());
  return ids;
}

class IncidentLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = FindDataSet("incident_log");
    if (!folder.has_value()) GTEST_SKIP() << "no data";
    truth_ = LoadTruth(*folder);
    server_ = std::make_unique<RealServer>("incident_log");
    ASSERT_TRUE(server_->ready());
    const CtlResult result =
        server_->Import("incident_log", *folder + "/incident_event_log.csv.gz");
    ASSERT_EQ(result.code, 0) << result.err;
  }

  // The tickets as they were just before a day began.
  std::vector<v1::Ticket> Before(const std::string& day,
                                 v1::ListTicketsRequest conditions = {}) {
    *conditions.mutable_as_of() = JustBefore(ParseDay(day));
    return server_->ListTickets(conditions);
  }

  // Neither resolved nor closed, and resolved: the data call both open.
  std::vector<std::string> OpenBefore(const std::string& day) {
    v1::ListTicketsRequest open;
    open.set_open(true);
    v1::ListTicketsRequest resolved;
    resolved.set_status(v1::TICKET_STATUS_RESOLVED);
    std::vector<std::string> ids = IdsOf(Before(day, open));
    const std::vector<std::string> more = IdsOf(Before(day, resolved));
    ids.insert(ids.end(), more.begin(), more.end());
    return ids;
  }

  // For more than seven days: since an instant before that, not at it.
  std::vector<std::string> WaitingBefore(const std::string& day) {
    v1::ListTicketsRequest waiting;
    waiting.set_status(v1::TICKET_STATUS_WAITING_ON_CUSTOMER);
    *waiting.mutable_status_since_by() =
        FromMicros(MicrosOf(JustBefore(ParseDay(day))) - 7 * kMicrosPerDay);
    return IdsOf(Before(day, waiting));
  }

  Struct truth_;
  std::unique_ptr<RealServer> server_;
};

TEST_F(IncidentLogTest, FindsExactlyTheOpenAndTheWaitingTicketsAtEachDate) {
  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    const Struct& expected = value.struct_value();
    const std::vector<std::string> open = OpenBefore(day);
    EXPECT_EQ(static_cast<int64_t>(open.size()), IntAt(expected, "open"))
        << day;
    EXPECT_EQ(HashOfIds(open), At(expected, "open_ids_sha256").string_value())
        << day;
    const std::vector<std::string> waiting = WaitingBefore(day);
    EXPECT_EQ(static_cast<int64_t>(waiting.size()),
              IntAt(expected, "waiting_on_customer_7d"))
        << day;
    EXPECT_EQ(HashOfIds(waiting),
              At(expected, "waiting_ids_sha256").string_value())
        << day;
  }
}

TEST_F(IncidentLogTest, CountsTicketsAndTheirCallers) {
  // The present is read from the index.
  EXPECT_EQ(static_cast<int64_t>(server_->ListTickets({}).size()),
            IntAt(truth_, "incidents"));
  v1::ListTicketsRequest open;
  open.set_open(true);
  EXPECT_TRUE(server_->ListTickets(open).empty());
  const CtlResult status = server_->Run({"status"});
  EXPECT_THAT(status.out, HasSubstr("24,918"));

  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    const Struct& expected = value.struct_value();
    const std::vector<v1::Ticket> all = Before(day);
    EXPECT_EQ(static_cast<int64_t>(all.size()),
              IntAt(expected, "opened_before_D"))
        << day;
    const int64_t from = MicrosOf(MidnightOf(ParseDay(day) - 30));
    std::map<std::string, int> tickets;
    for (const v1::Ticket& ticket : all) {
      if (ticket.journey().type() == v1::SUBJECT_TYPE_CONTACT &&
          MicrosOf(ticket.opened_at()) >= from) {
        ++tickets[ticket.journey().id()];
      }
    }
    int64_t callers = 0;
    for (const auto& [caller, count] : tickets) {
      if (count >= 3) ++callers;
    }
    EXPECT_EQ(callers, IntAt(expected, "callers_with_3_tickets_30d")) << day;
  }
}

TEST_F(IncidentLogTest, JourneyctlListsThoseThatHaveWaitedTooLong) {
  const CtlResult result =
      server_->Run({"tickets", "list", "--waiting-for", "7d", "--as-of",
                    "2016-09-01", "--all", "-o", "ndjson"});
  ASSERT_EQ(result.code, 0) << result.err;
  std::vector<std::string> lines =
      absl::StrSplit(result.out, '\n', absl::SkipEmpty());
  EXPECT_EQ(static_cast<int64_t>(lines.size()),
            IntAt(ObjectAt(ObjectAt(truth_, "at"), "2016-09-01"),
                  "waiting_on_customer_7d"));
}

}  // namespace
}  // namespace journey::testing
