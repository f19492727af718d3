// What Rules::Make refuses of the stall rules and baselines, and by which
// field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "projections/rules/rules.h"
#include "projections/rules/rules_yaml.h"
#include "tests/core/violated_fields.h"
#include "tests/rules/sample_rules.h"

namespace journey::projections {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Case {
  const char* desc;
  std::function<void(v1::StallRules& stalls)> change;
  // Paths below the stall rules; none where they stay valid.
  std::vector<std::string> refused;
};

// The same mistakes are named wherever stall rules stand.
void CheckCases(const std::vector<Case>& cases) {
  const struct {
    const char* at;
    std::function<v1::StallRules&(v1::RuleSet&)> stalls;
  } places[] = {
      {"stalls.",
       [](auto& r) -> v1::StallRules& { return *r.mutable_stalls(); }},
      {"pipelines[1].stalls.",
       [](auto& r) -> v1::StallRules& {
         return *r.mutable_pipelines(1)->mutable_stalls();
       }},
      {"pipelines[0].stages[1].stalls.",
       [](auto& r) -> v1::StallRules& {
         return *r.mutable_pipelines(0)->mutable_stages(1)->mutable_stalls();
       }},
  };
  for (const auto& place : places) {
    for (const Case& c : cases) {
      v1::RuleSet rule_set = testing::SampleRules();
      place.stalls(rule_set).Clear();
      c.change(place.stalls(rule_set));
      std::vector<std::string> refused;
      for (const std::string& field : c.refused) {
        refused.push_back(absl::StrCat(place.at, field));
      }
      EXPECT_THAT(testing::ViolatedFields(Rules::Make(rule_set).status()),
                  ElementsAreArray(refused))
          << place.at << c.desc;
    }
  }
}

TEST(StallsCheckTest, DaysPushesAndTheirKindAreKnown) {
  const auto day_type = static_cast<v1::DayType>(9);
  const auto severity = static_cast<v1::StallSeverity>(9);
  CheckCases({
      {"no rule", [](auto&) {}, {}},
      {"as few as may be",
       [](auto& s) {
         s.mutable_unanswered_offer()->set_days(1);
         s.mutable_inactive();
         s.mutable_slipped()->set_pushes(1);
         s.mutable_neglected()->set_days(1);
       },
       {}},
      {"as many as may be, in business days",
       [](auto& s) {
         s.mutable_unanswered_offer()->set_days(3650);
         s.mutable_unanswered_offer()->set_day_type(v1::DAY_TYPE_BUSINESS);
         s.mutable_inactive()->set_day_type(v1::DAY_TYPE_BUSINESS);
         s.mutable_slipped()->set_pushes(100);
         s.mutable_neglected()->set_days(3650);
         s.mutable_neglected()->set_day_type(v1::DAY_TYPE_CALENDAR);
       },
       {}},
      {"none",
       [](auto& s) {
         s.mutable_unanswered_offer();
         s.mutable_slipped();
         s.mutable_neglected();
       },
       {"unanswered_offer.days", "slipped.pushes", "neglected.days"}},
      {"too many",
       [](auto& s) {
         s.mutable_unanswered_offer()->set_days(3651);
         s.mutable_slipped()->set_pushes(101);
         s.mutable_neglected()->set_days(-1);
       },
       {"unanswered_offer.days", "slipped.pushes", "neglected.days"}},
      {"unknown kinds of days",
       [&](auto& s) {
         s.mutable_unanswered_offer()->set_days(1);
         s.mutable_unanswered_offer()->set_day_type(day_type);
         s.mutable_inactive()->set_day_type(day_type);
         s.mutable_neglected()->set_days(1);
         s.mutable_neglected()->set_day_type(day_type);
       },
       {"unanswered_offer.day_type", "inactive.day_type",
        "neglected.day_type"}},
      {"unknown severities",
       [&](auto& s) {
         s.mutable_unanswered_offer()->set_days(1);
         s.mutable_unanswered_offer()->set_severity(severity);
         s.mutable_inactive()->set_severity(severity);
         s.mutable_slipped()->set_pushes(1);
         s.mutable_slipped()->set_severity(severity);
         s.mutable_neglected()->set_days(1);
         s.mutable_neglected()->set_severity(severity);
         s.mutable_slow_stage()->set_severity(severity);
       },
       {"unanswered_offer.severity", "inactive.severity", "slipped.severity",
        "neglected.severity", "slow_stage.severity"}},
  });
}

TEST(StallsCheckTest, RuleThatIsOffSaysNothingElse) {
  CheckCases({
      {"off",
       [](auto& s) {
         s.mutable_unanswered_offer()->set_off(true);
         s.mutable_inactive()->set_off(true);
         s.mutable_slipped()->set_off(true);
         s.mutable_neglected()->set_off(true);
         s.mutable_out_of_pace()->set_off(true);
         s.mutable_slow_stage()->set_off(true);
       },
       {}},
      {"off, and more",
       [](auto& s) {
         s.mutable_unanswered_offer()->set_off(true);
         s.mutable_unanswered_offer()->set_days(1);
         s.mutable_inactive()->set_off(true);
         s.mutable_inactive()->set_severity(v1::STALL_SEVERITY_WARNING);
         s.mutable_slipped()->set_off(true);
         s.mutable_slipped()->set_pushes(1);
         s.mutable_neglected()->set_off(true);
         s.mutable_neglected()->set_day_type(v1::DAY_TYPE_BUSINESS);
         s.mutable_out_of_pace()->set_off(true);
         s.mutable_out_of_pace()->set_gaps_min(4);
         s.mutable_slow_stage()->set_off(true);
         s.mutable_slow_stage()->set_factor(2);
       },
       {"unanswered_offer.off", "inactive.off", "slipped.off", "neglected.off",
        "out_of_pace.off", "slow_stage.off"}},
  });
}

TEST(StallsCheckTest, PaceHasBounds) {
  const auto pace = [](int gaps, int days, double warning, double critical) {
    return [=](v1::StallRules& s) {
      s.mutable_out_of_pace()->set_gaps_min(gaps);
      s.mutable_out_of_pace()->set_working_days_min(days);
      s.mutable_out_of_pace()->set_warning_deviations(warning);
      s.mutable_out_of_pace()->set_critical_deviations(critical);
    };
  };
  CheckCases({
      {"by default", pace(0, 0, 0, 0), {}},
      {"least", pace(2, 1, 0.001, 0.002), {}},
      {"most", pace(100, 365, 9.9, 10), {}},
      {"too few",
       pace(1, -1, -1, 2),
       {"out_of_pace.gaps_min", "out_of_pace.working_days_min",
        "out_of_pace.warning_deviations"}},
      {"too many",
       pace(101, 366, 10.5, 10.6),
       {"out_of_pace.gaps_min", "out_of_pace.working_days_min",
        "out_of_pace.warning_deviations", "out_of_pace.critical_deviations"}},
      {"critical as soon",
       pace(0, 0, 1.5, 1.5),
       {"out_of_pace.critical_deviations"}},
      {"a warning only after what is critical by default",
       pace(0, 0, 3, 0),
       {"out_of_pace.critical_deviations"}},
      {"critical before the default of a warning",
       pace(0, 0, 0, 0.5),
       {"out_of_pace.critical_deviations"}},
      {"no numbers",
       pace(0, 0, kNan, kInfinity),
       {"out_of_pace.warning_deviations", "out_of_pace.critical_deviations"}},
  });
}

TEST(StallsCheckTest, SlowStageHasBounds) {
  const auto slow = [](double factor, int visits) {
    return [=](v1::StallRules& s) {
      s.mutable_slow_stage()->set_factor(factor);
      s.mutable_slow_stage()->set_visits_min(visits);
    };
  };
  CheckCases({
      {"by default", slow(0, 0), {}},
      {"least", slow(1, 1), {}},
      {"most", slow(100, 1'000'000), {}},
      {"too few",
       slow(0.99, -1),
       {"slow_stage.factor", "slow_stage.visits_min"}},
      {"too many",
       slow(100.1, 1'000'001),
       {"slow_stage.factor", "slow_stage.visits_min"}},
      {"no number", slow(kNan, 0), {"slow_stage.factor"}},
  });
}

TEST(StallsCheckTest, BaselineHasBounds) {
  const struct {
    const char* desc;
    double mean_days;
    int visits;
    std::vector<std::string> refused;
  } cases[] = {
      {"least", 0.0001, 1, {}},
      {"most", 3650, 2'000'000'000, {}},
      {"nothing", 0, 0, {"mean_days", "visits"}},
      {"less than nothing", -1, -1, {"mean_days", "visits"}},
      {"too long", 3650.5, 1, {"mean_days"}},
      {"no number", kNan, 1, {"mean_days"}},
  };
  for (const auto& c : cases) {
    v1::RuleSet rule_set = testing::SampleRules();
    v1::StageBaseline& baseline =
        *rule_set.mutable_pipelines(0)->mutable_stages(1)->mutable_baseline();
    baseline.set_mean_days(c.mean_days);
    baseline.set_visits(c.visits);
    std::vector<std::string> refused;
    for (const std::string& field : c.refused) {
      refused.push_back("pipelines[0].stages[1].baseline." + field);
    }
    EXPECT_THAT(testing::ViolatedFields(Rules::Make(rule_set).status()),
                ElementsAreArray(refused))
        << c.desc;
  }
}

TEST(StallsCheckTest, IsWrittenAsYamlInAStage) {
  const std::string stage = "{id: open, name: Open, ";
  const std::string with_stalls = absl::StrCat(
      stage,
      "stalls: {neglected: {off: true}, inactive: {day_type: business}, "
      "out_of_pace: {warning_deviations: 0.5}}, "
      "baseline: {mean_days: 2.5, visits: 30}, ");
  const auto rule_set = ParseRuleSetYaml(
      absl::StrReplaceAll(testing::SampleRulesYaml(), {{stage, with_stalls}}),
      "sample.yaml");
  ASSERT_TRUE(rule_set.ok()) << rule_set.status();
  const v1::PipelineStage& open = rule_set->pipelines(0).stages(0);
  EXPECT_TRUE(open.stalls().neglected().off());
  EXPECT_EQ(open.stalls().inactive().day_type(), v1::DAY_TYPE_BUSINESS);
  EXPECT_EQ(open.stalls().out_of_pace().warning_deviations(), 0.5);
  EXPECT_EQ(open.baseline().mean_days(), 2.5);
  EXPECT_EQ(open.baseline().visits(), 30);
  EXPECT_TRUE(Rules::Make(*rule_set).ok());
}

TEST(StallsCheckTest, SaysTheWayOut) {
  v1::RuleSet rule_set = testing::SampleRules();
  rule_set.mutable_stalls()->mutable_out_of_pace()->set_warning_deviations(3);
  EXPECT_THAT(std::string(Rules::Make(rule_set).status().message()),
              HasSubstr("stalls.out_of_pace.critical_deviations: must be more "
                        "than warning_deviations, which is 3, and at most 10; "
                        "is 2"));
}

}  // namespace
}  // namespace journey::projections
