// The plans of the stages made ready for evaluation.
#ifndef PROJECTIONS_RULES_PLAN_TABLE_H_
#define PROJECTIONS_RULES_PLAN_TABLE_H_

#include <map>
#include <optional>
#include <vector>

#include "journey/v1/rules.pb.h"
#include "projections/rules/touchpoint_match.h"

namespace journey::projections {

// One activity.
struct PlannedActivity {
  // As the rule set has it.
  const v1::PlanActivity* rule = nullptr;
  // The touchpoints that do it; none where only a task does.
  std::optional<TouchpointMatch> match;
};

// Immutable and thread-safe.
class PlanTable {
 public:
  // `rules` are checked and outlive the table.
  explicit PlanTable(const v1::LifecycleRules& rules);

  // The activities of a stage, in the order of its plan.
  [[nodiscard]] const std::vector<PlannedActivity>& ActivitiesOf(
      v1::EntryCondition stage) const;

 private:
  std::map<v1::EntryCondition, std::vector<PlannedActivity>> activities_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_PLAN_TABLE_H_
