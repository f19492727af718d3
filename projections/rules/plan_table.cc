#include "projections/rules/plan_table.h"

#include <utility>

namespace journey::projections {

PlanTable::PlanTable(const v1::LifecycleRules& rules) {
  for (const v1::LifecycleStage& stage : rules.stages()) {
    auto& activities = activities_[stage.entered_when()];
    for (const v1::PlanActivity& rule : stage.plan()) {
      PlannedActivity activity;
      activity.rule = &rule;
      if (rule.kind() != v1::TOUCHPOINT_KIND_UNSPECIFIED) {
        activity.match = TouchpointMatch(rule);
      }
      activities.push_back(std::move(activity));
    }
  }
}

const std::vector<PlannedActivity>& PlanTable::ActivitiesOf(
    v1::EntryCondition stage) const {
  static const auto* const kNone = new std::vector<PlannedActivity>();
  const auto it = activities_.find(stage);
  return it == activities_.end() ? *kNone : it->second;
}

}  // namespace journey::projections
