// The index of touchpoints: which touchpoints make up a journey, and how they
// are read back in canonical order to fold it again.
#ifndef SERVICE_VIEWS_TOUCHPOINT_INDEX_H_
#define SERVICE_VIEWS_TOUCHPOINT_INDEX_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "projections/journey_fold.h"
#include "service/core/clock.h"
#include "service/log/event_log.h"
#include "service/views/index_source.h"
#include "service/views/touchpoint_row.h"

namespace journey::views {

// The touchpoints of a deal, by time and position. Retracted ones are
// included.
absl::StatusOr<std::vector<TouchpointRow>> TouchpointsOfDeal(
    const IndexSource& source, absl::string_view tenant_id,
    absl::string_view deal_id);

// Ids of the deals that belong to a journey.
absl::StatusOr<std::vector<std::string>> DealsOfJourney(
    const IndexSource& source, absl::string_view tenant_id,
    const v1::Subject& journey);

// The touchpoints of a journey that occurred by `until`, by time and position:
// those written to its subject without a deal, and all of its deals'.
// Retracted ones are included.
absl::StatusOr<std::vector<TouchpointRow>> TouchpointsOfJourney(
    const IndexSource& source, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros until);

// A touchpoint's row and its event.
struct PlacedEvent {
  TouchpointRow row;
  log::LogEvent event;
};

// Reads rows [begin, end) and brings their events into canonical order.
// Touchpoints of one instant must not be divided: see ChunkEnd.
absl::StatusOr<std::vector<PlacedEvent>> ReadInOrder(
    const log::EventLog& log, absl::string_view tenant_id,
    const std::vector<TouchpointRow>& rows, size_t begin, size_t end);

// The end of a chunk of about `size` rows from `begin` on that divides no
// instant. The rows rise or fall.
[[nodiscard]] size_t ChunkEnd(const std::vector<TouchpointRow>& rows,
                              size_t begin, size_t size);

// Folds a journey from its touchpoints, leaving out those retracted. `rows`
// are by time and position. `arena` is the fold's.
absl::StatusOr<projections::JourneyFold> Refold(
    const projections::Rules& rules, const log::EventLog& log,
    absl::string_view tenant_id, const v1::Subject& journey,
    std::vector<TouchpointRow> rows, google::protobuf::Arena* arena = nullptr);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TOUCHPOINT_INDEX_H_
