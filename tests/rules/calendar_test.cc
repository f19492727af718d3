// Days and working days against a calendar that counts one by one.
#include "projections/rules/calendar.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/support/temp_dir.h"

namespace journey::projections {
namespace {

constexpr core::Micros kMinute = 60 * core::kMicrosPerSecond;

absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
  return zone;
}

core::Micros At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error))
      << error;
  return absl::ToUnixMicros(time);
}

absl::CivilDay Day(const std::string& text) {
  absl::CivilDay day;
  EXPECT_TRUE(absl::ParseCivilTime(text, &day)) << text;
  return day;
}

// Knows only what clocks on the wall show at an instant, and counts.
class BruteCalendar {
 public:
  BruteCalendar(absl::TimeZone zone, const v1::CalendarRules& rules)
      : zone_(zone) {
    for (const int day : rules.working_days()) weekdays_.insert(day);
    if (weekdays_.empty()) weekdays_ = {1, 2, 3, 4, 5};
    for (const std::string& day : rules.holidays()) holidays_.insert(Day(day));
  }

  [[nodiscard]] absl::CivilSecond Shown(core::Micros instant) const {
    return zone_.At(absl::FromUnixMicros(instant)).cs;
  }

  // The first instant at which the clocks show `second`, else the first one at
  // which they have passed it. Clocks change at whole minutes.
  [[nodiscard]] core::Micros First(absl::CivilSecond second) const {
    core::Micros guess =
        (second - absl::CivilSecond(1970, 1, 1)) * core::kMicrosPerSecond -
        16 * 60 * kMinute;
    core::Micros passed = core::kNever;
    for (int i = 0; i < 32 * 60; ++i, guess += kMinute) {
      if (Shown(guess) == second) return guess;
      if (passed == core::kNever && Shown(guess) > second) passed = guess;
    }
    // Back to the minute at which the clocks changed.
    return passed - second.second() * core::kMicrosPerSecond;
  }

  [[nodiscard]] bool Works(absl::CivilDay day) const {
    const int number = static_cast<int>(absl::GetWeekday(day)) + 1;
    return weekdays_.count(number) > 0 && holidays_.count(day) == 0;
  }

  [[nodiscard]] core::Micros Add(core::Micros start, int64_t days) const {
    const absl::CivilSecond shown = Shown(start);
    absl::CivilDay day(shown);
    core::Micros rest =
        start - start / core::kMicrosPerSecond * core::kMicrosPerSecond;
    int64_t time = shown - absl::CivilSecond(day);
    if (!Works(day)) {
      time = 0;
      rest = 0;
      while (!Works(day)) ++day;
    }
    for (; days > 0; --days) {
      do {
        ++day;
      } while (!Works(day));
    }
    const absl::CivilSecond target = absl::CivilSecond(day) + time;
    const core::Micros first = First(target);
    return Shown(first) == target ? first + rest : first;
  }

  [[nodiscard]] int64_t Between(absl::CivilDay from, absl::CivilDay to) const {
    int64_t days = 0;
    while (from < to) days += static_cast<int64_t>(Works(++from));
    return days;
  }

 private:
  const absl::TimeZone zone_;
  std::set<int> weekdays_;
  std::set<absl::CivilDay> holidays_;
};

class RandomCalendarTest : public ::testing::Test {
 protected:
  int64_t Pick(int64_t end) {
    return std::uniform_int_distribution<int64_t>(0, end - 1)(random_);
  }

  v1::CalendarRules RandomRules() {
    v1::CalendarRules rules;
    for (int day = 1; day <= 7; ++day) {
      if (Pick(3) > 0) rules.add_working_days(static_cast<v1::Weekday>(day));
    }
    const absl::CivilDay begin(2004, 1, 1);
    // Some calendars have long holidays.
    std::set<std::string> holidays;
    for (int64_t i = Pick(200); i > 0; --i) {
      const absl::CivilDay first = begin + Pick(12 * 365);
      for (int64_t k = Pick(8); k >= 0; --k) {
        holidays.insert(absl::FormatCivilTime(first + k));
      }
    }
    for (const std::string& day : holidays) rules.add_holidays(day);
    return rules;
  }

  std::mt19937 random_{testing::TestSeed(20261122)};
};

// Half an hour, midnight, a day that was skipped, changes by 20 minutes and at
// one minute past midnight.
const char* const kZones[] = {
    "UTC",           "Europe/Berlin",     "America/New_York",
    "Asia/Kolkata",  "America/Sao_Paulo", "Australia/Lord_Howe",
    "Pacific/Apia",  "Africa/Casablanca", "America/St_Johns",
    "Asia/Kathmandu"};

TEST_F(RandomCalendarTest, AgreesWithCountingOverTenYears) {
  const core::Micros begin = At("2005-01-01T00:00:00Z");
  const core::Micros end = At("2015-01-01T00:00:00Z");
  for (const char* name : kZones) {
    for (int i = 0; i < 4; ++i) {
      const v1::CalendarRules rules = RandomRules();
      const Calendar calendar(Zone(name), rules);
      const BruteCalendar brute(Zone(name), rules);
      for (int k = 0; k < 60; ++k) {
        // Mostly whole hours, where clocks change.
        core::Micros start = begin + Pick(end - begin);
        if (Pick(3) > 0) start -= start % (30 * kMinute);
        const int64_t days = Pick(4) == 0 ? Pick(600) : Pick(8);
        ASSERT_EQ(calendar.AddWorkingDays(start, days), brute.Add(start, days))
            << name << " " << absl::FromUnixMicros(start) << " + " << days
            << ", calendar " << i;
        const absl::CivilDay from = calendar.DayOf(start);
        const absl::CivilDay to = from + Pick(900);
        ASSERT_EQ(from, absl::CivilDay(brute.Shown(start)));
        ASSERT_EQ(calendar.WorkingDaysBetween(from, to),
                  brute.Between(from, to))
            << name << " " << from << " " << to << ", calendar " << i;
        ASSERT_EQ(calendar.IsWorkingDay(to), brute.Works(to)) << to;
        ASSERT_EQ(calendar.BeginOf(to), brute.First(absl::CivilSecond(to)))
            << name << " " << to;
      }
    }
  }
}

TEST_F(RandomCalendarTest, EveryChangeOfClocksAgreesWithCounting) {
  const v1::CalendarRules every_day = [] {
    v1::CalendarRules rules;
    for (int day = 1; day <= 7; ++day) {
      rules.add_working_days(static_cast<v1::Weekday>(day));
    }
    return rules;
  }();
  int changes = 0;
  for (const char* name : kZones) {
    const absl::TimeZone zone = Zone(name);
    const Calendar calendar(zone, every_day);
    const BruteCalendar brute(zone, every_day);
    absl::TimeZone::CivilTransition change;
    absl::Time at = absl::FromUnixMicros(At("2008-01-01T00:00:00Z"));
    while (zone.NextTransition(at, &change) &&
           change.from < absl::CivilSecond(2013, 1, 1)) {
      const absl::TimeZone::TimeInfo to = zone.At(change.to);
      at = to.kind == absl::TimeZone::TimeInfo::UNIQUE ? to.pre : to.trans;
      ++changes;
      // From the same time of day, some days before.
      for (int64_t minutes = -150; minutes <= 150; minutes += 30) {
        const core::Micros start = absl::ToUnixMicros(at) -
                                   3 * core::kMicrosPerDay + minutes * kMinute +
                                   1;
        ASSERT_EQ(calendar.AddWorkingDays(start, 3), brute.Add(start, 3))
            << name << " " << absl::FromUnixMicros(start);
      }
    }
  }
  EXPECT_GT(changes, 50);
}

struct Case {
  const char* desc;
  const char* start;
  int count;
  const char* expected;
};

TEST(CalendarTest, BusinessDaysInBerlin) {
  v1::CalendarRules rules;
  rules.add_holidays("2025-12-25");
  rules.add_holidays("2025-12-26");
  // On a Saturday.
  rules.add_holidays("2025-12-27");
  const Calendar calendar(Zone("Europe/Berlin"), rules);
  const Case cases[] = {
      {"none", "2025-03-03T09:30:00+01:00", 0, "2025-03-03T09:30:00+01:00"},
      {"within a week", "2025-03-03T09:30:00.5+01:00", 3,
       "2025-03-06T09:30:00.5+01:00"},
      {"over a weekend", "2025-03-07T23:59:59+01:00", 1,
       "2025-03-10T23:59:59+01:00"},
      {"from a Saturday", "2025-03-08T15:00:00+01:00", 1,
       "2025-03-11T00:00:00+01:00"},
      {"from a Sunday, none", "2025-03-09T15:00:00+01:00", 0,
       "2025-03-10T00:00:00+01:00"},
      {"over holidays", "2025-12-23T12:00:00+01:00", 2,
       "2025-12-29T12:00:00+01:00"},
      {"from a holiday", "2025-12-25T12:00:00+01:00", 1,
       "2025-12-30T00:00:00+01:00"},
      {"into summer time", "2025-03-28T02:30:00+01:00", 1,
       "2025-03-31T02:30:00+02:00"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(calendar.AddWorkingDays(At(c.start), c.count), At(c.expected))
        << c.desc;
  }
}

TEST(CalendarTest, AnHourThatIsSkippedOrShownTwice) {
  v1::CalendarRules rules;
  rules.add_working_days(v1::WEEKDAY_SUNDAY);
  const Calendar calendar(Zone("Europe/Berlin"), rules);
  EXPECT_EQ(calendar.AddWorkingDays(At("2025-03-23T02:30:00.25+01:00"), 1),
            At("2025-03-30T03:00:00+02:00"));
  EXPECT_EQ(calendar.AddWorkingDays(At("2025-10-19T02:30:00+02:00"), 1),
            At("2025-10-26T02:30:00+02:00"));
}

TEST(CalendarTest, MonthsKeepTheDayOrEndOnTheLastOne) {
  const Calendar calendar(Zone("Europe/Berlin"), {});
  const Case cases[] = {
      {"none", "2025-03-07T15:00:00.5+01:00", 0, "2025-03-07T15:00:00.5+01:00"},
      {"one", "2025-02-07T15:00:00.5+01:00", 1, "2025-03-07T15:00:00.5+01:00"},
      {"over the year's end", "2025-11-30T00:00:00+01:00", 14,
       "2027-01-30T00:00:00+01:00"},
      {"a shorter month", "2025-01-31T10:00:00+01:00", 1,
       "2025-02-28T10:00:00+01:00"},
      {"a leap year", "2023-08-31T10:00:00+02:00", 6,
       "2024-02-29T10:00:00+01:00"},
      {"a year after a leap day", "2024-02-29T10:00:00+01:00", 12,
       "2025-02-28T10:00:00+01:00"},
      {"the day is the tenant's", "2025-01-30T23:30:00Z", 1,
       "2025-02-28T00:30:00+01:00"},
      {"into summer time", "2025-02-28T12:00:00+01:00", 2,
       "2025-04-28T12:00:00+02:00"},
      {"before the hour that is skipped", "2025-02-28T02:30:00.25+01:00", 1,
       "2025-03-28T02:30:00.25+01:00"},
      {"an hour that is skipped", "2025-01-30T02:30:00.25+01:00", 2,
       "2025-03-30T03:00:00+02:00"},
      {"an hour that is shown twice", "2025-09-26T02:30:00+02:00", 1,
       "2025-10-26T02:30:00+02:00"},
      {"ten years", "2025-01-31T10:00:00+01:00", 120,
       "2035-01-31T10:00:00+01:00"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(calendar.AddMonths(At(c.start), c.count), At(c.expected))
        << c.desc;
  }
}

TEST_F(RandomCalendarTest, MonthsAfterAnInstant) {
  for (const char* const zone : kZones) {
    const Calendar calendar(Zone(zone), {});
    const BruteCalendar brute(Zone(zone), {});
    for (int i = 0; i < 40; ++i) {
      core::Micros start =
          At("2005-01-01T00:00:00Z") + Pick(15 * 365 * core::kMicrosPerDay);
      if (Pick(3) > 0) start -= start % (30 * kMinute);
      const int months = static_cast<int>(Pick(30));
      const absl::CivilSecond shown = brute.Shown(start);
      const absl::CivilMonth month = absl::CivilMonth(shown) + months;
      absl::CivilDay day(month);
      // The same number, as far as the month goes.
      for (int number = 1; number < shown.day(); ++number) {
        if (absl::CivilMonth(day + 1) == month) ++day;
      }
      const absl::CivilSecond target(day.year(), day.month(), day.day(),
                                     shown.hour(), shown.minute(),
                                     shown.second());
      const core::Micros first = brute.First(target);
      const core::Micros rest =
          brute.Shown(first) == target ? start % core::kMicrosPerSecond : 0;
      EXPECT_EQ(calendar.AddMonths(start, months), first + rest)
          << zone << " " << start << " " << months;
    }
  }
}

TEST(CalendarTest, WithoutRulesMondayToFriday) {
  const Calendar calendar(absl::UTCTimeZone(), {});
  EXPECT_TRUE(calendar.IsWorkingDay(Day("2025-03-07")));
  EXPECT_FALSE(calendar.IsWorkingDay(Day("2025-03-08")));
  EXPECT_FALSE(calendar.IsWorkingDay(Day("2025-03-09")));
  EXPECT_EQ(calendar.WorkingDaysBetween(Day("2025-03-07"), Day("2025-03-10")),
            1);
  EXPECT_EQ(calendar.WorkingDaysBetween(Day("2025-03-07"), Day("2025-03-07")),
            0);
}

}  // namespace
}  // namespace journey::projections
