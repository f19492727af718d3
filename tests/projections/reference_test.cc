// The folds against the naive reference, on random histories.
#include "tests/projections/reference.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr int kHistories = 400;
constexpr int kInstantsPerHistory = 5;
constexpr double kScoreDifference = 1e-9;

std::string Dump(const std::vector<v1::Touchpoint>& history,
                 core::Micros instant) {
  std::string out = absl::StrCat("at ", core::FormatInstant(instant), "\n");
  for (const v1::Touchpoint& t : history) {
    absl::StrAppend(&out, core::FormatInstant(core::ToMicros(t.occurred_at())),
                    " ", t.ShortDebugString(), "\n");
  }
  return out;
}

std::map<v1::StallReason, core::Micros> StallsOfDeal(const v1::Deal& deal) {
  std::map<v1::StallReason, core::Micros> out;
  for (const v1::Stall& stall : deal.stalls()) {
    out[stall.reason()] = core::ToMicros(stall.since());
  }
  return out;
}

// What the fold concludes at an instant.
ReferenceJourney Folded(const projections::Rules& rules,
                        const v1::Subject& subject,
                        const std::vector<v1::Touchpoint>& history,
                        core::Micros instant) {
  std::vector<v1::Touchpoint> past;
  for (const v1::Touchpoint& t : history) {
    if (core::ToMicros(t.occurred_at()) <= instant) past.push_back(t);
  }
  const projections::JourneyFold fold = FoldAll(rules, subject, past);
  const v1::Journey journey =
      projections::ConcludeJourney(rules, fold, instant);
  ReferenceJourney out;
  out.stage_id = journey.stage().stage_id();
  out.lead_status = journey.lead().status();
  out.lead_since = core::ToMicros(journey.lead().since());
  out.scores = ScoresOf(journey);
  for (const auto& sale : fold.state().sales()) {
    if (sale.counted()) out.purchases.insert(sale.purchased_us());
  }
  EXPECT_EQ(journey.purchase_count(), out.purchases.size());
  if (!out.purchases.empty()) {
    EXPECT_EQ(core::ToMicros(journey.first_purchase_at()),
              *out.purchases.begin());
    EXPECT_EQ(core::ToMicros(journey.last_purchase_at()),
              *out.purchases.rbegin());
  }
  for (const auto& [deal_id, folded] : fold.deals()) {
    const storage::v1::DealState& state = *folded.state;
    if (state.status() == v1::DEAL_STATUS_UNSPECIFIED) continue;
    const v1::Deal deal =
        projections::ConcludeDeal(rules, state, subject, instant);
    out.deals[deal_id] = {deal.status(), deal.stage().stage_id(),
                          StallsOfDeal(deal)};
  }
  return out;
}

TEST(Folds, ConcludeWhatTheDefinitionsSay) {
  const unsigned seed = TestSeed(20261122);
  std::mt19937 random(seed);
  const auto rules = TestRules();
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
  subject.set_id("A0");
  for (int i = 0; i < kHistories; ++i) {
    RandomHistoryOptions options;
    options.touchpoints = 5 + i % 40;
    options.deals = 1 + i % 3;
    options.days = 5 + i % 100;
    const std::vector<v1::Touchpoint> history = RandomHistory(random, options);
    for (int k = 0; k < kInstantsPerHistory; ++k) {
      const core::Micros first = core::ToMicros(history[0].occurred_at());
      const core::Micros instant =
          first + std::uniform_int_distribution<int64_t>(
                      0, 90 * core::kMicrosPerDay)(random);
      const ReferenceJourney want =
          Reference(rules->rule_set(), history, instant);
      const ReferenceJourney got = Folded(*rules, subject, history, instant);
      ASSERT_EQ(got.stage_id, want.stage_id) << Dump(history, instant);
      ASSERT_EQ(got.lead_status, want.lead_status) << Dump(history, instant);
      ASSERT_EQ(got.lead_since, want.lead_since) << Dump(history, instant);
      ASSERT_NEAR(got.scores.behaviour, want.scores.behaviour, kScoreDifference)
          << Dump(history, instant);
      ASSERT_EQ(got.scores.fit, want.scores.fit) << Dump(history, instant);
      ASSERT_EQ(got.purchases, want.purchases) << Dump(history, instant);
      ASSERT_EQ(got.deals.size(), want.deals.size());
      for (const auto& [deal_id, deal] : want.deals) {
        const ReferenceDeal& other = got.deals.at(deal_id);
        ASSERT_EQ(other.status, deal.status)
            << deal_id << Dump(history, instant);
        ASSERT_EQ(other.stage_id, deal.stage_id)
            << deal_id << Dump(history, instant);
        ASSERT_EQ(other.stalls, deal.stalls)
            << deal_id << Dump(history, instant);
      }
    }
  }
}

}  // namespace
}  // namespace journey::testing
