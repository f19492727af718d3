#include "projections/rules/segments_check.h"

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

// One gap has no deviation.
constexpr int kGapsMin = 2;

// Of these numbers 0 stands for the default.
void CheckRhythm(const v1::OwnRhythmRule& rule, RuleChecker& check) {
  if (rule.gaps_min() != 0) {
    check.Range("segments.lapse.own_rhythm.gaps_min", rule.gaps_min(), kGapsMin,
                core::kRuleCountMax);
  }
  // Not a number is neither.
  if (!(rule.deviations() >= 0 &&
        rule.deviations() <= core::kRuleDeviationsMax)) {
    check.Fail(
        "segments.lapse.own_rhythm.deviations",
        absl::StrCat("must be more than 0 and at most ",
                     core::kRuleDeviationsMax, ", is ", rule.deviations()));
  }
  if (rule.days_min() != 0) {
    check.Range("segments.lapse.own_rhythm.days_min", rule.days_min(), 1,
                core::kRuleDaysMax);
  }
}

void CheckLapse(const v1::LapseRule& rule, RuleChecker& check) {
  if (rule.days() == 0 && rule.months() == 0) {
    check.Fail("segments.lapse", "needs a window; set either days or months");
  } else if (rule.days() != 0 && rule.months() != 0) {
    check.Fail("segments.lapse",
               "has both days and months; remove one of them");
  } else if (rule.days() != 0) {
    check.Range("segments.lapse.days", rule.days(), 1, core::kRuleDaysMax);
  } else {
    check.Range("segments.lapse.months", rule.months(), 1,
                core::kRuleMonthsMax);
  }
  if (rule.has_own_rhythm()) CheckRhythm(rule.own_rhythm(), check);
}

}  // namespace

void CheckSegments(const v1::SegmentRules& segments, RuleChecker& check) {
  if (segments.has_regular()) {
    const v1::RegularRule& regular = segments.regular();
    check.Range("segments.regular.purchases", regular.purchases(), 1,
                core::kRuleCountMax);
    check.Range("segments.regular.months", regular.months(), 1,
                core::kRuleMonthsMax);
  }
  if (segments.has_lapse()) CheckLapse(segments.lapse(), check);
}

}  // namespace journey::projections
