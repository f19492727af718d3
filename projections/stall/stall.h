// Stalls: the reasons why an open deal is not moving, each with the instants
// between which it holds. They follow from the deal's state and the rules
// alone, so those of the future are known in advance.
#ifndef PROJECTIONS_STALL_STALL_H_
#define PROJECTIONS_STALL_STALL_H_

#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/deal.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// One stall and when it holds: from `since` on, before `until`.
struct StallInterval {
  v1::StallReason reason = v1::STALL_REASON_UNSPECIFIED;
  core::Micros since = 0;
  core::Micros until = core::kNever;
  // It is a warning before, and critical from then on: not before `since`, and
  // kNever where it stays a warning.
  core::Micros critical_since = core::kNever;
  // Of UNANSWERED_OFFER: which of the deal's open offers waits.
  int offer = 0;
  // Of SLIPPED: the expected close day is over; else it was moved too often.
  bool day_is_over = false;

  [[nodiscard]] v1::StallSeverity SeverityAt(core::Micros instant) const {
    return instant < critical_since ? v1::STALL_SEVERITY_WARNING
                                    : v1::STALL_SEVERITY_CRITICAL;
  }
};

// Every stall that the deal has, or will have if nothing more happens; none
// unless it is open. By reason, then by `since`. Intervals of one reason may
// overlap: at an instant the first one that holds counts.
[[nodiscard]] std::vector<StallInterval> StallIntervals(
    const Rules& rules, const storage::v1::DealState& deal);

// The stalls that hold at an instant, at most one a reason, explained.
[[nodiscard]] std::vector<v1::Stall> StallsAt(
    const Rules& rules, const storage::v1::DealState& deal,
    core::Micros instant);

}  // namespace journey::projections

#endif  // PROJECTIONS_STALL_STALL_H_
