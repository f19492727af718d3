// Signals: what people should be told. Which of them are in force follows from
// the state of a journey or a deal and the rules alone, now and for every
// later instant, so that nothing about them depends on the order of arrival.
#ifndef PROJECTIONS_SIGNAL_SIGNAL_H_
#define PROJECTIONS_SIGNAL_SIGNAL_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/signal.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// One signal and when it is in force: from `since` on, before `until`, if
// nothing more happens.
struct SignalInterval {
  v1::SignalType type = v1::SIGNAL_TYPE_UNSPECIFIED;
  // "signal.stall.inactive": part of its id, so never to be changed.
  std::string rule_id;
  // The touchpoint that it hangs on.
  v1::TouchpointRef anchor;
  core::Micros since = 0;
  core::Micros until = core::kNever;
  // When the touchpoint occurred that made it so, where `since` may lie before
  // it: a deal that moves to a stage with a shorter limit has been silent too
  // long already. It is due no earlier.
  core::Micros made_at = 0;
  // From here on it is critical.
  core::Micros critical_since = core::kNever;
  // How bad it is before.
  v1::SignalSeverity severity = v1::SIGNAL_SEVERITY_INFO;
  v1::StallReason stall_reason = v1::STALL_REASON_UNSPECIFIED;
  // What it is about, besides the journey or the deal: an offer, an invoice, a
  // ticket or a stage. Empty where nothing.
  std::string about;

  [[nodiscard]] bool HoldsAt(core::Micros instant) const {
    return since <= instant && instant < until;
  }
  // Since when what holds at the instant has been due.
  [[nodiscard]] core::Micros DueAt(core::Micros instant) const {
    return std::max(instant < critical_since ? since : critical_since, made_at);
  }
  [[nodiscard]] v1::SignalSeverity SeverityAt(core::Micros instant) const {
    return instant < critical_since ? severity : v1::SIGNAL_SEVERITY_CRITICAL;
  }
};

using SignalIntervals = std::vector<SignalInterval>;

// Those that are about a journey, but for its deals. None for a visitor whom
// nobody has identified. Only for instants that are not before the newest
// touchpoint.
[[nodiscard]] SignalIntervals JourneySignals(
    const Rules& rules, const storage::v1::JourneyState& state);

// Those that are about a deal; none unless it is open.
[[nodiscard]] SignalIntervals DealSignals(const Rules& rules,
                                          const storage::v1::DealState& deal);

// The id of a signal: 16 bytes that depend on nothing else.
[[nodiscard]] std::string SignalId(absl::string_view rule_id,
                                   const v1::TouchpointRef& anchor,
                                   absl::string_view deal_id);

// A signal of a journey, or of a deal, at an instant: all that follows from
// conclusions. Its revision, its history and what people have done about it are
// left to the caller, and so are the segments, and the journey of a deal's.
[[nodiscard]] v1::Signal ConcludeJourneySignal(
    const Rules& rules, const storage::v1::JourneyState& state,
    const SignalInterval& interval, core::Micros instant);
[[nodiscard]] v1::Signal ConcludeDealSignal(const Rules& rules,
                                            const storage::v1::DealState& deal,
                                            const SignalInterval& interval,
                                            core::Micros instant);

}  // namespace journey::projections

#endif  // PROJECTIONS_SIGNAL_SIGNAL_H_
