// The scores against the closed formula, on random histories and rule sets.
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "projections/rules/rules.h"
#include "service/core/time.h"
#include "tests/projections/random_scoring.h"
#include "tests/projections/reference.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::kMicrosPerDay;
using core::kMicrosPerSecond;
using core::Micros;

constexpr int kHistories = 500;
constexpr int kRandomInstants = 6;
constexpr double kScoreDifference = 1e-9;

// The status at an instant by the intervals that lists are made of.
v1::LeadStatus ListedAt(const storage::v1::JourneyState& state,
                        Micros instant) {
  for (const auto& interval : projections::LeadStatusIntervals(state)) {
    if (instant < interval.until) return interval.status;
  }
  return v1::LEAD_STATUS_UNSPECIFIED;
}

class ScoringTest : public ::testing::Test {
 protected:
  // Compares the fold with the reference; returns when the score falls below
  // the threshold, 0 when it does not.
  Micros Compare(const projections::Rules& rules,
                 const std::vector<v1::Touchpoint>& history, Micros instant) {
    const auto dump = [&] { return Dump(rules.rule_set(), history, instant); };
    std::vector<v1::Touchpoint> past;
    for (const v1::Touchpoint& t : history) {
      if (core::ToMicros(t.occurred_at()) <= instant) past.push_back(t);
    }
    if (past.empty()) return 0;
    v1::Subject subject;
    subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
    const projections::JourneyFold fold = FoldAll(rules, subject, past);
    const v1::Journey journey =
        projections::ConcludeJourney(rules, fold, instant);
    const ReferenceJourney want = Reference(rules.rule_set(), past, instant);
    const ReferenceScores got = ScoresOf(journey);
    EXPECT_NEAR(got.behaviour, want.scores.behaviour, kScoreDifference)
        << dump();
    EXPECT_NEAR(got.qualifying, want.scores.qualifying, kScoreDifference)
        << dump();
    EXPECT_EQ(got.fit, want.scores.fit) << dump();
    EXPECT_EQ(got.falls_below_at, want.scores.falls_below_at) << dump();
    EXPECT_EQ(journey.lead().status(), want.lead_status) << dump();
    EXPECT_EQ(core::ToMicros(journey.lead().since()), want.lead_since)
        << dump();
    EXPECT_EQ(ListedAt(fold.state(), instant), want.lead_status) << dump();
    ++statuses_[want.lead_status];
    return got.falls_below_at;
  }

  std::map<v1::LeadStatus, int> statuses_;
};

TEST_F(ScoringTest, AgreesWithTheClosedFormulaAtAnyInstant) {
  const unsigned seed = TestSeed(20261123);
  std::mt19937 random(seed);
  RandomScoring scoring(random);
  int crossings = 0;
  for (int i = 0; i < kHistories && !HasFailure(); ++i) {
    const auto rules = projections::Rules::Make(scoring.Next());
    ASSERT_TRUE(rules.ok()) << rules.status();
    RandomHistoryOptions options;
    options.touchpoints = 1 + i % 60;
    options.deals = 1;
    options.days = 1 + i % 60;
    const std::vector<v1::Touchpoint> history =
        i % 4 == 0 ? RandomHistory(random, options)
                   : MarketingHistory(random, options);
    std::vector<Micros> instants;
    instants.reserve(kRandomInstants + history.size());
    for (int k = 0; k < kRandomInstants; ++k) {
      instants.push_back(At("2025-01-01") +
                         std::uniform_int_distribution<int64_t>(
                             0, 100 * kMicrosPerDay)(random));
    }
    for (size_t k = 0; k < history.size(); k += 4) {
      instants.push_back(core::ToMicros(history[k].occurred_at()));
    }
    // The crossing itself, and the neighbourhood of it.
    for (size_t k = 0; k < instants.size() && !HasFailure(); ++k) {
      const Micros falls = Compare(**rules, history, instants[k]);
      if (falls == 0) continue;
      ++crossings;
      for (const Micros near :
           {-kMicrosPerSecond, Micros{-1}, Micros{0}, kMicrosPerSecond}) {
        Compare(**rules, history, falls + near);
      }
    }
  }
  // The histories are worth something.
  EXPECT_GT(crossings, kHistories);
  EXPECT_GT(statuses_[v1::LEAD_STATUS_MQL], kHistories / 4);
  EXPECT_GT(statuses_[v1::LEAD_STATUS_RECYCLED], 0);
}

}  // namespace
}  // namespace journey::testing
