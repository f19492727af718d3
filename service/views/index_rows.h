// What follows from the rows of the touchpoint index and the touchpoints
// themselves, where it is not kept or has to be made anew.
#ifndef SERVICE_VIEWS_INDEX_ROWS_H_
#define SERVICE_VIEWS_INDEX_ROWS_H_

#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/touchpoint.h"
#include "service/log/event_log.h"
#include "service/views/index_source.h"

namespace journey::views {

// A source and the log that it indexes, for one tenant. The log and the source
// outlive it.
struct IndexedLog {
  const IndexSource& source;
  const log::EventLog& log;
  absl::string_view tenant_id;
};

// Whom a contact or visitor belongs to, by the touchpoints that link it.
absl::StatusOr<storage::v1::IdentityState> LinksFromRows(
    const IndexedLog& index, const core::SubjectRef& narrow);

// The accounts that one is merged with directly, sorted.
absl::StatusOr<std::vector<std::string>> MergesFromRows(
    const IndexedLog& index, absl::string_view account_id);

// What decides the home of a deal: touchpoints that are not retracted. Of the
// contact nothing need be said where there is an account.
absl::StatusOr<storage::v1::DealRecord> HomeFromRows(const IndexedLog& index,
                                                     absl::string_view deal_id);

// The deals that touchpoints which name the subject also name, retracted or
// not.
absl::StatusOr<absl::btree_set<std::string>> DealsNamedWith(
    const IndexedLog& index, const core::SubjectRef& subject);

// Takes a touchpoint of a deal into account for its home.
void NoteHome(const v1::Touchpoint& touchpoint,
              storage::v1::DealRecord& record);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_INDEX_ROWS_H_
