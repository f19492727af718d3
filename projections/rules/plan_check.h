// What the stages of a journey must fulfil for a journey map: their texts and
// their plans.
#ifndef PROJECTIONS_RULES_PLAN_CHECK_H_
#define PROJECTIONS_RULES_PLAN_CHECK_H_

#include "journey/v1/rules.pb.h"
#include "projections/rules/rule_checker.h"

namespace journey::projections {

// Checks everything that rules.proto demands of the texts and of `plan`.
void CheckPlans(const v1::LifecycleRules& lifecycle, RuleChecker& check);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_PLAN_CHECK_H_
