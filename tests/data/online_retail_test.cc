// 25,900 invoices of a shop: amounts by month, and who was a customer, came
// back or was lost at several dates, compared with answers computed
// independently.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/data/real_data.h"
#include "tests/data/real_server.h"

namespace journey::testing {
namespace {

using google::protobuf::Struct;

constexpr int64_t kMicrosPerDay = int64_t{86'400} * 1'000'000;

// The same day of the month six months before.
absl::CivilDay SixMonthsBefore(absl::CivilDay day) {
  const absl::CivilMonth month = absl::CivilMonth(day) - 6;
  return absl::CivilDay(month.year(), month.month(), day.day());
}

class OnlineRetailTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = FindDataSet("online_retail");
    if (!folder.has_value()) GTEST_SKIP() << "no data";
    truth_ = LoadTruth(*folder);
    server_ = std::make_unique<RealServer>("online_retail");
    ASSERT_TRUE(server_->ready());
    const CtlResult result = server_->Import(
        "online_retail", *folder + "/online_retail_by_day.csv.gz");
    ASSERT_EQ(result.code, 0) << result.err;
  }

  std::vector<v1::Journey> CustomersBefore(const std::string& day) {
    v1::ListJourneysRequest request;
    request.set_subject_type(v1::SUBJECT_TYPE_CONTACT);
    request.set_lead_status(v1::LEAD_STATUS_CUSTOMER);
    *request.mutable_as_of() = JustBefore(ParseDay(day));
    return server_->ListJourneys(request);
  }

  Struct truth_;
  std::unique_ptr<RealServer> server_;
};

// Ids of the customers whose last purchase was before `since`.
std::vector<std::string> LostSince(const std::vector<v1::Journey>& customers,
                                   int64_t since) {
  std::vector<std::string> ids;
  for (const v1::Journey& journey : customers) {
    if (MicrosOf(journey.last_purchase_at()) < since) {
      ids.push_back(journey.subject().id());
    }
  }
  return ids;
}

TEST_F(OnlineRetailTest, CountsInvoicesAndSumsThousandthsByMonth) {
  for (const auto& [month, value] : ObjectAt(truth_, "per_month").fields()) {
    const absl::CivilDay first = ParseDay(month);
    v1::ReadRequest request;
    v1::EventFilter& filter = *request.mutable_filter();
    filter.add_kinds(v1::TOUCHPOINT_KIND_INVOICE);
    *filter.mutable_occurred_from() = MidnightOf(first);
    *filter.mutable_occurred_before() =
        MidnightOf(absl::CivilDay(absl::CivilMonth(first) + 1));
    std::map<v1::Invoice::Action, int64_t> counts;
    std::map<v1::Invoice::Action, int64_t> sums;
    std::set<std::string> customers;
    for (const v1::Event& event : server_->Read(request)) {
      const v1::Touchpoint& touchpoint = event.touchpoint();
      const v1::Invoice::Action action = touchpoint.invoice().action();
      ++counts[action];
      sums[action] += IntAt(touchpoint.attributes(), "amount_thousandths");
      if (action == v1::Invoice::ACTION_ISSUED &&
          !touchpoint.contact_id().empty()) {
        customers.insert(touchpoint.contact_id());
      }
    }
    const Struct& expected = value.struct_value();
    EXPECT_EQ(counts[v1::Invoice::ACTION_ISSUED], IntAt(expected, "sale"))
        << month;
    EXPECT_EQ(counts[v1::Invoice::ACTION_CREDITED],
              IntAt(expected, "cancellation"))
        << month;
    EXPECT_EQ(sums[v1::Invoice::ACTION_ISSUED], IntAt(expected, "sale_amount"))
        << month;
    EXPECT_EQ(sums[v1::Invoice::ACTION_CREDITED],
              IntAt(expected, "cancellation_amount"))
        << month;
    EXPECT_EQ(static_cast<int64_t>(customers.size()),
              IntAt(expected, "customers"))
        << month;
  }
}

TEST_F(OnlineRetailTest, KnowsCustomersAndThoseWhoCameBackAtEachDate) {
  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    int64_t repeat = 0;
    const std::vector<v1::Journey> customers = CustomersBefore(day);
    for (const v1::Journey& journey : customers) {
      if (journey.purchase_count() > 1) ++repeat;
    }
    const Struct& expected = value.struct_value();
    EXPECT_EQ(static_cast<int64_t>(customers.size()), IntAt(expected, "known"))
        << day;
    EXPECT_EQ(repeat, IntAt(expected, "repeat_customers")) << day;
  }
}

TEST_F(OnlineRetailTest, FindsExactlyTheCustomersWhoWereLostAtEachDate) {
  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    const std::vector<v1::Journey> customers = CustomersBefore(day);
    const absl::CivilDay date = ParseDay(day);
    const auto lost_90d =
        LostSince(customers, MicrosOf(MidnightOf(date)) - 90 * kMicrosPerDay);
    const auto lost_6m =
        LostSince(customers, MicrosOf(MidnightOf(SixMonthsBefore(date))));
    const Struct& expected = value.struct_value();
    EXPECT_EQ(static_cast<int64_t>(lost_90d.size()),
              IntAt(expected, "lost_90d"))
        << day;
    EXPECT_EQ(HashOfIds(lost_90d),
              At(expected, "lost_90d_ids_sha256").string_value())
        << day;
    EXPECT_EQ(static_cast<int64_t>(lost_6m.size()), IntAt(expected, "lost_6m"))
        << day;
    EXPECT_EQ(HashOfIds(lost_6m),
              At(expected, "lost_6m_ids_sha256").string_value())
        << day;
  }
}

TEST_F(OnlineRetailTest, WalkInsNeverBecomeCustomers) {
  v1::ListJourneysRequest request;
  request.set_subject_type(v1::SUBJECT_TYPE_VISITOR);
  const std::vector<v1::Journey> visitors = server_->ListJourneys(request);
  EXPECT_GT(visitors.size(), 0u);
  for (const v1::Journey& journey : visitors) {
    EXPECT_NE(journey.lead().status(), v1::LEAD_STATUS_CUSTOMER)
        << journey.subject().id();
    EXPECT_EQ(journey.stage().stage_id(), "awareness")
        << journey.subject().id();
  }
}

}  // namespace
}  // namespace journey::testing
