#include "service/views/tenant_change.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "service/core/identity.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "service/views/index_rows.h"
#include "service/views/keys.h"

namespace journey::views {

using storage::v1::DealRecord;

namespace {

bool Says(const v1::Touchpoint& touchpoint, const storage::v1::Moment& moment) {
  return moment.ref().touchpoint_id() == touchpoint.touchpoint_id() &&
         moment.ref().source() == touchpoint.source();
}

}  // namespace

TenantChange::TenantChange(const ChangeContext& context, std::string tenant_id)
    : context_(context),
      tenant_id_(std::move(tenant_id)),
      identity_(context.log, context.update, context.arena,
                context.newest_links, tenant_id_),
      tickets_(context.log, context.update, tenant_id_),
      before_(context.update, tenant_id_),
      after_(identity_, tenant_id_) {}

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
  if (status.ok()) status = identity_.Run();
  if (status.ok()) status = LoadSubjects();
  if (status.ok()) status = TakeIdentities();
  if (status.ok()) status = LoadLinked();
  if (status.ok()) status = RouteGiven();
  if (status.ok()) status = RouteDeals();
  if (status.ok()) status = RouteRetracted();
  if (status.ok()) status = LoadSubjects();
  if (status.ok()) status = LoadDealsToFold();
  for (auto& [key, entry] : subjects_) {
    if (status.ok()) status = entry.refold() ? FoldAgain(entry) : FoldOn(entry);
  }
  if (status.ok()) status = tickets_.Run();
  if (!status.ok()) return status;
  tenant_.set_ticket_count(tenant_.ticket_count() + tickets_.count_change());
  status = PutDeals();
  if (!status.ok()) return status;
  PutSubjects();
  context_.update.Put(Family::kDefault, TenantKey(tenant_id_),
                      tenant_.SerializeAsString());
  return absl::OkStatus();
}

absl::Status TenantChange::AddEvent(const log::LogEvent& event) {
  tenant_.set_head_position(event.position);
  received_ = std::max(received_, event.received_at);
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
  PutRows(event, id);
  tenant_.set_newest_occurred_us(std::max(
      tenant_.newest_occurred_us(), core::ToMicros(touchpoint.occurred_at())));
  const auto subject = core::SubjectOf(touchpoint);
  if (!subject.has_value()) return absl::OkStatus();
  SubjectEntry& given = EntryOf(*subject);
  ++given.versions_added;
  given.Receive(event.received_at);
  if (event.retracted_on_arrival) {
    return touchpoint.deal_id().empty()
               ? absl::OkStatus()
               : NameDeal(touchpoint, event.received_at).status();
  }
  identity_.Note(event);
  if (core::IsIdentityKind(touchpoint)) return absl::OkStatus();
  if (!touchpoint.deal_id().empty()) return AddToDeal(event);
  given.given.push_back(&touchpoint);
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
  retracted_.push_back({target->front(), event.received_at});
  PutRows(target->front(), id);
  identity_.NoteRetracted(target->front());
  const v1::Touchpoint& touchpoint = *retracted_.back().target.touchpoint;
  return touchpoint.deal_id().empty()
             ? absl::OkStatus()
             : RetractFromDeal(touchpoint, event.received_at);
}

void TenantChange::PutRows(const log::LogEvent& event, const log::IdEntry& id) {
  const v1::Touchpoint& touchpoint = *event.touchpoint;
  const auto links = log::LinksInForce(event);
  TouchpointRow row;
  row.occurred_at = core::ToMicros(touchpoint.occurred_at());
  row.position = id.position;
  row.retraction_position = id.retraction_position;
  row.has_deal = !touchpoint.deal_id().empty();
  if (touchpoint.has_ticket()) tickets_.Add(touchpoint, row);
  row.as_given = true;
  for (const core::SubjectRef& subject : core::SubjectsOf(touchpoint)) {
    row.links =
        std::any_of(links.begin(), links.end(), [&](const core::LinkRef& link) {
          return link.narrow == subject ||
                 (link.wide == subject && touchpoint.has_account_merge());
        });
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

absl::StatusOr<TenantChange::DealEntry*> TenantChange::NameDeal(
    const v1::Touchpoint& touchpoint, core::Micros received) {
  auto deal = LoadDeal(touchpoint.deal_id());
  if (!deal.ok()) return deal;
  DealEntry& entry = **deal;
  entry.received = std::max(entry.received, received);
  DealRecord& record = *entry.record;
  if (!entry.is_named) {
    entry.is_named = true;
    entry.dirty = true;
    entry.home_before = HomeOf(touchpoint.deal_id(), record);
    entry.newest_before = record.newest_us();
  }
  record.set_newest_us(
      std::max(record.newest_us(), core::ToMicros(touchpoint.occurred_at())));
  return deal;
}

absl::Status TenantChange::AddToDeal(const log::LogEvent& event) {
  const auto deal = NameDeal(*event.touchpoint, event.received_at);
  if (!deal.ok()) return deal.status();
  NoteHome(*event.touchpoint, *(*deal)->record);
  (*deal)->pending.push_back(event.touchpoint.get());
  return absl::OkStatus();
}

absl::Status TenantChange::RetractFromDeal(const v1::Touchpoint& touchpoint,
                                           core::Micros received) {
  const auto deal = NameDeal(touchpoint, received);
  if (!deal.ok()) return deal.status();
  DealEntry& entry = **deal;
  entry.refold_from =
      std::min(entry.refold_from, core::ToMicros(touchpoint.occurred_at()));
  entry.has_lost_home = entry.has_lost_home ||
                        Says(touchpoint, entry.record->account_moment()) ||
                        Says(touchpoint, entry.record->contact_moment());
  return absl::OkStatus();
}

TenantChange::SubjectEntry& TenantChange::EntryOf(
    const core::SubjectRef& subject) {
  SubjectEntry& entry = subjects_[SubjectKey(tenant_id_, subject)];
  if (entry.subject.id().empty()) entry.subject = core::ToSubject(subject);
  return entry;
}

}  // namespace journey::views
