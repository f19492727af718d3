// The index of touchpoints: every subject's touchpoints in canonical order,
// with their positions in the log. Journeys are folded again from it.
#ifndef SERVICE_VIEWS_TOUCHPOINT_INDEX_H_
#define SERVICE_VIEWS_TOUCHPOINT_INDEX_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "projections/journey_fold.h"
#include "service/core/clock.h"
#include "service/core/touchpoint.h"
#include "service/log/event_log.h"
#include "service/views/view_store.h"

namespace journey::views {

// The value of one entry of column family `touchpoints`.
struct TouchpointEntry {
  int64_t position = 0;
  // 0 unless the touchpoint is retracted.
  int64_t retraction_position = 0;
  // It names a deal, so it belongs to the deal's journey.
  bool has_deal = false;
  // The entry's subject is the one that the touchpoint is written to.
  bool as_given = false;
};

[[nodiscard]] std::string EncodeEntry(const TouchpointEntry& entry);
[[nodiscard]] absl::StatusOr<TouchpointEntry> DecodeEntry(
    absl::string_view value);

// A touchpoint of a journey and where to read it.
struct PlacedTouchpoint {
  core::OrderKey order;
  int64_t position = 0;
  int64_t retraction_position = 0;
};

// Visits the entries of `lists`, `default` or `touchpoints` whose keys begin
// with `prefix` (of `touchpoints`: a subject's key), in order, until the
// visitor returns false; `suffix` is the key without the prefix.
using Visitor =
    std::function<bool(absl::string_view suffix, absl::string_view value)>;
using ScanPrefix = std::function<absl::Status(
    Family family, const std::string& prefix, const Visitor& visit)>;

// Scans a snapshot.
[[nodiscard]] ScanPrefix ScanOf(const Snapshot& snapshot);

// The touchpoints of one subject that occurred by `until`, in canonical
// order.
absl::StatusOr<std::vector<PlacedTouchpoint>> TouchpointsOfDeal(
    const ScanPrefix& scan, absl::string_view tenant_id,
    absl::string_view deal_id, core::Micros until);

// Ids of the deals that belong to a journey.
absl::StatusOr<std::vector<std::string>> DealsOfJourney(
    const ScanPrefix& scan, absl::string_view tenant_id,
    const v1::Subject& journey);

// The touchpoints of a journey that occurred by `until`, in canonical order:
// those written to its subject without a deal, and all of its deals'.
// Retracted ones are included.
absl::StatusOr<std::vector<PlacedTouchpoint>> TouchpointsOfJourney(
    const ScanPrefix& scan, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros until);

// Folds a journey from its touchpoints, leaving out those retracted.
// `touchpoints` is in canonical order.
absl::StatusOr<projections::JourneyFold> Refold(
    const projections::Rules& rules, const log::EventLog& log,
    absl::string_view tenant_id, const v1::Subject& journey,
    const std::vector<PlacedTouchpoint>& touchpoints);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TOUCHPOINT_INDEX_H_
