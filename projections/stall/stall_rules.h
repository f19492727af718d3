// Which stall rules hold for a deal, and from when on their clocks run.
#ifndef PROJECTIONS_STALL_STALL_RULES_H_
#define PROJECTIONS_STALL_STALL_RULES_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/rules.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Point into the rule set; null where a rule is absent or switched off.
struct StallRulesInForce {
  const v1::UnansweredOfferRule* unanswered_offer = nullptr;
  const v1::InactiveRule* inactive = nullptr;
  const v1::SlippedRule* slipped = nullptr;
  const v1::NeglectedRule* neglected = nullptr;
  const v1::OutOfPaceRule* out_of_pace = nullptr;
  const v1::SlowStageRule* slow_stage = nullptr;
  // The deal's pipeline stage; null when the rule set does not know it, and
  // then neither `inactive` nor `slow_stage` can hold.
  const v1::PipelineStage* stage = nullptr;
};

// Each rule by itself: the pipeline stage's, else the pipeline's, else the rule
// set's.
[[nodiscard]] StallRulesInForce StallRulesOf(
    const Rules& rules, const storage::v1::DealState& deal);

// Where a clock starts, and the touchpoint from which it runs.
struct ClockStart {
  core::Micros at = 0;
  v1::TouchpointRef cause;
};

// A silence clock starts at the last touchpoint of whoever is silent, or when
// the deal was opened or opened again; an announced silence starts it anew at
// its end.
[[nodiscard]] ClockStart SilenceStart(const storage::v1::Moment& last,
                                      const storage::v1::DealState& deal);

// Where the clock of the deal's stay in its pipeline stage starts: when it came
// there, or was opened again there.
[[nodiscard]] ClockStart StageStart(const storage::v1::DealState& deal);

// So many days after an instant, by a day type of the rule set.
[[nodiscard]] core::Micros AfterDays(const Rules& rules, core::Micros start,
                                     int days, v1::DayType day_type);

}  // namespace journey::projections

#endif  // PROJECTIONS_STALL_STALL_RULES_H_
