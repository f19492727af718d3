// Signals about a deal.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "projections/conclude.h"
#include "projections/deal/missing_fields.h"
#include "projections/signal/signal.h"
#include "projections/stall/stall.h"
#include "projections/stall/stall_rules.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::DealState;

std::string ReasonName(v1::StallReason reason) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(v1::StallReason_Name(reason), "STALL_REASON_"));
}

// The stalls, cut so that no two of one reason hold at the same instant: the
// first one counts.
std::vector<StallInterval> StallsInTurn(const Rules& rules,
                                        const DealState& deal) {
  std::vector<StallInterval> out;
  for (StallInterval interval : StallIntervals(rules, deal)) {
    if (!out.empty() && out.back().reason == interval.reason) {
      interval.since = std::max(interval.since, out.back().until);
    }
    if (interval.since < interval.until) out.push_back(interval);
  }
  return out;
}

// The touchpoint that a stall hangs on: the same one whatever the thresholds.
v1::TouchpointRef AnchorOf(const DealState& deal, const StallInterval& stall) {
  switch (stall.reason) {
    case v1::STALL_REASON_UNANSWERED_OFFER:
      return deal.open_offers(stall.offer).sent().ref();
    case v1::STALL_REASON_SLIPPED:
      return deal.pushes().empty() ? deal.expected_close_moment().ref()
                                   : deal.pushes(0).ref();
    case v1::STALL_REASON_NEGLECTED:
      return SilenceStart(deal.last_company(), deal).cause;
    case v1::STALL_REASON_SLOW_STAGE:
      return StageStart(deal).cause;
    default:
      return SilenceStart(deal.last_customer(), deal).cause;
  }
}

SignalInterval FromStall(v1::SignalType type, const DealState& deal,
                         const StallInterval& stall) {
  SignalInterval out;
  out.type = type;
  out.stall_reason = stall.reason;
  out.anchor = AnchorOf(deal, stall);
  out.since = stall.since;
  // Limits are those of the pipeline stage.
  out.made_at = StageStart(deal).at;
  out.until = stall.until;
  out.critical_since = stall.critical_since;
  out.severity = v1::SIGNAL_SEVERITY_WARNING;
  if (stall.reason == v1::STALL_REASON_UNANSWERED_OFFER) {
    out.about = deal.open_offers(stall.offer).offer_id();
  }
  return out;
}

void AddFieldsMissing(const Rules& rules, const DealState& deal,
                      SignalIntervals& out) {
  if (deal.stages().empty() || MissingFields(rules, deal).empty()) return;
  const auto& entered = deal.stages().rbegin()->entered();
  SignalInterval signal;
  signal.type = v1::SIGNAL_TYPE_FIELDS_MISSING;
  signal.rule_id = "signal.fields_missing";
  signal.anchor = entered.ref();
  signal.since = std::max(entered.at_us(), deal.active_since().at_us());
  signal.severity = v1::SIGNAL_SEVERITY_WARNING;
  out.push_back(std::move(signal));
}

// Until the deal stalls, the next follow-up is the first one that is still to
// come; it is too late when it comes after that.
void AddFollowUpTooLate(const DealState& deal,
                        const std::vector<StallInterval>& stalls,
                        SignalIntervals& out) {
  Micros stalled = core::kNever;
  for (const StallInterval& stall : stalls) {
    stalled = std::min(stalled, stall.since);
  }
  const storage::v1::FollowUp* late = nullptr;
  Micros in_time = 0;
  for (const storage::v1::FollowUp& follow_up : deal.follow_ups()) {
    if (follow_up.due_us() <= stalled) {
      in_time = std::max(in_time, follow_up.due_us());
    } else if (late == nullptr || follow_up.due_us() < late->due_us()) {
      late = &follow_up;
    }
  }
  if (late == nullptr) return;
  SignalInterval signal;
  signal.type = v1::SIGNAL_TYPE_FOLLOW_UP_TOO_LATE;
  signal.rule_id = "signal.follow_up_too_late";
  signal.anchor = late->planned().ref();
  signal.since = std::max(late->planned().at_us(), in_time);
  signal.made_at = deal.follow_ups_changed_us();
  signal.until = stalled;
  signal.severity = v1::SIGNAL_SEVERITY_WARNING;
  signal.about = late->key();
  if (signal.since < signal.until) out.push_back(std::move(signal));
}

}  // namespace

SignalIntervals DealSignals(const Rules& rules, const DealState& deal) {
  SignalIntervals out;
  if (deal.status() != v1::DEAL_STATUS_OPEN) return out;
  const std::vector<StallInterval> stalls = StallsInTurn(rules, deal);
  const bool tells_stalls =
      rules.FindSignalRule(v1::SIGNAL_TYPE_STALL) != nullptr;
  const bool tells_offers =
      rules.FindSignalRule(v1::SIGNAL_TYPE_OFFER_UNANSWERED) != nullptr;
  for (const StallInterval& stall : stalls) {
    if (tells_stalls) {
      out.push_back(FromStall(v1::SIGNAL_TYPE_STALL, deal, stall));
      out.back().rule_id =
          absl::StrCat("signal.stall.", ReasonName(stall.reason));
    }
    if (tells_offers && stall.reason == v1::STALL_REASON_UNANSWERED_OFFER) {
      out.push_back(FromStall(v1::SIGNAL_TYPE_OFFER_UNANSWERED, deal, stall));
      out.back().rule_id = "signal.offer_unanswered";
    }
  }
  if (rules.FindSignalRule(v1::SIGNAL_TYPE_FIELDS_MISSING) != nullptr) {
    AddFieldsMissing(rules, deal, out);
  }
  if (rules.FindSignalRule(v1::SIGNAL_TYPE_FOLLOW_UP_TOO_LATE) != nullptr) {
    AddFollowUpTooLate(deal, stalls, out);
  }
  return out;
}

}  // namespace journey::projections
