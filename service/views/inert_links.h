// Which links bind nobody, because a bound of limits.h is reached.
#ifndef SERVICE_VIEWS_INERT_LINKS_H_
#define SERVICE_VIEWS_INERT_LINKS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/identity.h"
#include "service/views/full_set.h"
#include "service/views/view_store.h"

namespace journey::views {

// True where nothing more may be linked to a contact or account.
[[nodiscard]] bool HasAllLinked(v1::SubjectType type,
                                const storage::v1::IdentityState& identity);

// True for a link, or merge, that goes beyond a bound. `full_links` has the
// keys of all subjects to which nothing more may be linked, or that are shared.
[[nodiscard]] absl::StatusOr<bool> IsInertLink(const ViewStore& store,
                                               const FullSet& full_links,
                                               absl::string_view tenant_id,
                                               const core::LinkRef& link);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_INERT_LINKS_H_
