#include "projections/rules/scoring_check.h"

#include <cmath>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "projections/rules/match_check.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

void CheckNumber(const std::string& field, double value, RuleChecker& check) {
  if (!std::isfinite(value)) check.Fail(field, "must be a finite number");
}

void CheckAttribute(const std::string& at, const v1::AttributeCondition& rule,
                    RuleChecker& check) {
  check.RequiredText(at + ".key", rule.key());
  check.CountMax(at + ".one_of", rule.one_of_size(), core::kConditionValuesMax);
  std::set<std::string> seen;
  for (int i = 0; i < rule.one_of_size(); ++i) {
    const std::string& value = rule.one_of(i);
    const std::string field = Element(at + ".one_of", i);
    if (value.empty()) {
      check.Fail(field, "is empty; leave one_of out where any value will do");
    } else if (value.size() > core::kIdBytesMax) {
      check.Fail(field, absl::StrCat("must be at most ", core::kIdBytesMax,
                                     " bytes, is ", value.size()));
    } else if (!seen.insert(value).second) {
      check.Fail(field, "is listed twice; remove one");
    }
  }
  CheckNumber(at + ".min", rule.min(), check);
  CheckNumber(at + ".max", rule.max(), check);
  if (rule.has_min() && rule.has_max() && rule.min() > rule.max()) {
    check.Fail(at + ".max", "must not be less than min");
  }
}

void CheckPoints(const std::string& field, int points, RuleChecker& check) {
  check.Range(field, points, -core::kConditionPointsMax,
              core::kConditionPointsMax);
  if (points == 0) check.Fail(field, "is required and must not be 0");
}

void CheckBehaviourCondition(const std::string& at,
                             const v1::BehaviourCondition& rule,
                             RuleChecker& check) {
  check.RequiredText(at + ".name", rule.name());
  CheckMatch(at, rule.kind(), rule.actions(), rule.direction(), check);
  check.CountMax(at + ".attributes", rule.attributes_size(),
                 core::kConditionAttributesMax);
  for (int i = 0; i < rule.attributes_size(); ++i) {
    CheckAttribute(Element(at + ".attributes", i), rule.attributes(i), check);
  }
  if (rule.has_count()) {
    check.Range(at + ".count.at_least", rule.count().at_least(), 2,
                core::kRollingCountMax);
    check.Range(at + ".count.within_days", rule.count().within_days(), 1,
                core::kRuleDaysMax);
  }
  CheckPoints(at + ".points", rule.points(), check);
}

// A group is known, and its conditions all give points or all take them:
// otherwise nobody could say what its bound means.
void CheckGroupOf(const std::string& at, const v1::BehaviourCondition& rule,
                  const std::set<std::string>& ids,
                  std::map<std::string, bool>& is_gain, RuleChecker& check) {
  if (rule.group().empty()) return;
  const std::string field = at + ".group";
  if (ids.count(rule.group()) == 0) {
    check.Fail(field, absl::StrCat("\"", rule.group(),
                                   "\" is no group; add it to groups"));
    return;
  }
  const bool gains = rule.points() > 0;
  if (is_gain.emplace(rule.group(), gains).first->second != gains) {
    check.Fail(field,
               absl::StrCat("group \"", rule.group(),
                            "\" has conditions that give points and such that "
                            "take them; make two groups of it"));
  }
}

void CheckBehaviour(const v1::BehaviourScoreRules& rules, RuleChecker& check) {
  const std::string at = "scoring.behaviour";
  check.Range(at + ".half_life_days", rules.half_life_days(), 1,
              core::kRuleDaysMax);
  check.Range(at + ".mql_threshold", rules.mql_threshold(), 1,
              core::kMqlThresholdPointsMax);
  check.CountMax(at + ".groups", rules.groups_size(), core::kScoreGroupsMax);
  std::set<std::string> group_ids;
  for (int i = 0; i < rules.groups_size(); ++i) {
    const std::string group = Element(at + ".groups", i);
    check.UniqueId(group + ".id", rules.groups(i).id(), group_ids);
    check.Range(group + ".cap_points_per_week",
                rules.groups(i).cap_points_per_week(), 1,
                core::kGroupPointsMax);
  }
  check.Count(at + ".conditions", rules.conditions_size(),
              core::kScoreConditionsMax);
  std::set<std::string> ids;
  std::map<std::string, bool> is_gain;
  for (int i = 0; i < rules.conditions_size(); ++i) {
    const std::string condition = Element(at + ".conditions", i);
    check.UniqueId(condition + ".id", rules.conditions(i).id(), ids);
    CheckBehaviourCondition(condition, rules.conditions(i), check);
    CheckGroupOf(condition, rules.conditions(i), group_ids, is_gain, check);
  }
}

void CheckFit(const v1::FitScoreRules& rules, RuleChecker& check) {
  const std::string list = "scoring.fit.conditions";
  check.Count(list, rules.conditions_size(), core::kScoreConditionsMax);
  std::set<std::string> ids;
  for (int i = 0; i < rules.conditions_size(); ++i) {
    const v1::FitCondition& rule = rules.conditions(i);
    const std::string at = Element(list, i);
    check.UniqueId(at + ".id", rule.id(), ids);
    check.RequiredText(at + ".name", rule.name());
    if (rule.has_attribute()) {
      CheckAttribute(at + ".attribute", rule.attribute(), check);
    } else {
      check.Fail(at + ".attribute", "is required");
    }
    CheckPoints(at + ".points", rule.points(), check);
  }
}

}  // namespace

void CheckScoring(const v1::ScoringRules& scoring, RuleChecker& check) {
  if (scoring.has_behaviour()) CheckBehaviour(scoring.behaviour(), check);
  if (scoring.has_fit()) CheckFit(scoring.fit(), check);
}

}  // namespace journey::projections
