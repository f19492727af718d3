// Conversion between instants inside the service and in messages.
#ifndef SERVICE_CORE_TIME_H_
#define SERVICE_CORE_TIME_H_

#include <string>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "service/core/clock.h"

namespace journey::core {

// Drops what is finer than a microsecond, towards the past.
[[nodiscard]] Micros ToMicros(const google::protobuf::Timestamp& timestamp);

[[nodiscard]] google::protobuf::Timestamp ToTimestamp(Micros instant);

[[nodiscard]] google::protobuf::Duration ToDuration(Micros length);

// RFC 3339 in UTC, with as many digits of the second as needed.
[[nodiscard]] std::string FormatInstant(Micros instant);

}  // namespace journey::core

#endif  // SERVICE_CORE_TIME_H_
