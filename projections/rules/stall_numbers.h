// The numbers of stall rules, with what is meant where one is not set.
#ifndef PROJECTIONS_RULES_STALL_NUMBERS_H_
#define PROJECTIONS_RULES_STALL_NUMBERS_H_

#include "journey/v1/rules.pb.h"

namespace journey::projections {

inline int GapsMin(const v1::OutOfPaceRule& rule) {
  return rule.gaps_min() == 0 ? 4 : rule.gaps_min();
}

inline int WorkingDaysMin(const v1::OutOfPaceRule& rule) {
  return rule.working_days_min() == 0 ? 3 : rule.working_days_min();
}

inline double WarningDeviations(const v1::OutOfPaceRule& rule) {
  return rule.warning_deviations() == 0 ? 1 : rule.warning_deviations();
}

inline double CriticalDeviations(const v1::OutOfPaceRule& rule) {
  return rule.critical_deviations() == 0 ? 2 : rule.critical_deviations();
}

inline double Factor(const v1::SlowStageRule& rule) {
  return rule.factor() == 0 ? 1.5 : rule.factor();
}

inline int VisitsMin(const v1::SlowStageRule& rule) {
  return rule.visits_min() == 0 ? 20 : rule.visits_min();
}

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_STALL_NUMBERS_H_
