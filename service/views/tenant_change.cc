#include "service/views/tenant_change.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

using storage::v1::DealRecord;
using storage::v1::Moment;

bool SameSubject(const v1::Subject& a, const v1::Subject& b) {
  return a.type() == b.type() && a.id() == b.id();
}

// Keeps the newest moment and its id. True when the id changed.
bool KeepNewest(const std::string& id, const Moment& moment,
                Moment* newest_moment, std::string* newest_id) {
  if (id.empty()) return false;
  if (!newest_id->empty() && projections::Before(moment, *newest_moment)) {
    return false;
  }
  *newest_moment = moment;
  const bool changed = *newest_id != id;
  *newest_id = id;
  return changed;
}

void NoteHome(const v1::Touchpoint& touchpoint, DealRecord& record) {
  const Moment moment = projections::MomentOf(touchpoint);
  if (!touchpoint.account_id().empty()) {
    KeepNewest(touchpoint.account_id(), moment, record.mutable_account_moment(),
               record.mutable_account_id());
  }
  if (!touchpoint.contact_id().empty()) {
    KeepNewest(touchpoint.contact_id(), moment, record.mutable_contact_moment(),
               record.mutable_contact_id());
  }
}

}  // namespace

TenantChange::TenantChange(const ChangeContext& context, std::string tenant_id)
    : context_(context), tenant_id_(std::move(tenant_id)) {}

void TenantChange::Add(const log::TenantEvents& events) {
  parts_.push_back(&events);
}

absl::Status TenantChange::Run() {
  const auto known =
      context_.update.Get(Family::kDefault, TenantKey(tenant_id_), tenant_);
  if (!known.ok()) return known.status();
  is_new_tenant_ = !*known;
  absl::Status status = LoadNamedDeals();
  for (const log::TenantEvents* part : parts_) {
    for (const log::LogEvent& event : part->events) {
      if (status.ok()) status = AddEvent(event);
    }
    tenant_.set_chain(part->chain);
  }
  if (status.ok()) status = LoadSubjects();
  if (status.ok()) status = LoadDealsToFold();
  for (auto& [key, entry] : subjects_) {
    if (status.ok()) status = entry.refold ? FoldAgain(entry) : FoldOn(entry);
  }
  if (!status.ok()) return status;
  PutDeals();
  PutSubjects();
  context_.update.Put(Family::kDefault, TenantKey(tenant_id_),
                      tenant_.SerializeAsString());
  return absl::OkStatus();
}

absl::Status TenantChange::AddEvent(const log::LogEvent& event) {
  tenant_.set_head_position(event.position);
  return event.touchpoint != nullptr ? AddTouchpoint(event)
                                     : AddRetraction(event);
}

absl::Status TenantChange::AddTouchpoint(const log::LogEvent& event) {
  const v1::Touchpoint& touchpoint = *event.touchpoint;
  log::IdEntry id{event.position, 0};
  std::string id_key =
      IdKey(tenant_id_, touchpoint.source(), touchpoint.touchpoint_id());
  if (event.retracted_on_arrival) {
    const auto retraction = WaitingRetraction(id_key);
    if (!retraction.ok()) return retraction.status();
    id.retraction_position = *retraction;
  }
  context_.update.PutId(id_key, id);
  PutRows(touchpoint, id);
  tenant_.set_newest_occurred_us(std::max(
      tenant_.newest_occurred_us(), core::ToMicros(touchpoint.occurred_at())));
  const auto subject = core::SubjectOf(touchpoint);
  if (!subject.has_value()) return absl::OkStatus();
  SubjectEntry& given = EntryOf(*subject);
  ++given.versions_added;
  if (event.retracted_on_arrival) return absl::OkStatus();
  if (!touchpoint.deal_id().empty()) return RouteToDeal(touchpoint);
  given.pending.push_back(&touchpoint);
  return absl::OkStatus();
}

// The position of the retraction that came before its touchpoint.
absl::StatusOr<int64_t> TenantChange::WaitingRetraction(
    const std::string& id_key) const {
  std::vector<log::IdEntry> entries;
  const absl::Status status = context_.update.ReadIds({id_key}, entries);
  if (!status.ok()) return status;
  return entries.front().retraction_position;
}

absl::Status TenantChange::AddRetraction(const log::LogEvent& event) {
  const storage::v1::RetractionRecord& retraction = *event.retraction;
  const log::IdEntry id{retraction.target_position(), event.position};
  context_.update.PutId(
      IdKey(tenant_id_, retraction.source(), retraction.touchpoint_id()), id);
  if (id.position == 0) return absl::OkStatus();
  const auto target = context_.log.ReadPositions(tenant_id_, {id.position});
  if (!target.ok()) return target.status();
  targets_.push_back(target->front().touchpoint);
  const v1::Touchpoint& touchpoint = *targets_.back();
  PutRows(touchpoint, id);
  const auto subject = core::SubjectOf(touchpoint);
  if (!subject.has_value()) return absl::OkStatus();
  if (!touchpoint.deal_id().empty()) {
    return RecomputeHome(touchpoint.deal_id());
  }
  EntryOf(*subject).refold = true;
  return absl::OkStatus();
}

void TenantChange::PutRows(const v1::Touchpoint& touchpoint,
                           const log::IdEntry& id) {
  TouchpointRow row;
  row.occurred_at = core::ToMicros(touchpoint.occurred_at());
  row.position = id.position;
  row.retraction_position = id.retraction_position;
  row.has_deal = !touchpoint.deal_id().empty();
  row.as_given = true;
  for (const core::SubjectRef& subject : core::SubjectsOf(touchpoint)) {
    context_.update.PutTouchpoint(SubjectKey(tenant_id_, subject), row);
    row.as_given = false;
  }
}

absl::Status TenantChange::LoadNamedDeals() {
  std::vector<std::string> deal_ids;
  for (const log::TenantEvents* part : parts_) {
    for (const log::LogEvent& event : part->events) {
      if (event.touchpoint != nullptr && !event.touchpoint->deal_id().empty()) {
        deal_ids.push_back(event.touchpoint->deal_id());
      }
    }
  }
  return LoadDeals(deal_ids);
}

absl::Status TenantChange::LoadDeals(const std::vector<std::string>& deal_ids) {
  std::vector<DealEntry*> entries;
  std::vector<std::string> keys;
  for (const std::string& deal_id : deal_ids) {
    const auto [it, is_new] = deals_.try_emplace(deal_id);
    if (!is_new) continue;
    it->second.record =
        google::protobuf::Arena::CreateMessage<DealRecord>(&context_.arena);
    entries.push_back(&it->second);
    keys.push_back(DealKey(tenant_id_, deal_id));
  }
  return context_.update.MultiGet(Family::kDeals, keys,
                                  [&](size_t i, absl::string_view value) {
                                    entries[i]->existed = true;
                                    return Parse(value, *entries[i]->record);
                                  });
}

absl::StatusOr<TenantChange::DealEntry*> TenantChange::LoadDeal(
    const std::string& deal_id) {
  if (const absl::Status status = LoadDeals({deal_id}); !status.ok()) {
    return status;
  }
  return &deals_.find(deal_id)->second;
}

// Finds the deal's journey, which the touchpoint may change, and lets the
// touchpoint wait there to be folded.
absl::Status TenantChange::RouteToDeal(const v1::Touchpoint& touchpoint) {
  const std::string& deal_id = touchpoint.deal_id();
  const auto deal = LoadDeal(deal_id);
  if (!deal.ok()) return deal.status();
  DealEntry& entry = **deal;
  const v1::Subject before = HomeOf(deal_id, *entry.record);
  const bool is_first = !entry.existed && !entry.dirty;
  NoteHome(touchpoint, *entry.record);
  entry.dirty = true;
  const v1::Subject after = HomeOf(deal_id, *entry.record);
  if (is_first) {
    context_.update.Put(Family::kLists, HomePrefix(tenant_id_, after) + deal_id,
                        "");
  } else if (!SameSubject(before, after)) {
    MoveDeal(deal_id, before, after);
  }
  EntryOf(after).pending.push_back(&touchpoint);
  return absl::OkStatus();
}

// Finds the deal's journey from all of its touchpoints, after one of them was
// retracted.
absl::Status TenantChange::RecomputeHome(const std::string& deal_id) {
  const auto deal = LoadDeal(deal_id);
  if (!deal.ok()) return deal.status();
  auto rows = TouchpointsOfDeal(context_.update, tenant_id_, deal_id);
  if (!rows.ok()) return rows.status();
  DealRecord& record = *(*deal)->record;
  const v1::Subject before = HomeOf(deal_id, record);
  record.clear_account_moment();
  record.clear_account_id();
  record.clear_contact_moment();
  record.clear_contact_id();
  OrderedReader reader(context_.log, tenant_id_, *std::move(rows), 0,
                       /*falling=*/false);
  while (true) {
    const auto placed = reader.Next(kOrderedReadMax);
    if (!placed.ok()) return placed.status();
    if (placed->empty()) break;
    for (const PlacedEvent& each : *placed) {
      if (each.row.retraction_position != 0) continue;
      NoteHome(*each.event.touchpoint, record);
    }
  }
  const v1::Subject after = HomeOf(deal_id, record);
  (*deal)->dirty = true;
  if (!SameSubject(before, after)) MoveDeal(deal_id, before, after);
  EntryOf(after).refold = true;
  return absl::OkStatus();
}

void TenantChange::MoveDeal(const std::string& deal_id,
                            const v1::Subject& before,
                            const v1::Subject& after) {
  context_.update.Delete(Family::kLists,
                         HomePrefix(tenant_id_, before) + deal_id);
  context_.update.Put(Family::kLists, HomePrefix(tenant_id_, after) + deal_id,
                      "");
  EntryOf(before).refold = true;
  EntryOf(after).refold = true;
}

TenantChange::SubjectEntry& TenantChange::EntryOf(
    const core::SubjectRef& subject) {
  SubjectEntry& entry = subjects_[SubjectKey(tenant_id_, subject)];
  if (entry.subject.id().empty()) entry.subject = core::ToSubject(subject);
  return entry;
}

}  // namespace journey::views
