// What is missing to the next lead status.
#ifndef PROJECTIONS_EXPLANATION_LEAD_WAYS_H_
#define PROJECTIONS_EXPLANATION_LEAD_WAYS_H_

#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/journey_explanation.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// The ways from the lead status of a journey, whose state is that of
// `instant`, to the next one. A purchase is named for an SQL only, although it
// makes a customer of everybody who is not disqualified.
[[nodiscard]] std::vector<v1::LeadWay> LeadWays(
    const Rules& rules, const storage::v1::JourneyState& state,
    core::Micros instant);

}  // namespace journey::projections

#endif  // PROJECTIONS_EXPLANATION_LEAD_WAYS_H_
