// From the folded scores to what the API shows.
#ifndef PROJECTIONS_SCORING_CONCLUDE_SCORES_H_
#define PROJECTIONS_SCORING_CONCLUDE_SCORES_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "journey/v1/journey.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Adds the scores and the profile at an instant that is not before the newest
// touchpoint.
void AddScores(const Rules& rules, const storage::v1::JourneyState& state,
               core::Micros instant, v1::Journey& out);

// Why the journey is an MQL.
[[nodiscard]] v1::Explanation ExplainMql(
    const Rules& rules, const storage::v1::JourneyState& state);

}  // namespace journey::projections

#endif  // PROJECTIONS_SCORING_CONCLUDE_SCORES_H_
