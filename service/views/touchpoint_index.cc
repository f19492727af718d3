#include "service/views/touchpoint_index.h"

#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

// How many touchpoints a refold reads at a time.
constexpr size_t kReadChunk = 1000;

// Adds the rows under one subject for which `wanted` holds.
absl::Status Collect(const IndexSource& source, absl::string_view tenant_id,
                     const core::SubjectRef& subject, core::Micros until,
                     absl::FunctionRef<bool(const TouchpointRow&)> wanted,
                     std::vector<TouchpointRow>& out) {
  return source.ScanTouchpoints(SubjectKey(tenant_id, subject),
                                [&](const TouchpointRow& row) {
                                  if (row.occurred_at > until) return false;
                                  if (wanted(row)) out.push_back(row);
                                  return true;
                                });
}

absl::Status CollectDeal(const IndexSource& source, absl::string_view tenant_id,
                         absl::string_view deal_id, core::Micros until,
                         std::vector<TouchpointRow>& out) {
  return Collect(
      source, tenant_id, {v1::SUBJECT_TYPE_DEAL, deal_id}, until,
      [](const TouchpointRow&) { return true; }, out);
}

}  // namespace

absl::StatusOr<std::vector<TouchpointRow>> TouchpointsOfDeal(
    const IndexSource& source, absl::string_view tenant_id,
    absl::string_view deal_id) {
  std::vector<TouchpointRow> out;
  const absl::Status status =
      CollectDeal(source, tenant_id, deal_id, core::kNever, out);
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<std::vector<std::string>> DealsOfJourney(
    const IndexSource& source, absl::string_view tenant_id,
    const v1::Subject& journey) {
  std::vector<std::string> out;
  const absl::Status status =
      source.ScanLists(HomePrefix(tenant_id, journey),
                       [&](absl::string_view deal_id, absl::string_view) {
                         out.emplace_back(deal_id);
                         return true;
                       });
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<std::vector<TouchpointRow>> TouchpointsOfJourney(
    const IndexSource& source, absl::string_view tenant_id,
    const v1::Subject& journey, core::Micros until) {
  std::vector<TouchpointRow> out;
  if (journey.type() != v1::SUBJECT_TYPE_DEAL) {
    const absl::Status status = Collect(
        source, tenant_id, core::RefOf(journey), until,
        [](const TouchpointRow& row) { return row.as_given && !row.has_deal; },
        out);
    if (!status.ok()) return status;
  }
  const auto deals = DealsOfJourney(source, tenant_id, journey);
  if (!deals.ok()) return deals.status();
  for (const std::string& deal_id : *deals) {
    const absl::Status status =
        CollectDeal(source, tenant_id, deal_id, until, out);
    if (!status.ok()) return status;
  }
  // What was collected is sorted but for the seams between subjects.
  if (!std::is_sorted(out.begin(), out.end())) {
    std::sort(out.begin(), out.end());
  }
  return out;
}

absl::StatusOr<std::vector<PlacedEvent>> ReadInOrder(
    const log::EventLog& log, absl::string_view tenant_id,
    const std::vector<TouchpointRow>& rows, size_t begin, size_t end) {
  std::vector<int64_t> positions;
  positions.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) positions.push_back(rows[i].position);
  auto events = log.ReadPositions(tenant_id, positions);
  if (!events.ok()) return events.status();
  std::vector<PlacedEvent> out;
  out.reserve(events->size());
  for (size_t i = begin; i < end; ++i) {
    out.push_back({rows[i], std::move((*events)[i - begin])});
  }
  const auto in_order = [](const PlacedEvent& a, const PlacedEvent& b) {
    return core::OrderKeyOf(*a.event.touchpoint) <
           core::OrderKeyOf(*b.event.touchpoint);
  };
  if (!std::is_sorted(out.begin(), out.end(), in_order)) {
    std::sort(out.begin(), out.end(), in_order);
  }
  return out;
}

size_t ChunkEnd(const std::vector<TouchpointRow>& rows, size_t begin,
                size_t size) {
  size_t end = std::min(rows.size(), begin + size);
  while (end > begin && end < rows.size() &&
         rows[end].occurred_at == rows[end - 1].occurred_at) {
    ++end;
  }
  return end;
}

absl::StatusOr<projections::JourneyFold> Refold(
    const projections::Rules& rules, const log::EventLog& log,
    absl::string_view tenant_id, const v1::Subject& journey,
    std::vector<TouchpointRow> rows, google::protobuf::Arena* arena) {
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [](const TouchpointRow& row) {
                              return row.retraction_position != 0;
                            }),
             rows.end());
  projections::JourneyFold fold(journey, arena);
  for (size_t begin = 0; begin < rows.size();) {
    const size_t end = ChunkEnd(rows, begin, kReadChunk);
    const auto placed = ReadInOrder(log, tenant_id, rows, begin, end);
    if (!placed.ok()) return placed.status();
    for (const PlacedEvent& each : *placed) {
      projections::Evolve(rules, *each.event.touchpoint, fold);
    }
    begin = end;
  }
  return fold;
}

}  // namespace journey::views
