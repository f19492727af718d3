#include "projections/rules/plan_check.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "projections/rules/match_check.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

void CheckTexts(const std::string& at,
                const google::protobuf::RepeatedPtrField<std::string>& texts,
                RuleChecker& check) {
  check.CountMax(at, texts.size(), core::kStageTextsMax);
  for (int i = 0; i < texts.size(); ++i) {
    if (texts[i].empty() || texts[i].size() > core::kNameBytesMax) {
      check.Fail(Element(at, i),
                 absl::StrCat("must be a text of 1 to ", core::kNameBytesMax,
                              " bytes, is ", texts[i].size()));
    }
  }
}

void CheckActivity(const std::string& at, const v1::PlanActivity& rule,
                   RuleChecker& check) {
  check.RequiredText(at + ".name", rule.name());
  if (rule.kind() != v1::TOUCHPOINT_KIND_UNSPECIFIED) {
    CheckMatch(at, rule.kind(), rule.actions(), rule.direction(), check);
  } else if (rule.actions_size() > 0) {
    check.Fail(at + ".actions", "needs a kind; add it");
  } else if (rule.direction() != v1::DIRECTION_UNSPECIFIED) {
    check.Fail(at + ".direction", "needs a kind; add it");
  }
  check.Range(at + ".points", rule.points(), 1, core::kPlanPointsMax);
  check.Range(at + ".expected_hours", rule.expected_hours(), 1,
              core::kExpectedHoursMax);
}

}  // namespace

void CheckPlans(const v1::LifecycleRules& lifecycle, RuleChecker& check) {
  // A task names an activity and not its stage.
  std::set<std::string> ids;
  for (int i = 0; i < lifecycle.stages_size(); ++i) {
    const v1::LifecycleStage& stage = lifecycle.stages(i);
    const std::string at = Element("lifecycle.stages", i);
    CheckTexts(at + ".motivations", stage.motivations(), check);
    CheckTexts(at + ".feelings", stage.feelings(), check);
    CheckTexts(at + ".goals", stage.goals(), check);
    CheckTexts(at + ".expectations", stage.expectations(), check);
    CheckTexts(at + ".hints", stage.hints(), check);
    check.CountMax(at + ".plan", stage.plan_size(), core::kPlanActivitiesMax);
    for (int k = 0; k < stage.plan_size(); ++k) {
      const std::string activity = Element(at + ".plan", k);
      check.UniqueId(activity + ".id", stage.plan(k).id(), ids);
      CheckActivity(activity, stage.plan(k), check);
    }
  }
}

}  // namespace journey::projections
