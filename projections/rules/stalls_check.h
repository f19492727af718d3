// Checks the stall rules of a rule set, a pipeline or a pipeline stage, and the
// baselines of stages.
#ifndef PROJECTIONS_RULES_STALLS_CHECK_H_
#define PROJECTIONS_RULES_STALLS_CHECK_H_

#include <string>

#include "journey/v1/rules.pb.h"
#include "projections/rules/rule_checker.h"

namespace journey::projections {

// Names each mistake by its field below `at`, for example "stalls" or
// "pipelines[0].stalls".
void CheckStalls(const v1::StallRules& stalls, const std::string& at,
                 RuleChecker& check);

void CheckBaseline(const v1::StageBaseline& baseline, const std::string& at,
                   RuleChecker& check);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_STALLS_CHECK_H_
