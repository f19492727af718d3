#include "projections/deal/pace.h"

#include <algorithm>
#include <cmath>

#include "absl/time/civil_time.h"
#include "projections/rules/stall_numbers.h"

namespace journey::projections {
namespace {

using core::Micros;

// What a limit may exceed a whole number by and still be that number: far more
// than floating point adds, far less than anyone means.
constexpr double kRoundingDays = 1e-9;

bool WasSilentThroughout(const storage::v1::DealState& deal) {
  const Micros last = deal.last_customer().at_us();
  return deal.status() == v1::DEAL_STATUS_OPEN &&
         deal.active_since().at_us() <= last &&
         deal.expected_silence_until_us() <= last;
}

int RoundUp(double days) {
  return static_cast<int>(std::ceil(days - kRoundingDays));
}

}  // namespace

void NotePace(const Calendar& calendar, Micros heard,
              storage::v1::DealState& deal) {
  const absl::CivilDay epoch(1970, 1, 1);
  const absl::CivilDay day = calendar.DayOf(heard);
  storage::v1::PaceState& pace = *deal.mutable_pace();
  if (deal.has_last_customer()) {
    const absl::CivilDay newest = epoch + pace.newest_day();
    // Where clocks are set back over midnight a day may come again.
    if (day <= newest) return;
    if (WasSilentThroughout(deal)) {
      const int64_t gap = calendar.WorkingDaysBetween(newest, day);
      pace.set_gaps(pace.gaps() + 1);
      pace.set_sum_days(pace.sum_days() + gap);
      pace.set_sum_squared_days(pace.sum_squared_days() + gap * gap);
    }
  }
  pace.set_newest_day(day - epoch);
}

std::optional<PaceLimits> PaceLimitsOf(const v1::OutOfPaceRule& rule,
                                       const storage::v1::PaceState& pace) {
  if (pace.gaps() < GapsMin(rule)) return std::nullopt;
  const int64_t n = pace.gaps();
  // n squared times the variance of the gaps is a whole number, which is 0
  // exactly where all are alike. Gaps follow one another, so that all together
  // are no longer than time itself and the products are far from overflow.
  const int64_t scaled =
      n * pace.sum_squared_days() - pace.sum_days() * pace.sum_days();
  PaceLimits out;
  out.mean_days = static_cast<double>(pace.sum_days()) / static_cast<double>(n);
  out.deviation_days =
      std::sqrt(static_cast<double>(scaled) / static_cast<double>(n * (n - 1)));
  const auto limit = [&](double deviations) {
    return std::max(RoundUp(out.mean_days + deviations * out.deviation_days),
                    WorkingDaysMin(rule));
  };
  out.warning_days = limit(WarningDeviations(rule));
  out.critical_days =
      std::max(limit(CriticalDeviations(rule)), out.warning_days + 1);
  return out;
}

}  // namespace journey::projections
