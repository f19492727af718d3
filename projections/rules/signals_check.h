// What the rules of signals must fulfil.
#ifndef PROJECTIONS_RULES_SIGNALS_CHECK_H_
#define PROJECTIONS_RULES_SIGNALS_CHECK_H_

#include "journey/v1/rules.pb.h"
#include "projections/rules/rule_checker.h"

namespace journey::projections {

// Checks everything that rules.proto demands of `signals`.
void CheckSignals(const v1::RuleSet& rules, RuleChecker& check);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_SIGNALS_CHECK_H_
