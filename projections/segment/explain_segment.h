// Why a customer belongs to a segment.
#ifndef PROJECTIONS_SEGMENT_EXPLAIN_SEGMENT_H_
#define PROJECTIONS_SEGMENT_EXPLAIN_SEGMENT_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Explains a segment of the state, which holds at `instant`: the rule
// "segment.lost" and so on, the numbers, and the touchpoints that it rests on,
// among them the one by which it began.
[[nodiscard]] v1::Explanation ExplainSegment(
    const Rules& rules, const storage::v1::JourneyState& state,
    const storage::v1::SegmentState& segment, core::Micros instant);

}  // namespace journey::projections

#endif  // PROJECTIONS_SEGMENT_EXPLAIN_SEGMENT_H_
