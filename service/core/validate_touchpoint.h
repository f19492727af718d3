// The checks of one touchpoint; see validate.h.
#ifndef SERVICE_CORE_VALIDATE_TOUCHPOINT_H_
#define SERVICE_CORE_VALIDATE_TOUCHPOINT_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"
#include "service/core/field_checker.h"
#include "service/core/sender_clocks.h"

namespace journey::core {

// Checks a touchpoint against touchpoint.proto and limits.h. `at` is the
// touchpoint's place in the request, `now` bounds occurred_at as `clocks`
// correct it. Returns its serialised size in bytes.
size_t CheckTouchpoint(const v1::Touchpoint& touchpoint, Micros now,
                       const SenderClocks& clocks, const FieldChecker& at);

// Checks the time at which something happened: required, from 1970 on and at
// most kFutureToleranceMicros after `now`.
void CheckHappened(absl::string_view name, bool is_set,
                   const google::protobuf::Timestamp& instant, Micros now,
                   const FieldChecker& at);

// The part of it that depends on the kind.
void CheckPayload(const v1::Touchpoint& touchpoint, const FieldChecker& at);

}  // namespace journey::core

#endif  // SERVICE_CORE_VALIDATE_TOUCHPOINT_H_
