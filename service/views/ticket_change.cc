#include "service/views/ticket_change.h"

#include <algorithm>
#include <utility>

#include "projections/journey_fold.h"
#include "projections/ticket/ticket.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/lists.h"
#include "service/views/put_lists.h"
#include "service/views/touchpoint_index.h"

namespace journey::views {

using storage::v1::TicketState;

void TicketChange::Add(const v1::Touchpoint& touchpoint,
                       const TouchpointRow& row) {
  const std::string& ticket_id = touchpoint.ticket().ticket_id();
  update_.PutTouchpoint(TicketKey(tenant_id_, ticket_id), row);
  Entry& entry = tickets_[ticket_id];
  if (IsRetracted(row)) {
    entry.is_retracted = true;
  } else {
    entry.pending.push_back(&touchpoint);
  }
}

absl::Status TicketChange::Run() {
  absl::Status status = Load();
  for (auto& [ticket_id, entry] : tickets_) {
    if (!status.ok()) return status;
    const ListEntries before = ListsOfTicket(tenant_id_, entry.record.ticket());
    status = Fold(ticket_id, entry);
    const ListEntries after = ListsOfTicket(tenant_id_, entry.record.ticket());
    count_change_ += static_cast<int64_t>(!after.empty()) -
                     static_cast<int64_t>(!before.empty());
    PutLists(before, after, update_);
    update_.Put(Family::kSubjects, TicketKey(tenant_id_, ticket_id),
                entry.record.SerializeAsString());
  }
  return status;
}

absl::Status TicketChange::Load() {
  std::vector<Entry*> entries;
  std::vector<std::string> keys;
  for (auto& [ticket_id, entry] : tickets_) {
    entries.push_back(&entry);
    keys.push_back(TicketKey(tenant_id_, ticket_id));
  }
  return update_.MultiGet(Family::kSubjects, keys,
                          [&](size_t i, absl::string_view value) {
                            return Parse(value, entries[i]->record);
                          });
}

absl::Status TicketChange::Fold(const std::string& ticket_id,
                                Entry& entry) const {
  auto& pending = entry.pending;
  std::sort(pending.begin(), pending.end(), [](const auto* a, const auto* b) {
    return core::OrderKeyOf(*a) < core::OrderKeyOf(*b);
  });
  TicketState& ticket = *entry.record.mutable_ticket();
  const bool is_late =
      ticket.touchpoint_count() > 0 && !pending.empty() &&
      projections::Before(projections::MomentOf(*pending.front()),
                          ticket.newest());
  if (entry.is_retracted || is_late) return FoldAgain(ticket_id, ticket);
  for (const v1::Touchpoint* touchpoint : pending) {
    projections::ApplyToTicket(*touchpoint, ticket);
  }
  return absl::OkStatus();
}

absl::Status TicketChange::FoldAgain(const std::string& ticket_id,
                                     TicketState& ticket) const {
  ticket.Clear();
  auto rows = TouchpointsOfTicket(update_, tenant_id_, ticket_id, core::kNever);
  if (!rows.ok()) return rows.status();
  OrderedReader reader(log_, tenant_id_, *std::move(rows), 0,
                       /*falling=*/false);
  while (true) {
    const auto chunk = reader.Next(kOrderedReadMax);
    if (!chunk.ok()) return chunk.status();
    if (chunk->empty()) return absl::OkStatus();
    for (const PlacedEvent& placed : *chunk) {
      if (IsRetracted(placed.row)) continue;
      projections::ApplyToTicket(*placed.event.touchpoint, ticket);
    }
  }
}

}  // namespace journey::views
