// The checks of one touchpoint; see validate.h.
#ifndef SERVICE_CORE_VALIDATE_TOUCHPOINT_H_
#define SERVICE_CORE_VALIDATE_TOUCHPOINT_H_

#include <cstddef>

#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"
#include "service/core/field_checker.h"

namespace journey::core {

// Checks a touchpoint against touchpoint.proto and limits.h. `at` is the
// touchpoint's place in the request, `now` bounds occurred_at. Returns its
// serialised size in bytes.
size_t CheckTouchpoint(const v1::Touchpoint& touchpoint, Micros now,
                       const FieldChecker& at);

// The part of it that depends on the kind.
void CheckPayload(const v1::Touchpoint& touchpoint, const FieldChecker& at);

}  // namespace journey::core

#endif  // SERVICE_CORE_VALIDATE_TOUCHPOINT_H_
