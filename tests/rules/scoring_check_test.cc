// What Rules::Make refuses of the scoring rules, and by which field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "projections/rules/rules.h"
#include "projections/rules/rules_yaml.h"
#include "service/core/limits.h"
#include "tests/core/violated_fields.h"
#include "tests/rules/sample_rules.h"

namespace journey::projections {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

using Behaviour = v1::BehaviourScoreRules;

struct Case {
  const char* desc;
  std::function<void(Behaviour& behaviour, v1::FitScoreRules& fit)> change;
  // Paths below "scoring."; none where the rules stay valid.
  std::vector<std::string> refused;
};

void CheckCases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    v1::RuleSet rule_set = testing::SampleRules();
    c.change(*rule_set.mutable_scoring()->mutable_behaviour(),
             *rule_set.mutable_scoring()->mutable_fit());
    std::vector<std::string> refused;
    for (const std::string& field : c.refused) {
      refused.push_back("scoring." + field);
    }
    EXPECT_THAT(testing::ViolatedFields(Rules::Make(rule_set).status()),
                ElementsAreArray(refused))
        << c.desc;
  }
}

v1::BehaviourCondition& First(Behaviour& b) { return *b.mutable_conditions(0); }
v1::BehaviourCondition& Second(Behaviour& b) {
  return *b.mutable_conditions(1);
}
v1::AttributeCondition& Attribute(Behaviour& b) {
  return *Second(b).mutable_attributes(1);
}

TEST(ScoringCheckTest, NumbersHaveBounds) {
  CheckCases({
      {"as they are", [](auto&, auto&) {}, {}},
      {"half-life of a day",
       [](auto& b, auto&) { b.set_half_life_days(1); },
       {}},
      {"no half-life",
       [](auto& b, auto&) { b.clear_half_life_days(); },
       {"behaviour.half_life_days"}},
      {"half-life too long",
       [](auto& b, auto&) { b.set_half_life_days(3651); },
       {"behaviour.half_life_days"}},
      {"threshold of one", [](auto& b, auto&) { b.set_mql_threshold(1); }, {}},
      {"no threshold",
       [](auto& b, auto&) { b.clear_mql_threshold(); },
       {"behaviour.mql_threshold"}},
      {"no cap",
       [](auto& b, auto&) { b.mutable_groups(0)->clear_cap_points_per_week(); },
       {"behaviour.groups[0].cap_points_per_week"}},
      {"most and fewest points",
       [](auto& b, auto& f) {
         First(b).set_points(1000);
         Second(b).set_points(-1000);
         f.mutable_conditions(0)->set_points(1000);
       },
       {}},
      {"no points",
       [](auto& b, auto& f) {
         First(b).set_points(0);
         f.mutable_conditions(0)->set_points(0);
       },
       {"behaviour.conditions[0].points", "fit.conditions[0].points"}},
      {"too many points",
       [](auto& b, auto&) { First(b).set_points(1001); },
       {"behaviour.conditions[0].points"}},
      {"count of one",
       [](auto& b, auto&) { Second(b).mutable_count()->set_at_least(1); },
       {"behaviour.conditions[1].count.at_least"}},
      {"count without a window",
       [](auto& b, auto&) { Second(b).mutable_count()->clear_within_days(); },
       {"behaviour.conditions[1].count.within_days"}},
      {"not finite",
       [](auto& b, auto&) {
         Attribute(b).set_min(std::numeric_limits<double>::quiet_NaN());
       },
       {"behaviour.conditions[1].attributes[1].min"}},
      {"empty range",
       [](auto& b, auto&) { Attribute(b).set_max(1); },
       {"behaviour.conditions[1].attributes[1].max"}},
  });
}

TEST(ScoringCheckTest, ListsHaveBounds) {
  CheckCases({
      {"no conditions",
       [](auto& b, auto& f) {
         b.clear_conditions();
         f.clear_conditions();
       },
       {"behaviour.conditions", "fit.conditions"}},
      {"too many conditions",
       [](auto& b, auto&) {
         for (int i = b.conditions_size(); i <= core::kScoreConditionsMax;
              ++i) {
           v1::BehaviourCondition condition = First(b);
           condition.set_id("more" + std::to_string(i));
           *b.add_conditions() = condition;
         }
       },
       {"behaviour.conditions"}},
      {"too many values",
       [](auto&, auto& f) {
         auto& rule = *f.mutable_conditions(0)->mutable_attribute();
         for (int i = 0; i < core::kConditionValuesMax; ++i) {
           rule.add_one_of(std::to_string(i));
         }
       },
       {"fit.conditions[0].attribute.one_of"}},
      {"too many attributes",
       [](auto& b, auto&) {
         while (Second(b).attributes_size() <= core::kConditionAttributesMax) {
           Second(b).add_attributes()->set_key("k");
         }
       },
       {"behaviour.conditions[1].attributes"}},
  });
}

TEST(ScoringCheckTest, NamesAreResolved) {
  CheckCases({
      {"id twice",
       [](auto& b, auto&) { Second(b).set_id("c1"); },
       {"behaviour.conditions[1].id"}},
      {"no name",
       [](auto& b, auto& f) {
         First(b).clear_name();
         f.mutable_conditions(0)->clear_name();
       },
       {"behaviour.conditions[0].name", "fit.conditions[0].name"}},
      {"no kind",
       [](auto& b, auto&) { First(b).clear_kind(); },
       {"behaviour.conditions[0].kind"}},
      {"unknown kind",
       [](auto& b, auto&) {
         First(b).set_kind(static_cast<v1::TouchpointKind>(99));
       },
       {"behaviour.conditions[0].kind"}},
      {"kind without a journey",
       [](auto& b, auto&) { First(b).set_kind(v1::TOUCHPOINT_KIND_SPEND); },
       {"behaviour.conditions[0].kind"}},
      {"action of another kind",
       [](auto& b, auto&) { Second(b).add_actions("clicked"); },
       {"behaviour.conditions[1].actions[1]"}},
      {"action twice",
       [](auto& b, auto&) { Second(b).add_actions("downloaded"); },
       {"behaviour.conditions[1].actions[1]"}},
      {"kind without actions",
       [](auto& b, auto&) { First(b).add_actions("viewed"); },
       {"behaviour.conditions[0].actions[0]"}},
      {"outcome of a call",
       [](auto& b, auto&) {
         First(b).set_kind(v1::TOUCHPOINT_KIND_CALL);
         First(b).add_actions("connected");
       },
       {}},
      {"unknown direction",
       [](auto& b, auto&) {
         First(b).set_direction(static_cast<v1::Direction>(9));
       },
       {"behaviour.conditions[0].direction"}},
      {"unknown group",
       [](auto& b, auto&) { First(b).set_group("g2"); },
       {"behaviour.conditions[0].group"}},
      {"group that gives and takes",
       [](auto& b, auto&) { Second(b).set_group("g1"); },
       {"behaviour.conditions[1].group"}},
      {"no attribute",
       [](auto&, auto& f) { f.mutable_conditions(0)->clear_attribute(); },
       {"fit.conditions[0].attribute"}},
      {"attribute without a key",
       [](auto& b, auto&) { Attribute(b).clear_key(); },
       {"behaviour.conditions[1].attributes[1].key"}},
      {"empty value",
       [](auto& b, auto&) { Attribute(b).add_one_of(""); },
       {"behaviour.conditions[1].attributes[1].one_of[0]"}},
  });
}

TEST(ScoringCheckTest, PartsMayBeAbsent) {
  v1::RuleSet rule_set = testing::SampleRules();
  rule_set.mutable_scoring()->clear_behaviour();
  EXPECT_TRUE(Rules::Make(rule_set).ok());
  rule_set.mutable_scoring()->clear_fit();
  EXPECT_TRUE(Rules::Make(rule_set).ok());
  rule_set.clear_scoring();
  EXPECT_TRUE(Rules::Make(rule_set).ok());
}

TEST(ScoringCheckTest, MistakeInTheFileIsToldWithItsLine) {
  std::string yaml = testing::SampleRulesYaml();
  const std::string right = "actions: [downloaded]";
  yaml.replace(yaml.find(right), right.size(), "actions: [liked]");
  const std::string message(
      ParseRuleSetYaml(yaml, "r.yaml").status().message());
  EXPECT_THAT(message,
              HasSubstr("r.yaml:40:19: scoring.behaviour.conditions[1]"
                        ".actions[0]: must be one of viewed, downloaded, "
                        "subscribed, unsubscribed for kind content"));
}

TEST(WeekTest, BeginsOnMondayOfTheTenant) {
  const auto rules = Rules::Make(testing::SampleRules());
  ASSERT_TRUE(rules.ok());
  constexpr core::Micros kHour = core::Micros{3600} * core::kMicrosPerSecond;
  // Sunday, 29 June 2025 22:00 UTC is midnight in Berlin.
  const core::Micros monday = core::Micros{1751234400} * core::kMicrosPerSecond;
  const int64_t week = (*rules)->calendar().WeekOf(monday);
  EXPECT_EQ(week, (*rules)->calendar().WeekOf(monday - 1) + 1);
  EXPECT_EQ(week,
            (*rules)->calendar().WeekOf(monday + 7 * core::kMicrosPerDay - 1));
  EXPECT_EQ(week + 1,
            (*rules)->calendar().WeekOf(monday + 7 * core::kMicrosPerDay));
  EXPECT_EQ((*rules)->calendar().WeekOf(0), -1);
  // With the change to winter time a week is an hour longer.
  const core::Micros october =
      core::Micros{1760911200} * core::kMicrosPerSecond;
  EXPECT_EQ((*rules)->calendar().WeekOf(october),
            (*rules)->calendar().WeekOf(october - 1) + 1);
  EXPECT_EQ((*rules)->calendar().WeekOf(october),
            (*rules)->calendar().WeekOf(october + 7 * core::kMicrosPerDay +
                                        kHour - 1));
}

// On Monday, 24 September 2001, midnight came twice in Jerusalem.
TEST(WeekTest, BeginsAtTheFirstOfTwoMidnights) {
  v1::RuleSet rule_set = testing::SampleRules();
  rule_set.set_time_zone("Asia/Jerusalem");
  const auto rules = Rules::Make(rule_set);
  ASSERT_TRUE(rules.ok());
  const core::Micros monday = core::Micros{1001278800} * core::kMicrosPerSecond;
  const int64_t week = (*rules)->calendar().WeekOf(monday);
  EXPECT_EQ((*rules)->calendar().WeekOf(monday - 1), week - 1);
  EXPECT_EQ((*rules)->calendar().WeekOf(monday + core::kMicrosPerDay / 24),
            week);
}

}  // namespace
}  // namespace journey::projections
