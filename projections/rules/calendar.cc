#include "projections/rules/calendar.h"

#include <algorithm>

namespace journey::projections {
namespace {

absl::Weekday ToWeekday(int weekday) {
  switch (weekday) {
    case v1::WEEKDAY_TUESDAY:
      return absl::Weekday::tuesday;
    case v1::WEEKDAY_WEDNESDAY:
      return absl::Weekday::wednesday;
    case v1::WEEKDAY_THURSDAY:
      return absl::Weekday::thursday;
    case v1::WEEKDAY_FRIDAY:
      return absl::Weekday::friday;
    case v1::WEEKDAY_SATURDAY:
      return absl::Weekday::saturday;
    case v1::WEEKDAY_SUNDAY:
      return absl::Weekday::sunday;
    default:
      return absl::Weekday::monday;
  }
}

}  // namespace

Calendar::Calendar(absl::TimeZone time_zone, const v1::CalendarRules& rules)
    : time_zone_(time_zone) {
  for (const int weekday : rules.working_days()) {
    weekdays_.set(static_cast<size_t>(ToWeekday(weekday)));
  }
  if (weekdays_.none()) {
    weekdays_.set();
    weekdays_.reset(static_cast<size_t>(absl::Weekday::saturday));
    weekdays_.reset(static_cast<size_t>(absl::Weekday::sunday));
  }
  for (const std::string& text : rules.holidays()) {
    absl::CivilDay day;
    if (absl::ParseCivilTime(text, &day) && IsWorkingWeekday(day)) {
      holidays_.push_back(day);
    }
  }
  std::sort(holidays_.begin(), holidays_.end());
}

absl::CivilDay Calendar::DayOf(core::Micros instant) const {
  return absl::CivilDay(time_zone_.At(absl::FromUnixMicros(instant)).cs);
}

core::Micros Calendar::BeginOf(absl::CivilDay day) const {
  return InstantOf(absl::CivilSecond(day));
}

int64_t Calendar::WeekOf(core::Micros instant) const {
  absl::CivilDay end = absl::NextWeekday(DayOf(instant), absl::Weekday::monday);
  // The clock may show again what it showed before the week began.
  if (BeginOf(end) <= instant) end += kDaysPerWeek;
  return (end - absl::CivilDay(1970, 1, 5)) / kDaysPerWeek - 1;
}

bool Calendar::IsWorkingDay(absl::CivilDay day) const {
  return IsWorkingWeekday(day) &&
         !std::binary_search(holidays_.begin(), holidays_.end(), day);
}

int64_t Calendar::WorkingDaysBetween(absl::CivilDay from,
                                     absl::CivilDay to) const {
  const int64_t weeks = (to - from) / kDaysPerWeek;
  int64_t days = weeks * static_cast<int64_t>(weekdays_.count());
  for (absl::CivilDay day = from + weeks * kDaysPerWeek; day < to;) {
    ++day;
    days += static_cast<int64_t>(IsWorkingWeekday(day));
  }
  return days - HolidaysBetween(from, to);
}

core::Micros Calendar::AddWorkingDays(core::Micros start, int64_t days) const {
  const absl::TimeZone::CivilInfo info =
      time_zone_.At(absl::FromUnixMicros(start));
  const absl::CivilDay day(info.cs);
  if (!IsWorkingDay(day)) return BeginOf(WorkingDayAfter(day, days + 1));
  return SameTimeOn(WorkingDayAfter(day, days), info);
}

core::Micros Calendar::AddMonths(core::Micros start, int months) const {
  const absl::TimeZone::CivilInfo info =
      time_zone_.At(absl::FromUnixMicros(start));
  const absl::CivilMonth month = absl::CivilMonth(info.cs) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  const int day = std::min(info.cs.day(), last.day());
  return SameTimeOn(absl::CivilDay(month.year(), month.month(), day), info);
}

// Working weekdays only: after `from`, up to and with `to`.
int64_t Calendar::HolidaysBetween(absl::CivilDay from,
                                  absl::CivilDay to) const {
  return std::upper_bound(holidays_.begin(), holidays_.end(), to) -
         std::upper_bound(holidays_.begin(), holidays_.end(), from);
}

// The `count`th working weekday after a day, be it a holiday or not.
absl::CivilDay Calendar::AddWeekdays(absl::CivilDay day, int64_t count) const {
  const auto a_week = static_cast<int64_t>(weekdays_.count());
  const int64_t weeks = (count - 1) / a_week;
  day += weeks * kDaysPerWeek;
  for (int64_t left = count - weeks * a_week; left > 0;) {
    ++day;
    left -= static_cast<int64_t>(IsWorkingWeekday(day));
  }
  return day;
}

// The `count`th working day after a day; the day itself for 0.
absl::CivilDay Calendar::WorkingDayAfter(absl::CivilDay day,
                                         int64_t count) const {
  while (count > 0) {
    const absl::CivilDay next = AddWeekdays(day, count);
    // As many more as were holidays.
    count = HolidaysBetween(day, next);
    day = next;
  }
  return day;
}

// The time of day of `time` on another day.
core::Micros Calendar::SameTimeOn(absl::CivilDay day,
                                  const absl::TimeZone::CivilInfo& time) const {
  const absl::CivilSecond second =
      absl::CivilSecond(day) +
      (time.cs - absl::CivilSecond(absl::CivilDay(time.cs)));
  const absl::TimeZone::TimeInfo at = time_zone_.At(second);
  if (at.kind == absl::TimeZone::TimeInfo::SKIPPED) {
    return absl::ToUnixMicros(at.trans);
  }
  return absl::ToUnixMicros(at.pre + time.subsecond);
}

core::Micros Calendar::InstantOf(absl::CivilSecond second) const {
  const absl::TimeZone::TimeInfo at = time_zone_.At(second);
  const bool skipped = at.kind == absl::TimeZone::TimeInfo::SKIPPED;
  return absl::ToUnixMicros(skipped ? at.trans : at.pre);
}

}  // namespace journey::projections
