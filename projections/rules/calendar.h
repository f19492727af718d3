// Days, weeks and working days as a tenant's people count them.
#ifndef PROJECTIONS_RULES_CALENDAR_H_
#define PROJECTIONS_RULES_CALENDAR_H_

#include <bitset>
#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "journey/v1/rules.pb.h"
#include "service/core/clock.h"

namespace journey::projections {

// Immutable and thread-safe.
class Calendar {
 public:
  // `rules` have been checked.
  Calendar(absl::TimeZone time_zone, const v1::CalendarRules& rules);

  // The day that clocks on the wall show.
  [[nodiscard]] absl::CivilDay DayOf(core::Micros instant) const;

  // The first instant of a day. Where the clocks skip midnight, the first
  // valid instant; where they pass it twice, the earlier.
  [[nodiscard]] core::Micros BeginOf(absl::CivilDay day) const;

  // The ISO week of an instant: the number of its Monday, in weeks since
  // 1970-01-05. A week begins as a day does, so that weeks follow one another
  // even where clocks are set back.
  [[nodiscard]] int64_t WeekOf(core::Micros instant) const;

  // A working weekday that is no holiday.
  [[nodiscard]] bool IsWorkingDay(absl::CivilDay day) const;

  // How many working days lie after `from`, up to and with `to`, which is not
  // before it.
  [[nodiscard]] int64_t WorkingDaysBetween(absl::CivilDay from,
                                           absl::CivilDay to) const;

  // The same time of day on the `days`th working day after that of `start`;
  // from another day on it counts from 00:00 of the next working day. Where
  // the clocks skip that time, the first valid instant; where they show it
  // twice, the earlier. `days` is not negative.
  [[nodiscard]] core::Micros AddWorkingDays(core::Micros start,
                                            int64_t days) const;

  // The same day and time of day `months` later; the last day of a month that
  // is too short. Clocks that skip or repeat that time are as above. `months`
  // is not negative. Later starts do not always give later instants: a month
  // after the 30th and 31st of January both is the last day of February.
  [[nodiscard]] core::Micros AddMonths(core::Micros start, int months) const;

 private:
  static constexpr int kDaysPerWeek = 7;

  [[nodiscard]] bool IsWorkingWeekday(absl::CivilDay day) const {
    return weekdays_[static_cast<size_t>(absl::GetWeekday(day))];
  }
  [[nodiscard]] int64_t HolidaysBetween(absl::CivilDay from,
                                        absl::CivilDay to) const;
  [[nodiscard]] absl::CivilDay AddWeekdays(absl::CivilDay day,
                                           int64_t count) const;
  [[nodiscard]] absl::CivilDay WorkingDayAfter(absl::CivilDay day,
                                               int64_t count) const;
  [[nodiscard]] core::Micros SameTimeOn(
      absl::CivilDay day, const absl::TimeZone::CivilInfo& time) const;
  [[nodiscard]] core::Micros InstantOf(absl::CivilSecond second) const;

  const absl::TimeZone time_zone_;
  // By absl::Weekday.
  std::bitset<kDaysPerWeek> weekdays_;
  // Those on working weekdays, sorted.
  std::vector<absl::CivilDay> holidays_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_CALENDAR_H_
