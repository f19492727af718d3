#include "projections/scoring/decay.h"

#include <cmath>

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::DecayingScore;

double HalfLifeMicros(int half_life_days) {
  return static_cast<double>(half_life_days * core::kMicrosPerDay);
}

}  // namespace

double Decayed(double points, Micros elapsed, int half_life_days) {
  return points * std::exp2(-static_cast<double>(elapsed) /
                            HalfLifeMicros(half_life_days));
}

double ScoreAt(const DecayingScore& score, Micros instant, int half_life_days) {
  return Decayed(score.points(), instant - score.at_us(), half_life_days);
}

void AddPoints(int points, Micros at, int half_life_days,
               DecayingScore& score) {
  score.set_points(points + ScoreAt(score, at, half_life_days));
  score.set_at_us(at);
}

Micros FallsBelowAt(const DecayingScore& score, int threshold,
                    int half_life_days) {
  const double enough = threshold - kScoreTolerance;
  if (score.points() < enough) return score.at_us();
  const double lasts =
      HalfLifeMicros(half_life_days) * std::log2(score.points() / enough);
  // The logarithm may be off by a rounding; the definition decides.
  const auto is_below = [&](Micros instant) {
    return ScoreAt(score, instant, half_life_days) < enough;
  };
  Micros at = score.at_us() + static_cast<Micros>(lasts);
  at -= at % core::kMicrosPerSecond;
  while (!is_below(at)) at += core::kMicrosPerSecond;
  while (at - core::kMicrosPerSecond > score.at_us() &&
         is_below(at - core::kMicrosPerSecond)) {
    at -= core::kMicrosPerSecond;
  }
  return at;
}

}  // namespace journey::projections
