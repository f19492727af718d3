// Snapshots inside long journeys: states from which a journey can be folded on
// when something late, retracted or asked for lies behind them, instead of from
// its first touchpoint.
#ifndef SERVICE_VIEWS_JOURNEY_SNAPSHOTS_H_
#define SERVICE_VIEWS_JOURNEY_SNAPSHOTS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "projections/journey_fold.h"
#include "service/core/clock.h"
#include "service/views/view_store.h"

namespace journey::views {

// True when the journey has grown enough since its last snapshot:
// `touchpoints`, or more where that one is large.
[[nodiscard]] bool IsSnapshotDue(const storage::v1::JourneyState& journey,
                                 int touchpoints);

// Keeps the state and notes in it when the next one is due. `deals` are those
// in `open_deals`, and those that were named or left out of it since the
// snapshot before; others may be among them. Only touchpoints that name it
// change a deal that is not in `open_deals`, so that it is kept once and not
// with every snapshot.
void PutSnapshot(absl::string_view tenant_id, int touchpoints,
                 storage::v1::JourneyState& journey,
                 const std::vector<const storage::v1::DealState*>& deals,
                 Update& update);

// Forgets those whose newest touchpoint occurred at `from` or later.
absl::Status DropSnapshots(absl::string_view tenant_id,
                           const v1::Subject& journey, core::Micros from,
                           Update& update);

// When the newest touchpoint of the newest one occurred; 0 where there is none.
absl::StatusOr<core::Micros> NewestSnapshotInstant(const Snapshot& store,
                                                   absl::string_view tenant_id,
                                                   const v1::Subject& journey);

// The newest one whose newest touchpoint occurred before `before`, with its
// open deals; without touchpoints where there is none.
absl::StatusOr<projections::JourneyFold> NewestSnapshot(
    const Snapshot& store, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros before);

// Adds to a fold that is a snapshot the wanted ones of its other deals.
absl::Status AddOtherDeals(
    const Snapshot& store, absl::string_view tenant_id,
    absl::FunctionRef<bool(const std::string& deal_id)> wanted,
    projections::JourneyFold& fold);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_JOURNEY_SNAPSHOTS_H_
