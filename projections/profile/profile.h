// What profiles say about the account or contact: who is responsible, and
// attributes, of which the newest counts, key by key.
#ifndef PROJECTIONS_PROFILE_PROFILE_H_
#define PROJECTIONS_PROFILE_PROFILE_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::projections {

// Applies a touchpoint of kind `profile`; others change nothing. Texts,
// numbers and booleans are kept, null forgets what was said before. Beyond
// kProfileAttributesMax the attribute that was said longest ago is forgotten.
void ApplyToProfile(const v1::Touchpoint& touchpoint,
                    storage::v1::JourneyState& state);

}  // namespace journey::projections

#endif  // PROJECTIONS_PROFILE_PROFILE_H_
