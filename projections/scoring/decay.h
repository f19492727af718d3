// Decaying points: exact at any instant, with the instant known in advance at
// which they fall below a threshold.
//
// All points share one half-life, so their sum decays as one number: between
// touchpoints it only comes nearer to zero, and crosses a threshold above zero
// at most once.
#ifndef PROJECTIONS_SCORING_DECAY_H_
#define PROJECTIONS_SCORING_DECAY_H_

#include "journey/storage/v1/views.pb.h"
#include "service/core/clock.h"

namespace journey::projections {

// Scores that differ by less are equal: so far floating-point sums may be off.
inline constexpr double kScoreTolerance = 1e-9;

// What is left of points after a time that is not negative.
[[nodiscard]] double Decayed(double points, core::Micros elapsed,
                             int half_life_days);

// The score at an instant not before its last change.
[[nodiscard]] double ScoreAt(const storage::v1::DecayingScore& score,
                             core::Micros instant, int half_life_days);

// Adds points at an instant not before the last change.
void AddPoints(int points, core::Micros at, int half_life_days,
               storage::v1::DecayingScore& score);

// The first whole second at which the score is below a threshold, which is
// above zero; the instant of its last change when it is below since then.
[[nodiscard]] core::Micros FallsBelowAt(const storage::v1::DecayingScore& score,
                                        int threshold, int half_life_days);

}  // namespace journey::projections

#endif  // PROJECTIONS_SCORING_DECAY_H_
