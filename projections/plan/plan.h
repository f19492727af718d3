// The plan of the stage in which a journey is: which of its activities are
// done, and how far and how fast people are.
#ifndef PROJECTIONS_PLAN_PLAN_H_
#define PROJECTIONS_PLAN_PLAN_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/journey.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Applies a touchpoint, after the lifecycle, so that one that leads into a
// stage counts for the plan there, and before the tasks, so that one that is
// done is still known. An activity is done once in a visit to its stage; the
// lifecycle forgets what was done where it enters one.
void ApplyToPlan(const Rules& rules, const v1::Touchpoint& touchpoint,
                 const storage::v1::Moment& moment,
                 storage::v1::JourneyState& state);

// The plan at `instant`, up to which the state was advanced; without activities
// where the stage has none.
[[nodiscard]] v1::Plan ConcludePlan(const Rules& rules,
                                    const storage::v1::JourneyState& state,
                                    core::Micros instant);

}  // namespace journey::projections

#endif  // PROJECTIONS_PLAN_PLAN_H_
