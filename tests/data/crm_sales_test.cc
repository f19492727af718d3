// 8,800 deals of a fictitious hardware company: what was open, stalled, won
// and lost at several dates, compared with answers computed independently.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/data/real_data.h"
#include "tests/data/real_server.h"

namespace journey::testing {
namespace {

using google::protobuf::Struct;

// In which order the touchpoints arrive; no answer may depend on it.
enum class Arrival { kByTime, kBackwards };

class CrmSalesTest : public ::testing::TestWithParam<Arrival> {
 protected:
  void SetUp() override {
    const auto folder = FindDataSet("crm_sales");
    if (!folder.has_value()) GTEST_SKIP() << "no data";
    truth_ = LoadTruth(*folder);
    server_ = std::make_unique<RealServer>("crm_sales");
    ASSERT_TRUE(server_->ready());
    std::string sql =
        ReadFile(JOURNEY_SOURCE_DIR "/deploy/mappings/crm_sales.sql");
    if (GetParam() == Arrival::kBackwards) {
      const size_t order = sql.rfind("ORDER BY");
      ASSERT_NE(order, std::string::npos);
      sql.resize(order);
      sql += "ORDER BY \"occurred_at\" DESC, \"touchpoint_id\" DESC";
    }
    const std::string mapping = server_->directory().Join("mapping.sql");
    WriteFile(mapping, sql);
    const CtlResult result = server_->Run(
        {"import", "--sql", mapping, *folder + "/sales_pipeline.csv.gz"});
    ASSERT_EQ(result.code, 0) << result.err;
  }

  std::vector<v1::Deal> DealsBefore(const std::string& day) {
    v1::ListDealsRequest request;
    *request.mutable_as_of() = JustBefore(ParseDay(day));
    return server_->ListDeals(request);
  }

  Struct truth_;
  std::unique_ptr<RealServer> server_;
};

TEST_P(CrmSalesTest, CountsOpenWonAndLostDealsAtEachDate) {
  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    std::map<v1::DealStatus, int64_t> counts;
    for (const v1::Deal& deal : DealsBefore(day)) ++counts[deal.status()];
    const Struct& expected = value.struct_value();
    EXPECT_EQ(counts[v1::DEAL_STATUS_OPEN], IntAt(expected, "open")) << day;
    EXPECT_EQ(counts[v1::DEAL_STATUS_WON], IntAt(expected, "won")) << day;
    EXPECT_EQ(counts[v1::DEAL_STATUS_LOST], IntAt(expected, "lost")) << day;
  }
}

TEST_P(CrmSalesTest, FindsExactlyTheDealsStalledForNinetyDays) {
  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    v1::ListStalledDealsRequest request;
    request.add_reasons(v1::STALL_REASON_INACTIVE);
    *request.mutable_as_of() = JustBefore(ParseDay(day));
    std::vector<std::string> ids;
    for (const auto& stalled : server_->ListStalledDeals(request)) {
      ids.push_back(stalled.deal().deal_id());
    }
    const Struct& expected = value.struct_value();
    EXPECT_EQ(static_cast<int64_t>(ids.size()), IntAt(expected, "stalled_90d"))
        << day;
    EXPECT_EQ(HashOfIds(ids), At(expected, "stalled_ids_sha256").string_value())
        << day;
  }
}

TEST_P(CrmSalesTest, CountsCustomersAtEachDate) {
  for (const auto& [day, value] : ObjectAt(truth_, "at").fields()) {
    v1::ListJourneysRequest request;
    request.set_lead_status(v1::LEAD_STATUS_CUSTOMER);
    request.set_subject_type(v1::SUBJECT_TYPE_ACCOUNT);
    *request.mutable_as_of() = JustBefore(ParseDay(day));
    EXPECT_EQ(static_cast<int64_t>(server_->ListJourneys(request).size()),
              IntAt(value.struct_value(), "customers_accounts_with_won"))
        << day;
  }
}

TEST_P(CrmSalesTest, SumsWonDealsByMonth) {
  v1::ListDealsRequest request;
  request.set_status(v1::DEAL_STATUS_WON);
  std::map<std::string, int64_t> counts;
  std::map<std::string, int64_t> cents;
  int64_t all_cents = 0;
  for (const v1::Deal& deal : server_->ListDeals(request)) {
    const std::string month = MonthOf(deal.closed_at());
    ++counts[month];
    cents[month] += deal.amount().amount_minor();
    all_cents += deal.amount().amount_minor();
    EXPECT_EQ(deal.amount().currency_code(), "USD") << deal.deal_id();
  }
  const Struct& months = ObjectAt(truth_, "won_per_month");
  EXPECT_EQ(counts.size(), static_cast<size_t>(months.fields_size()));
  for (const auto& [month, value] : months.fields()) {
    EXPECT_EQ(counts[month], IntAt(value.struct_value(), "n")) << month;
    EXPECT_EQ(cents[month], IntAt(value.struct_value(), "value") * 100)
        << month;
  }
  EXPECT_EQ(all_cents, IntAt(truth_, "won_value_sum") * 100);
}

TEST_P(CrmSalesTest, KnowsEveryDealThatWasEverEngaged) {
  std::set<std::string> ids;
  int64_t without_account = 0;
  for (const v1::Deal& deal : server_->ListDeals({})) {
    ids.insert(deal.deal_id());
    if (deal.journey().type() == v1::SUBJECT_TYPE_DEAL) ++without_account;
  }
  EXPECT_EQ(static_cast<int64_t>(ids.size()),
            IntAt(truth_, "unique_ids") -
                IntAt(ObjectAt(truth_, "stage"), "Prospecting"));
  EXPECT_GT(without_account, 0);
  EXPECT_LE(without_account, IntAt(truth_, "blank_account"));
}

INSTANTIATE_TEST_SUITE_P(Arrivals, CrmSalesTest,
                         ::testing::Values(Arrival::kByTime,
                                           Arrival::kBackwards),
                         [](const ::testing::TestParamInfo<Arrival>& tested) {
                           return tested.param == Arrival::kByTime
                                      ? "ByTime"
                                      : "Backwards";
                         });

}  // namespace
}  // namespace journey::testing
