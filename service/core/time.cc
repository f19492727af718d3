#include "service/core/time.h"

#include "absl/time/time.h"

namespace journey::core {
namespace {

constexpr int kNanosPerMicro = 1000;

}  // namespace

Micros ToMicros(const google::protobuf::Timestamp& timestamp) {
  return timestamp.seconds() * kMicrosPerSecond +
         timestamp.nanos() / kNanosPerMicro;
}

google::protobuf::Timestamp ToTimestamp(Micros instant) {
  Micros seconds = instant / kMicrosPerSecond;
  Micros rest = instant % kMicrosPerSecond;
  if (rest < 0) {
    --seconds;
    rest += kMicrosPerSecond;
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int>(rest) * kNanosPerMicro);
  return timestamp;
}

google::protobuf::Duration ToDuration(Micros length) {
  google::protobuf::Duration duration;
  duration.set_seconds(length / kMicrosPerSecond);
  duration.set_nanos(static_cast<int>(length % kMicrosPerSecond) *
                     kNanosPerMicro);
  return duration;
}

std::string FormatInstant(Micros instant) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E*SZ",
                          absl::FromUnixMicros(instant), absl::UTCTimeZone());
}

}  // namespace journey::core
