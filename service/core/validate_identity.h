// Checks the requests of IdentityService that append; see validate.h.
#ifndef SERVICE_CORE_VALIDATE_IDENTITY_H_
#define SERVICE_CORE_VALIDATE_IDENTITY_H_

#include "absl/status/status.h"
#include "journey/v1/identity_service.pb.h"
#include "service/core/clock.h"

namespace journey::core {

// What passes makes a valid touchpoint of kind identity_link or account_merge.
// `now` bounds its time.
[[nodiscard]] absl::Status ValidateLink(const v1::LinkRequest& request,
                                        Micros now);
[[nodiscard]] absl::Status ValidateMerge(const v1::MergeRequest& request,
                                         Micros now);

[[nodiscard]] absl::Status ValidateUnlink(const v1::UnlinkRequest& request);
[[nodiscard]] absl::Status ValidateUnmerge(const v1::UnmergeRequest& request);

}  // namespace journey::core

#endif  // SERVICE_CORE_VALIDATE_IDENTITY_H_
