// Snapshots inside long journeys: states from which a journey can be folded on
// when something late, retracted or asked for lies behind them, instead of from
// its first touchpoint.
#ifndef SERVICE_VIEWS_JOURNEY_SNAPSHOTS_H_
#define SERVICE_VIEWS_JOURNEY_SNAPSHOTS_H_

#include <optional>
#include <vector>

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

// Keeps the state, with all deals of the journey, and notes in it when the next
// one is due.
void PutSnapshot(absl::string_view tenant_id, int touchpoints,
                 storage::v1::JourneyState& journey,
                 const std::vector<const storage::v1::DealState*>& deals,
                 Update& update);

// Forgets those whose newest touchpoint occurred at `from` or later.
absl::Status DropSnapshots(absl::string_view tenant_id,
                           const v1::Subject& journey, core::Micros from,
                           Update& update);

// The newest one whose newest touchpoint occurred before `before`; without
// touchpoints where there is none.
absl::StatusOr<projections::JourneyFold> NewestSnapshot(
    const Snapshot& store, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros before);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_JOURNEY_SNAPSHOTS_H_
