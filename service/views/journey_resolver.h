// Whose journey a touchpoint belongs to, by the links known now.
#ifndef SERVICE_VIEWS_JOURNEY_RESOLVER_H_
#define SERVICE_VIEWS_JOURNEY_RESOLVER_H_

#include <string>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "service/core/clock.h"
#include "service/core/touchpoint.h"
#include "service/views/index_source.h"

namespace journey::views {

// Remembers what it reads. The source outlives it, and does not change.
// Not thread-safe.
class JourneyResolver {
 public:
  JourneyResolver(const IndexSource& source, absl::string_view tenant_id)
      : source_(source), tenant_id_(tenant_id) {}

  // The journey of what is written to `subject` and occurred at `instant`.
  absl::StatusOr<v1::Subject> JourneyOf(const v1::Subject& subject,
                                        core::Micros instant);

  // The subjects of which some touchpoints may belong to the journey; none for
  // one that always belongs to another journey.
  absl::StatusOr<std::vector<v1::Subject>> MembersOf(
      const v1::Subject& journey);

  // The ids of all accounts that are the same as this one, itself included,
  // sorted.
  absl::StatusOr<std::vector<std::string>> SameAccounts(
      const std::string& account_id);

  // Stays valid as long as the resolver.
  absl::StatusOr<const storage::v1::IdentityState*> IdentityOf(
      const core::SubjectRef& subject);

 private:
  // True for a subject that is never a journey of its own.
  absl::StatusOr<bool> LeadsOn(const v1::Subject& subject);
  absl::Status AddLinked(const core::SubjectRef& wide,
                         std::vector<v1::Subject>& members);

  const IndexSource& source_;
  const std::string tenant_id_;
  // By the subject's key.
  absl::node_hash_map<std::string, storage::v1::IdentityState> known_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_JOURNEY_RESOLVER_H_
