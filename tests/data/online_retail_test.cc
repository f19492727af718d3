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

class OnlineRetailTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = FindDataSet("online_retail");
    if (!folder.has_value()) GTEST_SKIP() << "no data";
    truth_ = LoadTruth(*folder);
    server_ = std::make_unique<RealServer>("online_retail", ChangedRules());
    ASSERT_TRUE(server_->ready());
    const CtlResult result = server_->Import(
        "online_retail", *folder + "/online_retail_by_day.csv.gz");
    ASSERT_EQ(result.code, 0) << result.err;
  }

  // What the rule set says otherwise.
  [[nodiscard]] virtual RealServer::Replacements ChangedRules() const {
    return {};
  }

  std::vector<v1::Journey> CustomersBefore(const std::string& day) {
    v1::ListJourneysRequest request;
    request.set_subject_type(v1::SUBJECT_TYPE_CONTACT);
    request.set_lead_status(v1::LEAD_STATUS_CUSTOMER);
    *request.mutable_as_of() = JustBefore(ParseDay(day));
    return server_->ListJourneys(request);
  }

  std::vector<std::string> IdsIn(v1::Segment segment, const std::string& day) {
    v1::ListJourneysRequest request;
    request.set_segment(segment);
    *request.mutable_as_of() = JustBefore(ParseDay(day));
    std::vector<std::string> ids;
    for (const v1::Journey& journey : server_->ListJourneys(request)) {
      ids.push_back(journey.subject().id());
    }
    return ids;
  }

  std::map<v1::Segment, int64_t> CountsBefore(const std::string& day) {
    v1::CountSegmentsRequest request;
    *request.mutable_as_of() = JustBefore(ParseDay(day));
    return server_->CountSegments(request);
  }

  // The customers lost at a date, and how many belong to which segment.
  void ExpectLost(const std::string& day, const std::string& lost,
                  const Struct& expected) {
    SCOPED_TRACE(day);
    EXPECT_EQ(HashOfIds(IdsIn(v1::SEGMENT_LOST, day)),
              At(expected, lost + "_ids_sha256").string_value());
    std::map<v1::Segment, int64_t> counts = CountsBefore(day);
    EXPECT_EQ(counts[v1::SEGMENT_LOST], IntAt(expected, lost));
    EXPECT_EQ(counts[v1::SEGMENT_ACTIVE] + counts[v1::SEGMENT_REGULAR],
              IntAt(expected, "known") - IntAt(expected, lost));
    EXPECT_EQ(counts[v1::SEGMENT_AT_RISK], 0) << "no invoice has a due day";
  }

  Struct truth_;
  std::unique_ptr<RealServer> server_;
};

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

TEST_F(OnlineRetailTest, KnowsWhoWasLostAfter90DaysAndWhoCameBack) {
  std::map<std::string, int64_t> last_purchase;
  for (const v1::Journey& journey : CustomersBefore("2011-12-10")) {
    last_purchase[journey.subject().id()] =
        MicrosOf(journey.last_purchase_at());
  }
  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    const Struct& expected = value.struct_value();
    ExpectLost(day, "lost_90d", expected);
    const int64_t midnight = MicrosOf(MidnightOf(ParseDay(day)));
    int64_t back = 0;
    for (const std::string& id : IdsIn(v1::SEGMENT_LOST, day)) {
      if (last_purchase.at(id) >= midnight) ++back;
    }
    EXPECT_EQ(back, IntAt(expected, "reactivated_after_D")) << day;
  }
  // Credit notes name no invoice: whoever has nothing else has bought nothing.
  EXPECT_EQ(CountsBefore("2011-12-10")[v1::SEGMENT_PROSPECT],
            IntAt(truth_, "customers_only_cancellations"));
}

class OnlineRetailSixMonthsTest : public OnlineRetailTest {
 protected:
  [[nodiscard]] RealServer::Replacements ChangedRules() const override {
    return {{"  lapse: {days: 90}", "  lapse: {months: 6}"},
            {"  regular: {purchases: 3, months: 12}",
             "  regular: {purchases: 2, months: 24}"}};
  }
};

TEST_F(OnlineRetailSixMonthsTest, KnowsWhoWasLostAndWhoBuysAgain) {
  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    const Struct& expected = value.struct_value();
    ExpectLost(day, "lost_6m", expected);
    // Two years are longer than all this: who bought again and is not lost.
    std::set<std::string> lost;
    for (std::string& id : IdsIn(v1::SEGMENT_LOST, day)) lost.insert(id);
    std::vector<std::string> repeat;
    int64_t lost_repeat = 0;
    for (const v1::Journey& journey : CustomersBefore(day)) {
      if (journey.purchase_count() < 2) continue;
      if (lost.count(journey.subject().id()) > 0) {
        ++lost_repeat;
      } else {
        repeat.push_back(journey.subject().id());
      }
    }
    std::vector<std::string> regular = IdsIn(v1::SEGMENT_REGULAR, day);
    EXPECT_EQ(HashOfIds(regular), HashOfIds(repeat)) << day;
    EXPECT_EQ(static_cast<int64_t>(regular.size()) + lost_repeat,
              IntAt(expected, "repeat_customers"))
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
    EXPECT_TRUE(journey.segments().empty()) << journey.subject().id();
  }
}

}  // namespace
}  // namespace journey::testing
