// The scores: what touchpoints give, and what profiles say.
//
// What a touchpoint gives depends on it and on those before it in canonical
// order (rolling windows, visits, the bounds of groups), never on later ones.
#ifndef PROJECTIONS_SCORING_SCORING_H_
#define PROJECTIONS_SCORING_SCORING_H_

#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Site visits of a journey less than this apart are one visit.
inline constexpr core::Micros kVisitGap =
    core::Micros{30} * 60 * core::kMicrosPerSecond;

// What one condition gives for one touchpoint.
struct Award {
  // Index of the condition in the rule set.
  int condition = 0;
  // Its points, and what the group's bound leaves of them.
  int points = 0;
  int kept_points = 0;
};

// True when a touchpoint meets a condition by itself; whether there were
// enough of them is not asked.
[[nodiscard]] bool Meets(const ScoringCondition& condition,
                         const v1::Touchpoint& touchpoint);

// Applies a touchpoint, after the profile. Returns what it gives, in the order
// of the rule set: folding all touchpoints of a journey explains its score in
// full.
std::vector<Award> ApplyToScores(const Rules& rules,
                                 const v1::Touchpoint& touchpoint,
                                 const storage::v1::Moment& moment,
                                 storage::v1::JourneyState& state);

// From here on only later touchpoints count toward MQL.
void BeginQualifyingAnew(storage::v1::ScoringState& scoring);

// The attribute that meets a condition of fit; null where none does.
[[nodiscard]] const storage::v1::AttributeState* FindFit(
    const v1::FitCondition& condition, const storage::v1::JourneyState& state);

}  // namespace journey::projections

#endif  // PROJECTIONS_SCORING_SCORING_H_
