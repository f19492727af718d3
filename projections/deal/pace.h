// The pace of a deal: the gaps between the days on which its customer was
// heard, in working days, as sums from which mean and deviation follow.
#ifndef PROJECTIONS_DEAL_PACE_H_
#define PROJECTIONS_DEAL_PACE_H_

#include <cstdint>
#include <optional>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/rules.pb.h"
#include "projections/rules/calendar.h"
#include "service/core/clock.h"

namespace journey::projections {

// Takes into account that the customer is heard at an instant, while the deal's
// `last_customer` and announced silence are still those before it.
//
// The stretch since the last word is a gap only where the customer's silence
// ran through all of it: not where the deal was decided, opened or opened again
// in between, nor where the customer had announced to be silent.
void NotePace(const Calendar& calendar, core::Micros heard,
              storage::v1::DealState& deal);

// From how many working days of silence on a deal is out of pace.
struct PaceLimits {
  double mean_days = 0;
  // The sample standard deviation.
  double deviation_days = 0;
  int warning_days = 0;
  int critical_days = 0;
};

// Unset where there are too few gaps.
[[nodiscard]] std::optional<PaceLimits> PaceLimitsOf(
    const v1::OutOfPaceRule& rule, const storage::v1::PaceState& pace);

}  // namespace journey::projections

#endif  // PROJECTIONS_DEAL_PACE_H_
