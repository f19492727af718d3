#include "projections/stall/stall.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "projections/deal/pace.h"
#include "projections/rules/stall_numbers.h"
#include "projections/stall/stall_explanation.h"
#include "projections/stall/stall_rules.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::DealState;
using Intervals = std::vector<StallInterval>;

// A stall that is as bad from its beginning as the rule set says.
StallInterval Interval(v1::StallReason reason, v1::StallSeverity severity,
                       Micros since) {
  StallInterval out;
  out.reason = reason;
  out.since = since;
  if (severity == v1::STALL_SEVERITY_CRITICAL) out.critical_since = since;
  return out;
}

void AddUnansweredOffer(const Rules& rules, const v1::UnansweredOfferRule& rule,
                        const DealState& deal, Intervals& out) {
  for (int i = 0; i < deal.open_offers_size(); ++i) {
    const storage::v1::OpenOffer& offer = deal.open_offers(i);
    StallInterval interval =
        Interval(v1::STALL_REASON_UNANSWERED_OFFER, rule.severity(),
                 AfterDays(rules, SilenceStart(offer.sent(), deal).at,
                           rule.days(), rule.day_type()));
    interval.offer = i;
    if (offer.valid_until_us() != 0) interval.until = offer.valid_until_us();
    if (interval.since < interval.until) out.push_back(interval);
  }
}

// Not before the deal was opened again, nor before anybody named the day.
void AddSlipped(const Rules& rules, const v1::SlippedRule& rule,
                const DealState& deal, Intervals& out) {
  Micros over = core::kNever;
  if (deal.has_expected_close_date()) {
    over = std::max(rules.EndOfDay(deal.expected_close_date()),
                    deal.expected_close_moment().at_us());
  }
  Micros pushed = core::kNever;
  if (deal.pushes_size() >= rule.pushes()) {
    pushed = deal.pushes(rule.pushes() - 1).at_us();
  }
  const Micros since =
      std::max(std::min(over, pushed), deal.active_since().at_us());
  if (since == core::kNever) return;
  out.push_back(Interval(v1::STALL_REASON_SLIPPED, rule.severity(), since));
  out.back().day_is_over = over <= pushed;
}

void AddOutOfPace(const Rules& rules, const v1::OutOfPaceRule& rule,
                  const DealState& deal, Intervals& out) {
  const std::optional<PaceLimits> limits = PaceLimitsOf(rule, deal.pace());
  if (!limits.has_value()) return;
  const Micros start = SilenceStart(deal.last_customer(), deal).at;
  StallInterval interval;
  interval.reason = v1::STALL_REASON_OUT_OF_PACE;
  interval.since =
      AfterDays(rules, start, limits->warning_days, v1::DAY_TYPE_BUSINESS);
  interval.critical_since =
      AfterDays(rules, start, limits->critical_days, v1::DAY_TYPE_BUSINESS);
  out.push_back(interval);
}

void AddSlowStage(const v1::SlowStageRule& rule,
                  const v1::StageBaseline& baseline, const DealState& deal,
                  Intervals& out) {
  if (baseline.visits() < VisitsMin(rule)) return;
  const double limit_days = Factor(rule) * baseline.mean_days();
  out.push_back(Interval(
      v1::STALL_REASON_SLOW_STAGE, rule.severity(),
      StageStart(deal).at + std::llround(limit_days * core::kMicrosPerDay)));
}

}  // namespace

Intervals StallIntervals(const Rules& rules, const DealState& deal) {
  Intervals out;
  if (deal.status() != v1::DEAL_STATUS_OPEN) return out;
  const StallRulesInForce in_force = StallRulesOf(rules, deal);
  if (const auto* rule = in_force.unanswered_offer) {
    AddUnansweredOffer(rules, *rule, deal, out);
  }
  if (in_force.inactive != nullptr && in_force.stage != nullptr) {
    const v1::InactiveRule& rule = *in_force.inactive;
    out.push_back(
        Interval(v1::STALL_REASON_INACTIVE, rule.severity(),
                 AfterDays(rules, SilenceStart(deal.last_customer(), deal).at,
                           in_force.stage->stall_days(), rule.day_type())));
  }
  if (const auto* rule = in_force.slipped) AddSlipped(rules, *rule, deal, out);
  if (const auto* rule = in_force.neglected) {
    out.push_back(
        Interval(v1::STALL_REASON_NEGLECTED, rule->severity(),
                 AfterDays(rules, SilenceStart(deal.last_company(), deal).at,
                           rule->days(), rule->day_type())));
  }
  if (const auto* rule = in_force.out_of_pace) {
    AddOutOfPace(rules, *rule, deal, out);
  }
  if (in_force.slow_stage != nullptr && in_force.stage != nullptr &&
      in_force.stage->has_baseline()) {
    AddSlowStage(*in_force.slow_stage, in_force.stage->baseline(), deal, out);
  }
  return out;
}

std::vector<v1::Stall> StallsAt(const Rules& rules, const DealState& deal,
                                Micros instant) {
  std::vector<v1::Stall> out;
  v1::StallReason last = v1::STALL_REASON_UNSPECIFIED;
  for (const StallInterval& interval : StallIntervals(rules, deal)) {
    if (interval.reason == last || instant < interval.since ||
        instant >= interval.until) {
      continue;
    }
    last = interval.reason;
    v1::Stall stall;
    stall.set_reason(interval.reason);
    *stall.mutable_since() = core::ToTimestamp(interval.since);
    stall.set_severity(interval.SeverityAt(instant));
    *stall.mutable_explanation() = ExplainStall(rules, deal, interval);
    out.push_back(std::move(stall));
  }
  return out;
}

}  // namespace journey::projections
