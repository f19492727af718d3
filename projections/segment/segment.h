// Segments: the groups of customers that a journey belongs to, each with the
// instants between which it does. They follow from purchases, open deals, open
// invoices and tickets, so those that time alone will bring are known in
// advance.
#ifndef PROJECTIONS_SEGMENT_SEGMENT_H_
#define PROJECTIONS_SEGMENT_SEGMENT_H_

#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/journey.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// One segment of a journey, which holds from `since` on and before `until` if
// nothing more happens.
struct SegmentInterval {
  v1::Segment segment = v1::SEGMENT_UNSPECIFIED;
  core::Micros since = 0;
  core::Micros until = core::kNever;

  friend bool operator==(const SegmentInterval& a, const SegmentInterval& b) {
    return a.segment == b.segment && a.since == b.since && a.until == b.until;
  }
};

// Applies a touchpoint, after the deals, sales, open invoices and tickets.
//
// A segment that held before a touchpoint and holds after it goes on; one that
// a touchpoint brings begins with it, even where what it is about lies longer
// ago (an invoice that is issued when it is overdue already).
void ApplyToSegments(const Rules& rules, const v1::Touchpoint& touchpoint,
                     const storage::v1::Moment& moment,
                     storage::v1::JourneyState& state);

// The segments that hold at the newest touchpoint, and those that time alone
// will bring: by segment, then by `since`. Intervals of one segment do not
// overlap. None for a visitor, and where the rule set has no segments.
[[nodiscard]] std::vector<SegmentInterval> SegmentIntervals(
    const storage::v1::JourneyState& state);

// The segments that hold at an instant that is not before the newest
// touchpoint, in the order of v1::Segment, explained.
[[nodiscard]] std::vector<v1::SegmentStanding> SegmentsAt(
    const Rules& rules, const storage::v1::JourneyState& state,
    core::Micros instant);

}  // namespace journey::projections

#endif  // PROJECTIONS_SEGMENT_SEGMENT_H_
