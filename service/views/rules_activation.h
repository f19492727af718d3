// When the rules that are used took the place of others. Kept in a small file
// beside the views: the views are destroyed to be made anew by other rules, and
// a process that ends meanwhile must not forget that what is old was never to
// be announced.
#ifndef SERVICE_VIEWS_RULES_ACTIVATION_H_
#define SERVICE_VIEWS_RULES_ACTIVATION_H_

#include "absl/status/statusor.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/clock.h"
#include "service/views/views.h"

namespace journey::views {

// Decides when the rules of the options were activated, and writes it down
// durably where that is not done yet; 0 where no others were there before.
// `checkpoint` is that of the views as they are; null where they cannot be
// read.
absl::StatusOr<core::Micros> KeepRulesActivation(
    const ViewsOptions& options, const storage::v1::Checkpoint* checkpoint);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_RULES_ACTIVATION_H_
