#include "service/views/tenant_change.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "service/views/id_entry.h"
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

TenantChange::TenantChange(const Snapshot& snapshot, const log::EventLog& log,
                           const projections::Rules& rules,
                           std::string tenant_id, ChangeSet& changes)
    : snapshot_(snapshot),
      log_(log),
      rules_(rules),
      tenant_id_(std::move(tenant_id)),
      changes_(changes) {}

void TenantChange::Add(const log::TenantEvents& events) {
  parts_.push_back(&events);
}

absl::Status TenantChange::Run() {
  std::string value;
  const auto known =
      snapshot_.Get(Family::kDefault, TenantKey(tenant_id_), value);
  if (!known.ok()) return known.status();
  is_new_tenant_ = !*known;
  absl::Status status = *known ? Parse(value, tenant_) : absl::OkStatus();
  if (status.ok()) status = LoadNamedDeals();
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
  PutHomes();
  PutDeals();
  PutSubjects();
  changes_.Put(Family::kDefault, TenantKey(tenant_id_),
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
  if (event.retracted_on_arrival) {
    const auto retraction = WaitingRetraction(touchpoint);
    if (!retraction.ok()) return retraction.status();
    id.retraction_position = *retraction;
  }
  changes_.Put(
      Family::kIds,
      IdKey(tenant_id_, touchpoint.source(), touchpoint.touchpoint_id()),
      EncodeId(id));
  PutEntries(touchpoint, id.position, id.retraction_position);
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
    const v1::Touchpoint& touchpoint) {
  const std::string key =
      IdKey(tenant_id_, touchpoint.source(), touchpoint.touchpoint_id());
  std::string value;
  for (const Change& change : changes_.changes()) {
    if (change.family == Family::kIds && change.key == key) {
      value = *change.value;
    }
  }
  if (value.empty()) {
    const auto found = snapshot_.Get(Family::kIds, key, value);
    if (!found.ok()) return found.status();
  }
  const auto entry = DecodeId(value);
  if (!entry.ok()) return entry.status();
  return entry->retraction_position;
}

absl::Status TenantChange::AddRetraction(const log::LogEvent& event) {
  const storage::v1::RetractionRecord& retraction = *event.retraction;
  const int64_t position = retraction.target_position();
  changes_.Put(
      Family::kIds,
      IdKey(tenant_id_, retraction.source(), retraction.touchpoint_id()),
      EncodeId({position, event.position}));
  if (position == 0) return absl::OkStatus();
  const auto target = log_.ReadPositions(tenant_id_, {position});
  if (!target.ok()) return target.status();
  targets_.push_back(target->front().touchpoint);
  const v1::Touchpoint& touchpoint = *targets_.back();
  PutEntries(touchpoint, position, event.position);
  const auto subject = core::SubjectOf(touchpoint);
  if (!subject.has_value()) return absl::OkStatus();
  if (!touchpoint.deal_id().empty()) {
    return RecomputeHome(touchpoint.deal_id());
  }
  EntryOf(*subject).refold = true;
  return absl::OkStatus();
}

void TenantChange::PutEntries(const v1::Touchpoint& touchpoint,
                              int64_t position, int64_t retraction_position) {
  const core::OrderKey order = core::OrderKeyOf(touchpoint);
  TouchpointEntry entry{position, retraction_position,
                        !touchpoint.deal_id().empty(), true};
  for (const v1::Subject& subject : core::SubjectsOf(touchpoint)) {
    const std::string subject_key = SubjectKey(tenant_id_, subject);
    changes_.PutTouchpoint(TouchpointKey(subject_key, order),
                           static_cast<uint32_t>(subject_key.size()),
                           EncodeEntry(entry));
    entry.as_given = false;
  }
}

absl::Status TenantChange::LoadNamedDeals() {
  absl::btree_set<std::string> deal_ids;
  for (const log::TenantEvents* part : parts_) {
    for (const log::LogEvent& event : part->events) {
      if (event.touchpoint != nullptr && !event.touchpoint->deal_id().empty()) {
        deal_ids.insert(event.touchpoint->deal_id());
      }
    }
  }
  return LoadDeals(deal_ids);
}

absl::Status TenantChange::LoadDeals(
    const absl::btree_set<std::string>& deal_ids) {
  std::vector<std::string> missing;
  std::vector<std::string> keys;
  for (const std::string& deal_id : deal_ids) {
    if (deals_.contains(deal_id)) continue;
    missing.push_back(deal_id);
    keys.push_back(DealKey(tenant_id_, deal_id));
  }
  if (keys.empty()) return absl::OkStatus();
  std::vector<std::string> values;
  std::vector<bool> found;
  absl::Status status = snapshot_.MultiGet(Family::kDeals, keys, values, found);
  for (size_t i = 0; i < keys.size() && status.ok(); ++i) {
    DealEntry& entry = deals_[missing[i]];
    entry.existed = found[i];
    if (found[i]) status = Parse(values[i], entry.record);
  }
  return status;
}

absl::StatusOr<TenantChange::DealEntry*> TenantChange::LoadDeal(
    const std::string& deal_id) {
  if (const absl::Status status = LoadDeals({deal_id}); !status.ok()) {
    return status;
  }
  return &deals_[deal_id];
}

// Finds the deal's journey, which the touchpoint may change, and lets the
// touchpoint wait there to be folded.
absl::Status TenantChange::RouteToDeal(const v1::Touchpoint& touchpoint) {
  const std::string& deal_id = touchpoint.deal_id();
  const auto deal = LoadDeal(deal_id);
  if (!deal.ok()) return deal.status();
  DealEntry& entry = **deal;
  const v1::Subject before = HomeOf(deal_id, entry.record);
  const bool is_first = !entry.existed && !entry.dirty;
  NoteHome(touchpoint, entry.record);
  entry.dirty = true;
  const v1::Subject after = HomeOf(deal_id, entry.record);
  if (is_first) {
    homes_[HomePrefix(tenant_id_, after) + deal_id] = "";
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
  const ScanPrefix scan = [this](Family family, const std::string& prefix,
                                 const Visitor& visit) {
    return ScanMerged(family, prefix, visit);
  };
  const auto touchpoints =
      TouchpointsOfDeal(scan, tenant_id_, deal_id, core::kNever);
  if (!touchpoints.ok()) return touchpoints.status();
  std::vector<int64_t> positions;
  for (const PlacedTouchpoint& touchpoint : *touchpoints) {
    if (touchpoint.retraction_position == 0) {
      positions.push_back(touchpoint.position);
    }
  }
  const auto events = log_.ReadPositions(tenant_id_, positions);
  if (!events.ok()) return events.status();
  DealRecord record;
  if ((*deal)->record.has_deal()) {
    *record.mutable_deal() = (*deal)->record.deal();
  }
  for (const log::LogEvent& event : *events) {
    NoteHome(*event.touchpoint, record);
  }
  const v1::Subject before = HomeOf(deal_id, (*deal)->record);
  const v1::Subject after = HomeOf(deal_id, record);
  (*deal)->record = std::move(record);
  (*deal)->dirty = true;
  if (!SameSubject(before, after)) MoveDeal(deal_id, before, after);
  EntryOf(after).refold = true;
  return absl::OkStatus();
}

void TenantChange::MoveDeal(const std::string& deal_id,
                            const v1::Subject& before,
                            const v1::Subject& after) {
  homes_[HomePrefix(tenant_id_, before) + deal_id] = std::nullopt;
  homes_[HomePrefix(tenant_id_, after) + deal_id] = "";
  EntryOf(before).refold = true;
  EntryOf(after).refold = true;
}

TenantChange::SubjectEntry& TenantChange::EntryOf(const v1::Subject& subject) {
  SubjectEntry& entry = subjects_[SubjectKey(tenant_id_, subject)];
  if (entry.subject.id().empty()) entry.subject = subject;
  return entry;
}

}  // namespace journey::views
