// The index of touchpoints: which touchpoints make up a journey, and how they
// are read back in canonical order to fold it again.
#ifndef SERVICE_VIEWS_TOUCHPOINT_INDEX_H_
#define SERVICE_VIEWS_TOUCHPOINT_INDEX_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
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

// Ids of the deals of a journey that touchpoints named from `from` on; others
// of its deals may be among them.
absl::StatusOr<std::vector<std::string>> DealsOfJourney(
    const IndexSource& source, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros from);

// Touchpoints of a journey.
struct JourneyRows {
  // By time and position; retracted ones are included.
  std::vector<TouchpointRow> rows;
  // The deals that they name; others may be among them.
  std::vector<std::string> deal_ids;
};

// The touchpoints of a journey that occurred from `from` on and by `until`:
// those without a deal written to its subject or to one linked to it then, and
// all of its deals'.
absl::StatusOr<JourneyRows> RowsOfJourney(const IndexSource& source,
                                          absl::string_view tenant_id,
                                          const v1::Subject& journey,
                                          core::Micros from,
                                          core::Micros until);
// The same without the deals.
absl::StatusOr<std::vector<TouchpointRow>> TouchpointsOfJourney(
    const IndexSource& source, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros from, core::Micros until);

// Those of a ticket that occurred by `until`.
absl::StatusOr<std::vector<TouchpointRow>> TouchpointsOfTicket(
    const IndexSource& source, absl::string_view tenant_id,
    absl::string_view ticket_id, core::Micros until);

// A touchpoint's row and its event.
struct PlacedEvent {
  TouchpointRow row;
  log::LogEvent event;
};

// Reads the events of rows in canonical order, a bounded number at a time.
// Not thread-safe.
class OrderedReader {
 public:
  // `rows` are by time and position, rising; from row `begin` on. `falling`:
  // both turned round. The log outlives the reader.
  OrderedReader(const log::EventLog& log, absl::string_view tenant_id,
                std::vector<TouchpointRow> rows, size_t begin, bool falling);

  // When the next event occurred; unset at the end.
  [[nodiscard]] std::optional<core::Micros> NextInstant() const {
    if (begin_ == rows_.size()) return std::nullopt;
    return rows_[begin_].occurred_at;
  }

  // About the next `size` events, at most twice kOrderedReadMax; none at the
  // end.
  absl::StatusOr<std::vector<PlacedEvent>> Next(size_t size);

 private:
  absl::StatusOr<size_t> ChunkEnd(size_t size);
  absl::Status SortInstant(size_t begin, size_t end);
  absl::StatusOr<std::vector<PlacedEvent>> Read(size_t begin, size_t end) const;

  const log::EventLog& log_;
  const std::string tenant_id_;
  std::vector<TouchpointRow> rows_;
  size_t begin_;
  const bool falling_;
  // Rows before it that are of one instant are in canonical order.
  size_t sorted_end_ = 0;
};

// Events that an OrderedReader reads at once.
inline constexpr size_t kOrderedReadMax = 1000;

// Folds a journey on by the touchpoints of `rows` that come after its newest
// one, and unless `before` is null before that one, leaving out those
// retracted. `rows` are by time and position. Ends with the error that
// `after_each` returns.
absl::Status FoldRows(
    const projections::Rules& rules, const log::EventLog& log,
    absl::string_view tenant_id, std::vector<TouchpointRow> rows,
    const storage::v1::Moment* before, projections::JourneyFold& fold,
    absl::FunctionRef<absl::Status(const v1::Touchpoint& touchpoint,
                                   projections::JourneyFold&)>
        after_each);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TOUCHPOINT_INDEX_H_
