#include "cli/instants.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"

namespace journey::cli {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr double kSecondsMax = 315'576'000'000.0;

google::protobuf::Timestamp FromTime(absl::Time time) {
  return FromMicros(absl::ToUnixMicros(time));
}

// absl accepts `infinite-past`, years of any length and blanks around; data
// with those is broken.
bool LooksLikeDate(absl::string_view text) {
  return text.size() >= 10 && text[4] == '-' && text[7] == '-' &&
         absl::ascii_isdigit(text[0]) && absl::ascii_isdigit(text[3]);
}

absl::StatusOr<absl::Duration> UnitOf(char unit) {
  switch (unit) {
    case 's':
      return absl::Seconds(1);
    case 'm':
      return absl::Minutes(1);
    case 'h':
      return absl::Hours(1);
    case 'd':
      return absl::Hours(24);
    case 'w':
      return absl::Hours(24 * 7);
    default:
      return absl::InvalidArgumentError("unknown unit");
  }
}

}  // namespace

int64_t ToMicros(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() * kMicrosPerSecond + timestamp.nanos() / 1000;
}

google::protobuf::Timestamp FromMicros(int64_t micros) {
  int64_t seconds = micros / kMicrosPerSecond;
  int64_t rest = micros % kMicrosPerSecond;
  if (rest < 0) {
    rest += kMicrosPerSecond;
    --seconds;
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(rest * 1000));
  return timestamp;
}

absl::StatusOr<google::protobuf::Timestamp> ParseTimestamp(
    absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (LooksLikeDate(text)) {
    absl::Time time;
    std::string error;
    for (const absl::string_view format :
         {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S%Ez",
          "%Y-%m-%d%ET%H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M",
          "%Y-%m-%d%ET%H:%M", "%Y-%m-%d"}) {
      if (absl::ParseTime(format, text, &time, &error)) return FromTime(time);
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text,
                   "\" is no instant; write 2025-03-01T08:15:00Z, "
                   "2025-03-01 08:15:00 (UTC) or 2025-03-01 (midnight UTC)"));
}

absl::StatusOr<google::protobuf::Timestamp> ParseInstant(absl::string_view text,
                                                         int64_t now_micros) {
  text = absl::StripAsciiWhitespace(text);
  if (text == "now") return FromMicros(now_micros);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    if (const auto span = ParseSpan(text.substr(1)); span.ok()) {
      return FromTime(absl::FromUnixMicros(now_micros) +
                      (text[0] == '-' ? -*span : *span));
    }
  }
  auto instant = ParseTimestamp(text);
  if (instant.ok()) return instant;
  return absl::InvalidArgumentError(
      absl::StrCat(instant.status().message(), ", or relative such as -7d"));
}

absl::StatusOr<absl::Duration> ParseSpan(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  int32_t count = 0;
  if (text.size() >= 2 && absl::ascii_isdigit(text[0]) &&
      absl::SimpleAtoi(text.substr(0, text.size() - 1), &count)) {
    if (const auto unit = UnitOf(text.back()); unit.ok()) return count * *unit;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is no length of time; write 7d, 36h or 2w"));
}

absl::StatusOr<v1::Date> ParseDate(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  absl::CivilDay day;
  if (!LooksLikeDate(text) || text.size() != 10 ||
      !absl::ParseCivilTime(text, &day) || day.year() < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no day; write YYYY-MM-DD"));
  }
  v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::StatusOr<google::protobuf::Duration> ParseSeconds(
    absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  double seconds = 0;
  if (!absl::SimpleAtod(absl::StripSuffix(text, "s"), &seconds) ||
      !(std::abs(seconds) <= kSecondsMax)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is no duration; write seconds, for example 90"));
  }
  const int64_t micros = std::llround(seconds * kMicrosPerSecond);
  google::protobuf::Duration duration;
  duration.set_seconds(micros / kMicrosPerSecond);
  duration.set_nanos(static_cast<int32_t>(micros % kMicrosPerSecond * 1000));
  return duration;
}

absl::StatusOr<absl::Duration> ParseTimeout(absl::string_view text) {
  double seconds = 0;
  absl::Duration timeout;
  if (absl::SimpleAtod(text, &seconds)) {
    timeout = absl::Seconds(seconds);
  } else if (!absl::ParseDuration(text, &timeout)) {
    timeout = absl::ZeroDuration();
  }
  if (timeout <= absl::ZeroDuration() || timeout > absl::Hours(24)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text,
                     "\" is no time limit; write 30, 30s, 500ms or 2m, at "
                     "most 24h"));
  }
  return timeout;
}

std::string Rfc3339(const google::protobuf::Timestamp& instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ",
                          absl::FromUnixMicros(ToMicros(instant)),
                          absl::UTCTimeZone());
}

std::string ShortInstant(const google::protobuf::Timestamp& instant, bool set) {
  if (!set) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M",
                          absl::FromUnixMicros(ToMicros(instant)),
                          absl::UTCTimeZone());
}

std::string FormatDate(const v1::Date& date) {
  if (date.year() == 0) return "";
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

std::string ShortDuration(int64_t micros) {
  const int64_t seconds = micros / kMicrosPerSecond;
  const int64_t size = seconds < 0 ? -seconds : seconds;
  if (size >= 86'400) return absl::StrCat(seconds / 86'400, "d");
  if (size >= 3'600) return absl::StrCat(seconds / 3'600, "h");
  if (size >= 60) return absl::StrCat(seconds / 60, "m");
  return absl::StrCat(seconds, "s");
}

}  // namespace journey::cli
