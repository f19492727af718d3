// Marketing qualified leads: gained by a touchpoint, lost by one or by the
// decay of the behaviour score.
#ifndef PROJECTIONS_QUALIFICATION_MQL_H_
#define PROJECTIONS_QUALIFICATION_MQL_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// True when a touchpoint shows that the journey came through marketing: it
// has a campaign, or is an advertisement, content, an event or of a social
// network.
[[nodiscard]] bool IsMarketing(const v1::Touchpoint& touchpoint);

// Notes the first such touchpoint. Applied to each, before sales' word.
void NoteMarketing(const v1::Touchpoint& touchpoint,
                   const storage::v1::Moment& moment,
                   storage::v1::JourneyState& state);

// Makes the lead an MQL, or one no longer, by what the scores are after a
// touchpoint. Only the statuses none, recycled and MQL are changed: the others
// say that purchase intent was recognised, or will never be. Of a customer that
// is the standing as it were without purchases.
void SettleMql(const Rules& rules, const storage::v1::Moment& moment,
               storage::v1::JourneyState& state);

// Ends an MQL whose score has fallen below the threshold by `instant`.
void EndMqlBy(core::Micros instant, storage::v1::JourneyState& state);

}  // namespace journey::projections

#endif  // PROJECTIONS_QUALIFICATION_MQL_H_
