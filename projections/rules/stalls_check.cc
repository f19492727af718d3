#include "projections/rules/stalls_check.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "projections/rules/stall_numbers.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

constexpr int kWorkingDaysMinMax = 365;
constexpr int kVisitsMinMax = 1'000'000;

void CheckDayType(const std::string& field, v1::DayType day_type,
                  RuleChecker& check) {
  if (v1::DayType_IsValid(day_type)) return;
  check.Fail(field, "is unknown; use calendar or business");
}

// A number that may be left out, which reads as 0.
void CheckOptional(const std::string& field, int value, int min, int max,
                   RuleChecker& check) {
  if (value != 0) check.Range(field, value, min, max);
}

// More than `min`, at most `max`; not for NaN either.
void CheckAbove(const std::string& field, double value, double min, double max,
                RuleChecker& check) {
  if (value > min && value <= max) return;
  check.Fail(field, absl::StrCat("must be more than ", min, " and at most ",
                                 max, ", is ", value));
}

// A rule that is switched off says nothing else; true when it is.
template <typename Rule>
bool IsOff(const std::string& at, const Rule& rule, RuleChecker& check) {
  if (!rule.off()) return false;
  Rule nothing_else;
  nothing_else.set_off(true);
  if (rule.SerializeAsString() != nothing_else.SerializeAsString()) {
    check.Fail(at + ".off",
               "is set beside other fields, which say nothing then; leave "
               "either out");
  }
  return true;
}

void Check(const std::string& at, const v1::UnansweredOfferRule& rule,
           RuleChecker& check) {
  if (IsOff(at, rule, check)) return;
  check.Range(at + ".days", rule.days(), 1, core::kRuleDaysMax);
  check.Severity(at + ".severity", rule.severity());
  CheckDayType(at + ".day_type", rule.day_type(), check);
}

void Check(const std::string& at, const v1::InactiveRule& rule,
           RuleChecker& check) {
  if (IsOff(at, rule, check)) return;
  check.Severity(at + ".severity", rule.severity());
  CheckDayType(at + ".day_type", rule.day_type(), check);
}

void Check(const std::string& at, const v1::SlippedRule& rule,
           RuleChecker& check) {
  if (IsOff(at, rule, check)) return;
  check.Range(at + ".pushes", rule.pushes(), 1, core::kRulePushesMax);
  check.Severity(at + ".severity", rule.severity());
}

void Check(const std::string& at, const v1::NeglectedRule& rule,
           RuleChecker& check) {
  if (IsOff(at, rule, check)) return;
  check.Range(at + ".days", rule.days(), 1, core::kRuleDaysMax);
  check.Severity(at + ".severity", rule.severity());
  CheckDayType(at + ".day_type", rule.day_type(), check);
}

void Check(const std::string& at, const v1::OutOfPaceRule& rule,
           RuleChecker& check) {
  if (IsOff(at, rule, check)) return;
  CheckOptional(at + ".gaps_min", rule.gaps_min(), 2, core::kRuleCountMax,
                check);
  CheckOptional(at + ".working_days_min", rule.working_days_min(), 1,
                kWorkingDaysMinMax, check);
  const double warning = WarningDeviations(rule);
  CheckAbove(at + ".warning_deviations", warning, 0, core::kRuleDeviationsMax,
             check);
  const double critical = CriticalDeviations(rule);
  if (!(critical > warning) || critical > core::kRuleDeviationsMax) {
    check.Fail(at + ".critical_deviations",
               absl::StrCat("must be more than warning_deviations, which is ",
                            warning, ", and at most ", core::kRuleDeviationsMax,
                            "; is ", critical));
  }
}

void Check(const std::string& at, const v1::SlowStageRule& rule,
           RuleChecker& check) {
  if (IsOff(at, rule, check)) return;
  const double factor = Factor(rule);
  if (!(factor >= 1 && factor <= core::kSlowStageFactorMax)) {
    check.Fail(at + ".factor",
               absl::StrCat("must be 1 to ", core::kSlowStageFactorMax, ", is ",
                            factor));
  }
  CheckOptional(at + ".visits_min", rule.visits_min(), 1, kVisitsMinMax, check);
  check.Severity(at + ".severity", rule.severity());
}

}  // namespace

void CheckStalls(const v1::StallRules& stalls, const std::string& at,
                 RuleChecker& check) {
  if (stalls.has_unanswered_offer()) {
    Check(at + ".unanswered_offer", stalls.unanswered_offer(), check);
  }
  if (stalls.has_inactive()) {
    Check(at + ".inactive", stalls.inactive(), check);
  }
  if (stalls.has_slipped()) Check(at + ".slipped", stalls.slipped(), check);
  if (stalls.has_neglected()) {
    Check(at + ".neglected", stalls.neglected(), check);
  }
  if (stalls.has_out_of_pace()) {
    Check(at + ".out_of_pace", stalls.out_of_pace(), check);
  }
  if (stalls.has_slow_stage()) {
    Check(at + ".slow_stage", stalls.slow_stage(), check);
  }
}

void CheckBaseline(const v1::StageBaseline& baseline, const std::string& at,
                   RuleChecker& check) {
  CheckAbove(at + ".mean_days", baseline.mean_days(), 0, core::kRuleDaysMax,
             check);
  check.Range(at + ".visits", baseline.visits(), 1,
              std::numeric_limits<int>::max());
}

}  // namespace journey::projections
