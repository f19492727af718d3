// Stalled deals of now and of later, by rules of which each reason occurs, and
// deals in stages that the rule set does not know.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

using ::testing::SizeIs;

// When a stall began, of which deal, which one, and how bad it is.
using Row = std::tuple<core::Micros, std::string, int, int>;

Row RowOf(const v1::Deal& deal, const v1::Stall& stall) {
  return {core::ToMicros(stall.since()), deal.deal_id(), stall.reason(),
          stall.severity()};
}

class StallListTest : public ::testing::Test {
 protected:
  StallListTest() {
    WriteFile(dir_.Join("rules.yaml"),
              absl::StrReplaceAll(
                  ReadFile(JOURNEY_RULES_DIR "/default.yaml"),
                  {{"gaps_min: 4", "gaps_min: 2"},
                   {"        customer_name: Compares offers\n",
                    "        customer_name: Compares offers\n"
                    "        baseline: {mean_days: 4, visits: 30}\n"},
                   {"        customer_name: Looks around\n",
                    "        customer_name: Looks around\n"
                    "        baseline: {mean_days: 9, visits: 30}\n"
                    "        stalls:\n"
                    "          inactive: {severity: critical}\n"
                    "          neglected: {days: 5, day_type: business}\n"}}));
    Open();
    RandomHistoryOptions options;
    options.touchpoints = 500;
    options.accounts = 4;
    options.deals = 12;
    options.days = 60;
    history_ = TalkativeHistory(random_, options);
    for (const v1::Touchpoint& touchpoint : history_) {
      EXPECT_TRUE(engine_->Append({touchpoint}).ok());
    }
  }

  void Open() {
    engine_.reset();
    EngineOptions options;
    options.directory = dir_.path();
    options.rules_file = dir_.Join("rules.yaml");
    auto engine = Engine::Open(std::move(options));
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
    engine_->clock().Set(At("2025-03-02"));
  }

  std::vector<v1::Deal> DealsAt(core::Micros as_of) {
    const auto rows = AllPages(
        RequestAt<v1::ListDealsRequest>(as_of), 5,
        [&](const auto& r) { return engine_->views().ListDeals(r, Always); },
        [](const auto& r) { return r.deals(); });
    return {rows.begin(), rows.end()};
  }

  std::vector<Row> StalledAt(core::Micros as_of) {
    const auto rows = AllPages(
        RequestAt<v1::ListStalledDealsRequest>(as_of), 3,
        [&](const auto& r) {
          return engine_->views().ListStalledDeals(r, Always);
        },
        [](const auto& r) { return r.stalled_deals(); });
    std::vector<Row> out;
    for (const v1::StalledDeal& row : rows) {
      out.push_back(RowOf(row.deal(), row.stall()));
    }
    return out;
  }

  // Checks the count that is kept against the deals.
  int64_t CheckUnknown() {
    int64_t want = 0;
    for (const v1::Deal& deal : DealsAt(engine_->clock().Now())) {
      const auto& flags = deal.flags();
      const bool is_unknown =
          std::count(flags.begin(), flags.end(), v1::DEAL_FLAG_UNKNOWN_STAGE) +
              std::count(flags.begin(), flags.end(),
                         v1::DEAL_FLAG_UNKNOWN_PIPELINE) >
          0;
      if (is_unknown && deal.status() == v1::DEAL_STATUS_OPEN) ++want;
    }
    const auto tenant = engine_->views().GetTenant(Engine::kTenant);
    EXPECT_EQ((*tenant)->unknown_stage_deal_count(), want);
    EXPECT_EQ(engine_->views().unknown_stage_deal_count(), want);
    return want;
  }

  TempDir dir_;
  std::mt19937 random_{TestSeed(20261123)};
  std::unique_ptr<Engine> engine_;
  std::vector<v1::Touchpoint> history_;
};

TEST_F(StallListTest, LaterListsAreThoseOfTheDealsThen) {
  std::set<int> reasons;
  // How bad a stall was, by the rest of its row.
  std::map<std::tuple<core::Micros, std::string, int>, std::set<int>>
      severities;
  for (int day = -30; day <= 60; ++day) {
    const core::Micros as_of = At("2025-03-02") + day * core::kMicrosPerDay +
                               3600 * core::kMicrosPerSecond;
    std::vector<Row> want;
    for (const v1::Deal& deal : DealsAt(as_of)) {
      for (const v1::Stall& stall : deal.stalls()) {
        want.push_back(RowOf(deal, stall));
        reasons.insert(stall.reason());
        const auto& [since, deal_id, reason, severity] = want.back();
        if (day >= 0) severities[{since, deal_id, reason}].insert(severity);
      }
    }
    std::sort(want.begin(), want.end());
    ASSERT_EQ(StalledAt(as_of), want) << day;
  }
  EXPECT_THAT(reasons, SizeIs(v1::StallReason_MAX));
  // Some became critical, at an instant of which the index knows nothing.
  EXPECT_TRUE(std::any_of(severities.begin(), severities.end(),
                          [](const auto& of) { return of.second.size() > 1; }));
}

TEST_F(StallListTest, DealsInUnknownStagesAreCounted) {
  EXPECT_GT(CheckUnknown(), 0);
  std::shuffle(history_.begin(), history_.end(), random_);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(engine_->Retract(history_[i].touchpoint_id()).ok());
    if (i % 20 == 0) CheckUnknown();
  }
  const int64_t count = CheckUnknown();
  ASSERT_TRUE(engine_->views().Close().ok());
  Open();
  EXPECT_EQ(CheckUnknown(), count);
}

}  // namespace
}  // namespace journey::testing
