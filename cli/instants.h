// Instants, days and lengths of time as people write and read them.
#ifndef CLI_INSTANTS_H_
#define CLI_INSTANTS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "journey/v1/common.pb.h"

namespace journey::cli {

// An instant in data: RFC 3339, or `YYYY-MM-DD[ HH:MM[:SS]]` in UTC. Finer
// than a microsecond is dropped. INVALID_ARGUMENT says what is accepted.
[[nodiscard]] absl::StatusOr<google::protobuf::Timestamp> ParseTimestamp(
    absl::string_view text);

// An instant on the command line: as above, or `now`, or relative to now such
// as `-7d`, `-36h`, `+2w` (s, m, h, d, w).
[[nodiscard]] absl::StatusOr<google::protobuf::Timestamp> ParseInstant(
    absl::string_view text, int64_t now_micros);

// A length of time on the command line: `7d`, `36h`, `2w` (s, m, h, d, w).
[[nodiscard]] absl::StatusOr<absl::Duration> ParseSpan(absl::string_view text);

// `YYYY-MM-DD`.
[[nodiscard]] absl::StatusOr<v1::Date> ParseDate(absl::string_view text);

// Seconds, with a fraction if need be; `12s` is accepted as well.
[[nodiscard]] absl::StatusOr<google::protobuf::Duration> ParseSeconds(
    absl::string_view text);

// A time limit on the command line: `30`, `30s`, `2m`, `500ms`; above zero.
[[nodiscard]] absl::StatusOr<absl::Duration> ParseTimeout(
    absl::string_view text);

[[nodiscard]] int64_t ToMicros(const google::protobuf::Timestamp& timestamp);
[[nodiscard]] google::protobuf::Timestamp FromMicros(int64_t micros);

// RFC 3339 in UTC, with as many digits of the second as needed.
[[nodiscard]] std::string Rfc3339(const google::protobuf::Timestamp& instant);

// For tables: `2025-03-01 08:15`, UTC; empty when `set` is false.
[[nodiscard]] std::string ShortInstant(
    const google::protobuf::Timestamp& instant, bool set);

// For tables: `2025-03-01`; empty for an unset date.
[[nodiscard]] std::string FormatDate(const v1::Date& date);

// For tables: the largest whole unit, for example `12d`, `5h`, `40m`, `7s`.
[[nodiscard]] std::string ShortDuration(int64_t micros);

}  // namespace journey::cli

#endif  // CLI_INSTANTS_H_
