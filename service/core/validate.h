// Checks requests before anything else sees them. Nothing that fails here is
// stored; each mistake is named by its field.
#ifndef SERVICE_CORE_VALIDATE_H_
#define SERVICE_CORE_VALIDATE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "service/core/clock.h"
#include "service/core/errors.h"
#include "service/core/sender_clocks.h"

namespace journey::core {

// Checks every field of an append against touchpoint.proto and limits.h.
// `now` bounds occurred_at as `clocks` correct it. Unknown fields, and payloads
// of newer clients, are accepted; unknown values of enums are not.
[[nodiscard]] absl::Status ValidateAppend(const v1::AppendRequest& request,
                                          Micros now,
                                          const SenderClocks& clocks);

[[nodiscard]] absl::Status ValidateRetract(const v1::RetractRequest& request);

// The replacement is checked as in an append.
[[nodiscard]] absl::Status ValidateAmend(const v1::AmendRequest& request,
                                         Micros now,
                                         const SenderClocks& clocks);

[[nodiscard]] absl::Status ValidateRead(const v1::ReadRequest& request);

[[nodiscard]] absl::Status ValidateSubscribe(
    const v1::SubscribeRequest& request);

// Parts of query requests.
void CheckTenant(absl::string_view tenant_id, Violations& violations);
void CheckSubject(const v1::Subject& subject, absl::string_view field,
                  Violations& violations);
// An optional id or text: at most `bytes_max` bytes of valid UTF-8.
void CheckText(absl::string_view value, size_t bytes_max,
               absl::string_view field, Violations& violations);
// A well-formed instant between the years 1970 and 9999.
void CheckInstant(const google::protobuf::Timestamp& instant,
                  absl::string_view field, Violations& violations);
// 0 to kPageSizeMax.
void CheckPageSize(int page_size, Violations& violations);
// At most kPageTokenBytesMax.
void CheckPageToken(absl::string_view token, Violations& violations);

}  // namespace journey::core

#endif  // SERVICE_CORE_VALIDATE_H_
