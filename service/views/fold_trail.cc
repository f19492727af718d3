#include "service/views/fold_trail.h"

#include <algorithm>
#include <utility>

#include "service/views/touchpoint_index.h"

namespace journey::views {

FoldTrail::FoldTrail(Reader& reader, const v1::Subject& journey,
                     std::vector<TouchpointRow> rows)
    : reader_(reader), journey_(journey), rows_(std::move(rows)) {
  rows_.erase(std::remove_if(rows_.begin(), rows_.end(), IsRetracted),
              rows_.end());
}

absl::StatusOr<projections::JourneyFold> FoldTrail::Before(
    const storage::v1::Moment& moment) {
  while (!kept_.empty() &&
         !projections::Before(kept_.back().state().newest(), moment)) {
    kept_.pop_back();
  }
  if (kept_.empty()) {
    auto start = reader_.FoldToGoOnFrom(journey_, moment.at_us());
    if (!start.ok()) return start.status();
    kept_.push_back(*std::move(start));
  }
  projections::JourneyFold fold = kept_.back().Copy();
  const auto first = std::partition_point(
      rows_.begin(), rows_.end(), [&](const TouchpointRow& row) {
        return row.occurred_at < fold.state().newest().at_us();
      });
  const auto last =
      std::partition_point(first, rows_.end(), [&](const TouchpointRow& row) {
        return row.occurred_at <= moment.at_us();
      });
  auto left = static_cast<size_t>(last - first);
  size_t keep_at = left / 2;
  const absl::Status status = reader_.FoldOn(
      {first, last}, &moment, fold, [&](const projections::JourneyFold& now) {
        --left;
        if (left != keep_at || left < kOrderedReadMax) return;
        kept_.push_back(now.Copy());
        keep_at /= 2;
      });
  if (!status.ok()) return status;
  return fold;
}

}  // namespace journey::views
