// Explanations against the naive reference, on random histories and rule sets:
// what is listed adds up to what is shown.
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "projections/explanation/journey_explainer.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/projections/random_scoring.h"
#include "tests/projections/reference.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::kMicrosPerDay;
using core::Micros;

constexpr int kHistories = 400;
constexpr int kInstants = 5;
constexpr double kScoreDifference = 1e-9;

// What the behaviour score is the sum of.
struct Sums {
  double points = 0;
  double qualifying = 0;
};

Sums SumsOf(const v1::BehaviourExplanation& behaviour) {
  Sums out{behaviour.left_out_points(), behaviour.left_out_qualifying_points()};
  for (const v1::ScoreContribution& each : behaviour.contributions()) {
    out.points += each.points_left();
    if (each.qualifying()) out.qualifying += each.points_left();
  }
  return out;
}

const v1::LeadWay* WayTo(v1::LeadStatus to, const v1::LeadExplanation& lead) {
  for (const v1::LeadWay& way : lead.ways()) {
    if (way.to() == to) return &way;
  }
  return nullptr;
}

// The points of a condition that is missing; 0 where it is not.
double Missing(v1::MissingConditionType type, const v1::LeadWay& way) {
  for (const v1::MissingCondition& missing : way.missing()) {
    if (missing.type() != type) continue;
    return missing.points() == 0 ? 1 : missing.points();
  }
  return 0;
}

void ExpectContributions(const v1::BehaviourScoreRules& rules,
                         const ReferenceScores& want,
                         const v1::BehaviourExplanation& got) {
  int i = 0;
  for (const ReferenceContribution& each : want.contributions) {
    if (each.points == 0) continue;
    ASSERT_LT(i, got.contributions_size());
    const v1::ScoreContribution& contribution = got.contributions(i++);
    const v1::BehaviourCondition& condition = rules.conditions(each.condition);
    EXPECT_EQ(contribution.cause().touchpoint().touchpoint_id(),
              each.touchpoint_id);
    EXPECT_EQ(contribution.condition_id(), condition.id());
    EXPECT_EQ(contribution.condition_name(), condition.name());
    EXPECT_EQ(contribution.group_id(), condition.group());
    EXPECT_EQ(contribution.points(), each.points);
    EXPECT_EQ(contribution.points_cut(), each.points_cut);
    EXPECT_NEAR(contribution.points_left(), each.points_left, kScoreDifference);
    EXPECT_EQ(contribution.qualifying(), each.qualifying);
  }
  EXPECT_EQ(i, got.contributions_size());
  EXPECT_EQ(got.contributions_left_out(), 0);
}

void ExpectCaps(const v1::BehaviourScoreRules& rules,
                const ReferenceScores& want,
                const v1::BehaviourExplanation& got) {
  int i = 0;
  for (const v1::ScoreGroup& group : rules.groups()) {
    int cut = 0;
    double left = 0;
    std::set<int64_t> weeks;
    for (const ReferenceContribution& each : want.contributions) {
      const auto& condition = rules.conditions(each.condition);
      if (condition.group() != group.id() || each.points_cut == 0) continue;
      cut += each.points_cut;
      left += each.cut_left;
      weeks.insert(each.week);
    }
    if (cut == 0) continue;
    ASSERT_LT(i, got.caps_size());
    const v1::CapExplanation& cap = got.caps(i++);
    EXPECT_EQ(cap.group_id(), group.id());
    EXPECT_EQ(cap.cap_points_per_week(), group.cap_points_per_week());
    EXPECT_EQ(cap.points_cut(), cut);
    EXPECT_EQ(cap.weeks_cut(), static_cast<int>(weeks.size()));
    EXPECT_NEAR(cap.points_cut_left(), left, kScoreDifference);
  }
  EXPECT_EQ(i, got.caps_size());
}

// What is missing follows from the definition of an MQL.
void ExpectWays(const ReferenceJourney& want, int threshold,
                const v1::LeadExplanation& got) {
  const v1::LeadWay* way = WayTo(v1::LEAD_STATUS_MQL, got);
  const bool may_become = want.lead_status == v1::LEAD_STATUS_NONE ||
                          want.lead_status == v1::LEAD_STATUS_RECYCLED;
  EXPECT_EQ(way != nullptr, may_become);
  for (const v1::LeadWay& each : got.ways()) {
    EXPECT_GT(each.missing_size(), 0);
    EXPECT_NE(each.text(), "");
    EXPECT_NE(each.to(), want.lead_status);
  }
  EXPECT_EQ(
      core::ToMicros(got.holds_until()),
      want.lead_status == v1::LEAD_STATUS_MQL ? want.scores.falls_below_at : 0);
  if (way == nullptr) return;
  EXPECT_NEAR(Missing(v1::MISSING_CONDITION_TYPE_POINTS, *way),
              std::max(0.0, threshold - want.scores.qualifying),
              2 * kScoreDifference);
  EXPECT_EQ(Missing(v1::MISSING_CONDITION_TYPE_MARKETING, *way) > 0,
            !want.scores.is_marketing);
  EXPECT_EQ(Missing(v1::MISSING_CONDITION_TYPE_FIT, *way),
            std::max(0, -want.scores.fit));
}

// The causes of an MQL: none came after it, and what counted before is there.
void ExpectMqlCauses(const ReferenceJourney& want,
                     const std::vector<v1::Touchpoint>& history,
                     const v1::LeadExplanation& got) {
  std::map<std::string, Micros> at;
  for (const v1::Touchpoint& t : history) {
    at[t.touchpoint_id()] = core::ToMicros(t.occurred_at());
  }
  std::set<std::string> causes;
  for (const v1::PlacedCause& cause : got.causes()) {
    EXPECT_TRUE(causes.insert(cause.touchpoint().touchpoint_id()).second);
    EXPECT_LE(at[cause.touchpoint().touchpoint_id()], want.lead_since);
  }
  for (const ReferenceContribution& each : want.scores.contributions) {
    if (each.points == 0 || !each.qualifying || each.at >= want.lead_since) {
      continue;
    }
    EXPECT_EQ(causes.count(each.touchpoint_id), 1) << each.touchpoint_id;
  }
  for (const auto& cause : got.standing().explanation().causes()) {
    EXPECT_EQ(causes.count(cause.touchpoint_id()), 1);
  }
}

std::vector<v1::Touchpoint> UpTo(Micros instant,
                                 const std::vector<v1::Touchpoint>& history) {
  std::vector<v1::Touchpoint> out;
  for (const v1::Touchpoint& t : history) {
    if (core::ToMicros(t.occurred_at()) <= instant) out.push_back(t);
  }
  return out;
}

TEST(Explanation, AddsUpToWhatIsShownAtAnyInstant) {
  std::mt19937 random(TestSeed(20261124));
  RandomScoring scoring(random);
  const v1::Subject subject = AccountA();
  int caps = 0;
  std::map<v1::LeadStatus, int> statuses;
  for (int i = 0; i < kHistories && !::testing::Test::HasFailure(); ++i) {
    const auto rules = projections::Rules::Make(scoring.Next());
    ASSERT_TRUE(rules.ok()) << rules.status();
    const auto& score = (*rules)->rule_set().scoring().behaviour();
    RandomHistoryOptions options;
    options.touchpoints = 1 + i % 60;
    options.deals = 2;
    options.days = 1 + i % 60;
    const std::vector<v1::Touchpoint> history =
        i % 4 == 0 ? RandomHistory(random, options)
                   : MarketingHistory(random, options);
    for (int k = 0; k < kInstants && !::testing::Test::HasFailure(); ++k) {
      const Micros instant =
          At("2025-01-01") + std::uniform_int_distribution<int64_t>(
                                 0, 100 * kMicrosPerDay)(random);
      SCOPED_TRACE(Dump((*rules)->rule_set(), history, instant));
      const std::vector<v1::Touchpoint> past = UpTo(instant, history);
      if (past.empty()) continue;
      const v1::JourneyExplanation got =
          Explained(**rules, subject, past, instant);
      const v1::Journey journey = projections::ConcludeJourney(
          **rules, FoldAll(**rules, subject, past), instant);
      const ReferenceJourney want =
          Reference((*rules)->rule_set(), past, instant);
      const v1::BehaviourScore& shown = journey.scores().behaviour();
      const Sums sums = SumsOf(got.behaviour());
      EXPECT_NEAR(sums.points, shown.points(), kScoreDifference);
      EXPECT_NEAR(sums.qualifying, shown.qualifying_points(), kScoreDifference);
      ExpectContributions(score, want.scores, got.behaviour());
      ExpectCaps(score, want.scores, got.behaviour());
      ExpectWays(want, score.mql_threshold(), got.lead());
      if (want.lead_status == v1::LEAD_STATUS_MQL) {
        ExpectMqlCauses(want, past, got.lead());
      }
      EXPECT_EQ(got.lead().standing().SerializeAsString(),
                journey.lead().SerializeAsString());
      EXPECT_EQ(got.stage().visit().SerializeAsString(),
                journey.stage().SerializeAsString());
      int fit = 0;
      for (const auto& each : got.fit().contributions()) fit += each.points();
      EXPECT_EQ(fit, want.scores.fit);
      caps += got.behaviour().caps_size();
      ++statuses[want.lead_status];
    }
  }
  // The histories are worth something.
  EXPECT_GT(caps, kHistories / 4);
  EXPECT_GT(statuses[v1::LEAD_STATUS_MQL], kHistories / 8);
  EXPECT_GT(statuses[v1::LEAD_STATUS_RECYCLED], 0);
}

std::vector<std::string> CausesOf(const v1::LeadExplanation& lead) {
  std::vector<std::string> out;
  for (const v1::PlacedCause& cause : lead.causes()) {
    out.push_back(cause.touchpoint().touchpoint_id());
  }
  return out;
}

TEST(Explanation, OfAnMqlNamesWhatMadeItOneHoweverMuchCameAfter) {
  std::vector<v1::Touchpoint> history;
  std::vector<std::string> downloads;
  for (int i = 1; i <= 6; ++i) {
    downloads.push_back(absl::StrCat("d", i));
    history.push_back(Tp(downloads.back(), absl::StrCat("2025-11-0", i),
                         "account_id: 'A' content { action: "
                         "ACTION_DOWNLOADED }"));
  }
  for (int i = 10; i < 22; ++i) {
    history.push_back(Tp(absl::StrCat("k", i), "2025-11-07",
                         "account_id: 'A' email { action: ACTION_CLICKED }"));
  }
  const v1::LeadExplanation lead = ExplanationAt("2025-11-08", history).lead();
  EXPECT_EQ(core::FormatInstant(core::ToMicros(lead.standing().since())),
            "2025-11-06T00:00:00Z");
  EXPECT_EQ(CausesOf(lead), downloads);
  EXPECT_EQ(lead.standing().explanation().causes_size(), 6);
}

TEST(Explanation, OfAnMqlNamesMoreThanTheStateKeeps) {
  std::vector<v1::Touchpoint> history;
  std::vector<std::string> all;
  for (int i = 0; i < 15; ++i) {
    all.push_back(absl::StrCat("k", 10 + i));
    history.push_back(
        Tp(all.back(), absl::StrCat("2025-11-01T00:", 10 + i, ":00Z"),
           absl::StrCat("account_id: 'A' campaign { name: 'spring' } ",
                        i == 14 ? "form_submission { intent: INTENT_TRIAL }"
                                : "email { action: ACTION_UNSUBSCRIBED }")));
  }
  // Many that take points, and one condition that gives enough.
  v1::RuleSet rule_set = TestRules()->rule_set();
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "half_life_days: 30 mql_threshold: 50 "
      "conditions { id: 'u' name: 'u' points: -1 "
      "kind: TOUCHPOINT_KIND_EMAIL } "
      "conditions { id: 't' name: 't' points: 100 "
      "kind: TOUCHPOINT_KIND_FORM_SUBMISSION }",
      rule_set.mutable_scoring()->mutable_behaviour()));
  const auto rules = projections::Rules::Make(rule_set).value();
  const v1::LeadExplanation lead =
      Explained(*rules, AccountA(), history, At("2025-11-02")).lead();
  EXPECT_EQ(CausesOf(lead), all);
  // And the one through marketing.
  EXPECT_EQ(lead.standing().explanation().causes_size(),
            core::kScoreCausesMax + 1);
}

TEST(Explanation, OlderContributionsAreCountedAndSummed) {
  constexpr int kClicks = 1'500;
  constexpr int kRecycledAfter = 300;
  static_assert(kClicks > core::kScoreContributionsMax + kRecycledAfter);
  const auto rules = TestRules();
  projections::JourneyExplainer explainer(*rules, AccountA());
  const Micros start = At("2025-01-01");
  const auto add = [&](int hour, const std::string& fields) {
    explainer.Add(Tp(absl::StrCat(hour),
                     core::FormatInstant(start + hour * (kMicrosPerDay / 24)),
                     absl::StrCat("account_id: 'A' ", fields)));
  };
  for (int i = 0; i < kClicks; ++i) {
    if (i == kRecycledAfter) {
      add(i, "qualification { action: ACTION_RECYCLED }");
    } else {
      add(i, "email { action: ACTION_CLICKED }");
    }
  }
  const v1::BehaviourExplanation got =
      explainer.Explain(start + 100 * kMicrosPerDay).behaviour();
  EXPECT_EQ(got.contributions_size(),
            static_cast<int>(core::kScoreContributionsMax));
  EXPECT_EQ(got.contributions_left_out(),
            kClicks - 1 - static_cast<int>(core::kScoreContributionsMax));
  EXPECT_EQ(got.contributions(0).cause().touchpoint().touchpoint_id(), "500");
  EXPECT_LT(got.left_out_qualifying_points(), got.left_out_points());
  EXPECT_GT(got.left_out_qualifying_points(), 0);
  const Sums sums = SumsOf(got);
  // Some hundred times more than in the histories above, so relative.
  EXPECT_NEAR(sums.points / got.score().points(), 1, kScoreDifference);
  EXPECT_NEAR(sums.qualifying / got.score().qualifying_points(), 1,
              kScoreDifference);
}

TEST(Explanation, NamesTheStallsOfEveryOpenDeal) {
  const std::string deal = "deal { action: ACTION_OPENED name: 'Mill' }";
  const v1::JourneyExplanation got = ExplanationAt(
      "2025-02-01",
      {Tp("1", "2025-01-01", "account_id: 'A' deal_id: 'D1' " + deal),
       Tp("2", "2025-01-05", "account_id: 'A' deal_id: 'D2' " + deal),
       Tp("3", "2025-01-31", "account_id: 'A' deal_id: 'D2' chat {}")});
  std::vector<std::string> stalls;
  for (const v1::StallExplanation& each : got.stalls()) {
    stalls.push_back(absl::StrCat(each.deal_id(), " ", each.deal_name(), " ",
                                  each.stall().explanation().rule_id(), " ",
                                  each.causes(0).touchpoint().touchpoint_id()));
  }
  EXPECT_EQ(stalls, (std::vector<std::string>{"D1 Mill stall.inactive 1",
                                              "D1 Mill stall.neglected 1",
                                              "D2 Mill stall.neglected 2"}));
  EXPECT_EQ(got.stalls_left_out(), 0);
}

TEST(Explanation, OfTooManyStallsTheOthersAreCounted) {
  std::vector<v1::Touchpoint> history;
  constexpr int kDeals = core::kExplainedStallsMax;
  history.reserve(kDeals);
  for (int i = 0; i < kDeals; ++i) {
    history.push_back(Tp(absl::StrCat(i), "2025-01-01",
                         absl::StrCat("account_id: 'A' deal_id: 'D", i,
                                      "' deal { action: ACTION_OPENED }")));
  }
  // Two stalls each: the customer and the company are silent.
  const v1::JourneyExplanation got = ExplanationAt("2025-02-01", history);
  EXPECT_EQ(got.stalls_size(), kDeals);
  EXPECT_EQ(got.stalls_left_out(), kDeals);
}

TEST(Explanation, WithoutScoringRulesThereIsNoScore) {
  v1::RuleSet rule_set = TestRules()->rule_set();
  rule_set.clear_scoring();
  const auto rules = projections::Rules::Make(rule_set).value();
  const v1::JourneyExplanation got = Explained(
      *rules, AccountA(),
      {Tp("1", "2025-01-01",
          "account_id: 'A' qualification { action: ACTION_REJECTED }")},
      At("2025-01-02"));
  EXPECT_FALSE(got.has_behaviour());
  EXPECT_FALSE(got.has_fit());
  EXPECT_FALSE(got.lead().has_counted_after());
  EXPECT_EQ(WayTo(v1::LEAD_STATUS_MQL, got.lead()), nullptr);
  EXPECT_NE(WayTo(v1::LEAD_STATUS_SQL, got.lead()), nullptr);
}

}  // namespace
}  // namespace journey::testing
