#include "projections/stall/stall_rules.h"

#include "projections/deal/deal.h"

namespace journey::projections {
namespace {

using core::Micros;

void StartNotBefore(Micros at, const v1::TouchpointRef& cause,
                    ClockStart& start) {
  if (at <= start.at) return;
  start.at = at;
  start.cause = cause;
}

template <typename Rule>
void TakeOver(bool is_set, const Rule& rule, const Rule*& out) {
  if (is_set) out = rule.off() ? nullptr : &rule;
}

// Takes over what a rule set, pipeline or stage sets.
void TakeOver(const v1::StallRules& stalls, StallRulesInForce& out) {
  TakeOver(stalls.has_unanswered_offer(), stalls.unanswered_offer(),
           out.unanswered_offer);
  TakeOver(stalls.has_inactive(), stalls.inactive(), out.inactive);
  TakeOver(stalls.has_slipped(), stalls.slipped(), out.slipped);
  TakeOver(stalls.has_neglected(), stalls.neglected(), out.neglected);
  TakeOver(stalls.has_out_of_pace(), stalls.out_of_pace(), out.out_of_pace);
  TakeOver(stalls.has_slow_stage(), stalls.slow_stage(), out.slow_stage);
}

}  // namespace

StallRulesInForce StallRulesOf(const Rules& rules,
                               const storage::v1::DealState& deal) {
  StallRulesInForce out;
  out.stage = rules.FindStage(deal.pipeline_id(), CurrentStageId(deal));
  TakeOver(rules.rule_set().stalls(), out);
  if (const auto* pipeline = rules.FindPipeline(deal.pipeline_id())) {
    TakeOver(pipeline->stalls(), out);
  }
  if (out.stage != nullptr) TakeOver(out.stage->stalls(), out);
  return out;
}

ClockStart SilenceStart(const storage::v1::Moment& last,
                        const storage::v1::DealState& deal) {
  ClockStart start{deal.active_since().at_us(), deal.active_since().ref()};
  StartNotBefore(last.at_us(), last.ref(), start);
  StartNotBefore(deal.expected_silence_until_us(),
                 deal.expected_silence_cause(), start);
  return start;
}

ClockStart StageStart(const storage::v1::DealState& deal) {
  ClockStart start{deal.active_since().at_us(), deal.active_since().ref()};
  if (!deal.stages().empty()) {
    const storage::v1::Moment& entered =
        deal.stages(deal.stages_size() - 1).entered();
    StartNotBefore(entered.at_us(), entered.ref(), start);
  }
  return start;
}

Micros AfterDays(const Rules& rules, Micros start, int days,
                 v1::DayType day_type) {
  return day_type == v1::DAY_TYPE_BUSINESS
             ? rules.calendar().AddWorkingDays(start, days)
             : start + days * core::kMicrosPerDay;
}

}  // namespace journey::projections
