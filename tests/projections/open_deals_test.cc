// Journeys with very many open deals.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "service/core/limits.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

std::string DealId(int i) { return absl::StrFormat("D%04d", i); }

v1::Touchpoint Change(int i, const std::string& day,
                      const std::string& fields) {
  return Tp(absl::StrCat(day, DealId(i)), day,
            absl::StrCat("account_id: 'A' deal_id: '", DealId(i), "' deal { ",
                         fields, " }"));
}

std::vector<v1::Touchpoint> Opened(int count, const std::string& fields = "") {
  std::vector<v1::Touchpoint> out;
  out.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    out.push_back(Change(i, "2025-01-01", "action: ACTION_OPENED " + fields));
  }
  return out;
}

v1::Touchpoint Chat(const std::string& day) {
  return Tp("chat " + day, day, "account_id: 'A' chat {}");
}

bool HasHeard(int i, const std::vector<v1::Touchpoint>& history) {
  return DealAt("2025-02-01", DealId(i), history)
      .has_last_customer_touchpoint_at();
}

TEST(OpenDeals, AnswersShowTheFirstAndCountAll) {
  const v1::Journey journey =
      JourneyAt("2025-01-02", Opened(core::kShownOpenDealsMax + 1));
  EXPECT_EQ(journey.open_deals_size(), core::kShownOpenDealsMax);
  EXPECT_EQ(journey.open_deals(0).deal_id(), DealId(0));
  EXPECT_EQ(journey.open_deal_count(), core::kShownOpenDealsMax + 1);
  EXPECT_EQ(journey.deal_count(), core::kShownOpenDealsMax + 1);
}

TEST(OpenDeals, AnswersShowSoManyBytesOfThem) {
  std::string products;
  for (int i = 0; i < core::kDealProductsMax; ++i) {
    absl::StrAppend(&products, "products { product_id: '",
                    std::string(core::kIdBytesMax, 'x'), "' } ");
  }
  constexpr int kDeals = 60;
  const v1::Journey journey = JourneyAt("2025-01-02", Opened(kDeals, products));
  EXPECT_LT(journey.open_deals_size(), kDeals);
  EXPECT_GT(journey.open_deals_size(), kDeals / 4);
  EXPECT_LE(journey.ByteSizeLong(), core::kShownOpenDealsBytesMax + 65'536);
  EXPECT_EQ(journey.open_deal_count(), kDeals);
}

TEST(OpenDeals, TouchpointsWithoutADealReachThoseOpenedLast) {
  std::vector<v1::Touchpoint> history = Opened(core::kOpenDealsMax + 1);
  history.push_back(Chat("2025-01-02"));
  EXPECT_FALSE(HasHeard(0, history));
  EXPECT_TRUE(HasHeard(1, history));
  EXPECT_TRUE(HasHeard(core::kOpenDealsMax, history));
  // Its own touchpoints do reach it, and all once it is opened again.
  std::vector<v1::Touchpoint> named = history;
  named.push_back(Tp("own", "2025-01-03",
                     absl::StrCat("deal_id: '", DealId(0), "' chat {}")));
  EXPECT_TRUE(HasHeard(0, named));
  history.push_back(Change(0, "2025-01-03", "action: ACTION_LOST"));
  history.push_back(Change(0, "2025-01-04", "action: ACTION_REOPENED"));
  history.push_back(Chat("2025-01-05"));
  EXPECT_TRUE(HasHeard(0, history));
  EXPECT_EQ(JourneyAt("2025-02-01", history).open_deal_count(),
            core::kOpenDealsMax + 1);
}

TEST(OpenDeals, OneThatIsNoLongerNamedKeepsTheJourneyAnOpportunity) {
  std::vector<v1::Touchpoint> history = Opened(core::kOpenDealsMax + 1);
  for (int i = 1; i <= core::kOpenDealsMax; ++i) {
    history.push_back(Change(i, "2025-01-02", "action: ACTION_LOST"));
  }
  v1::Journey journey = JourneyAt("2025-01-02", history);
  EXPECT_EQ(journey.open_deal_count(), 1);
  EXPECT_EQ(journey.stage().stage_id(), "opportunity");
  history.push_back(Change(0, "2025-01-03", "action: ACTION_LOST"));
  journey = JourneyAt("2025-01-03", history);
  EXPECT_EQ(journey.open_deal_count(), 0);
  EXPECT_NE(journey.stage().stage_id(), "opportunity");
}

}  // namespace
}  // namespace journey::testing
