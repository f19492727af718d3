// What the timers say is to be announced by now.
#ifndef SERVICE_VIEWS_DUE_SIGNALS_H_
#define SERVICE_VIEWS_DUE_SIGNALS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "service/core/clock.h"
#include "service/views/reader.h"
#include "service/views/views.h"

namespace journey::views {

// See Views::DueSignals. What was due so long before it could be known that
// nobody need be told is historical; `rules_activated` is when rules took the
// place of others, 0 where they did not.
absl::StatusOr<std::vector<DueSignalEvents>> CollectDueSignals(
    const QueryContext& context, core::Micros rules_activated, core::Micros now,
    int homes_max);

// When the first announcement was due that is still to be made by `now`: of one
// tenant, or of all where its id is empty. kNever where none is, or where
// kListEntriesScannedMax of other tenants are due before it.
absl::StatusOr<core::Micros> OldestDueSignal(const ViewStore& store,
                                             absl::string_view tenant_id,
                                             core::Micros now);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_DUE_SIGNALS_H_
