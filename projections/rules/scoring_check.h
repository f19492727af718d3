// What the scoring rules must fulfil.
#ifndef PROJECTIONS_RULES_SCORING_CHECK_H_
#define PROJECTIONS_RULES_SCORING_CHECK_H_

#include "journey/v1/rules.pb.h"
#include "projections/rules/rule_checker.h"

namespace journey::projections {

// Checks everything that rules.proto demands of `scoring`.
void CheckScoring(const v1::ScoringRules& scoring, RuleChecker& check);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_SCORING_CHECK_H_
