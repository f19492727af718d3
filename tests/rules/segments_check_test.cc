// What Rules::Make refuses of the rules of segments, and by which field.
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

struct Case {
  const char* desc;
  std::function<void(v1::SegmentRules& rules)> change;
  // Paths below "segments."; none where the rules stay valid.
  std::vector<std::string> refused;
};

void CheckCases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    v1::RuleSet rule_set = testing::SampleRules();
    c.change(*rule_set.mutable_segments());
    std::vector<std::string> refused;
    for (const std::string& field : c.refused) {
      refused.push_back("segments." + field);
    }
    EXPECT_THAT(testing::ViolatedFields(Rules::Make(rule_set).status()),
                ElementsAreArray(refused))
        << c.desc;
  }
}

v1::OwnRhythmRule& Rhythm(v1::SegmentRules& rules) {
  rules.mutable_lapse()->set_days(1);
  return *rules.mutable_lapse()->mutable_own_rhythm();
}

TEST(SegmentsCheckTest, EachRuleMayBeAbsent) {
  CheckCases({
      {"no rule", [](auto&) {}, {}},
      {"only lost", [](auto& r) { r.mutable_lapse()->set_months(120); }, {}},
      {"only regular",
       [](auto& r) {
         r.mutable_regular()->set_purchases(core::kRuleCountMax);
         r.mutable_regular()->set_months(core::kRuleMonthsMax);
       },
       {}},
  });
}

TEST(SegmentsCheckTest, RegularHasBounds) {
  CheckCases({
      {"nothing given",
       [](auto& r) { r.mutable_regular(); },
       {"regular.purchases", "regular.months"}},
      {"too many",
       [](auto& r) {
         r.mutable_regular()->set_purchases(core::kRuleCountMax + 1);
         r.mutable_regular()->set_months(core::kRuleMonthsMax + 1);
       },
       {"regular.purchases", "regular.months"}},
      {"negative",
       [](auto& r) {
         r.mutable_regular()->set_purchases(-1);
         r.mutable_regular()->set_months(1);
       },
       {"regular.purchases"}},
  });
}

TEST(SegmentsCheckTest, LapseHasOneWindow) {
  CheckCases({
      {"none", [](auto& r) { r.mutable_lapse(); }, {"lapse"}},
      {"two",
       [](auto& r) {
         r.mutable_lapse()->set_days(1);
         r.mutable_lapse()->set_months(1);
       },
       {"lapse"}},
      {"longest", [](auto& r) { r.mutable_lapse()->set_days(3650); }, {}},
      {"too many days",
       [](auto& r) { r.mutable_lapse()->set_days(3651); },
       {"lapse.days"}},
      {"negative days",
       [](auto& r) { r.mutable_lapse()->set_days(-1); },
       {"lapse.days"}},
      {"too many months",
       [](auto& r) { r.mutable_lapse()->set_months(121); },
       {"lapse.months"}},
  });
}

TEST(SegmentsCheckTest, OwnRhythmHasBoundsAndDefaults) {
  CheckCases({
      {"defaults", [](auto& r) { Rhythm(r); }, {}},
      {"least",
       [](auto& r) {
         Rhythm(r).set_gaps_min(2);
         Rhythm(r).set_deviations(0.01);
         Rhythm(r).set_days_min(1);
       },
       {}},
      {"most",
       [](auto& r) {
         Rhythm(r).set_gaps_min(100);
         Rhythm(r).set_deviations(core::kRuleDeviationsMax);
         Rhythm(r).set_days_min(3650);
       },
       {}},
      {"one gap has no deviation",
       [](auto& r) { Rhythm(r).set_gaps_min(1); },
       {"lapse.own_rhythm.gaps_min"}},
      {"too many gaps",
       [](auto& r) { Rhythm(r).set_gaps_min(101); },
       {"lapse.own_rhythm.gaps_min"}},
      {"negative deviations",
       [](auto& r) { Rhythm(r).set_deviations(-1); },
       {"lapse.own_rhythm.deviations"}},
      {"too many deviations",
       [](auto& r) { Rhythm(r).set_deviations(10.5); },
       {"lapse.own_rhythm.deviations"}},
      {"no number",
       [](auto& r) {
         Rhythm(r).set_deviations(std::numeric_limits<double>::quiet_NaN());
       },
       {"lapse.own_rhythm.deviations"}},
      {"too many days",
       [](auto& r) { Rhythm(r).set_days_min(3651); },
       {"lapse.own_rhythm.days_min"}},
  });
}

TEST(SegmentsCheckTest, TwoWindowsAreNamedByLineWithTheWayOut) {
  const auto rules =
      ParseRuleSetYaml(testing::SampleRulesYaml() +
                           "segments:\n  lapse: {days: 90, months: 6}\n",
                       "sample.yaml");
  EXPECT_THAT(std::string(rules.status().message()),
              HasSubstr("segments.lapse: has both days and months; remove one "
                        "of them"));
}

}  // namespace
}  // namespace journey::projections
