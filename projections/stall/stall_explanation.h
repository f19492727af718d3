// Why a deal has stalled, for people.
#ifndef PROJECTIONS_STALL_STALL_EXPLANATION_H_
#define PROJECTIONS_STALL_STALL_EXPLANATION_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "projections/rules/rules.h"
#include "projections/stall/stall.h"

namespace journey::projections {

// `interval` is one of the deal's.
[[nodiscard]] v1::Explanation ExplainStall(const Rules& rules,
                                           const storage::v1::DealState& deal,
                                           const StallInterval& interval);

}  // namespace journey::projections

#endif  // PROJECTIONS_STALL_STALL_EXPLANATION_H_
