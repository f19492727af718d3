// What a journey must remember for signals that nothing else is remembered
// for: visits to the site, answers to surveys, negative touchpoints, rewards.
#ifndef PROJECTIONS_SIGNAL_FACTS_H_
#define PROJECTIONS_SIGNAL_FACTS_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"

namespace journey::projections {

// Applies a touchpoint, in any order with the other folds.
void ApplyToSignalFacts(const Rules& rules, const v1::Touchpoint& touchpoint,
                        const storage::v1::Moment& moment,
                        storage::v1::JourneyState& state);

}  // namespace journey::projections

#endif  // PROJECTIONS_SIGNAL_FACTS_H_
