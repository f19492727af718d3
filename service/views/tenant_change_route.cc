// The second part of a tenant's change: to which journeys it belongs.
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/core/identity.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "service/views/index_rows.h"
#include "service/views/keys.h"
#include "service/views/tenant_change.h"

namespace journey::views {

// Marks the journeys that gain or lose touchpoints by a change of identities.
absl::Status TenantChange::TakeIdentities() {
  // By which events is not known; most batches were received at one instant.
  for (const auto& [key, changed] : identity_.changed()) {
    SubjectEntry& entry = EntryOf(changed.subject);
    entry.has_new_identity = true;
    entry.Receive(received_);
  }
  for (const auto& journey : identity_.journeys()) {
    SubjectEntry& entry = EntryOf(journey.subject);
    entry.RefoldFrom(journey.from);
    entry.Receive(received_);
  }
  if (absl::Status status = LoadSubjects(); !status.ok()) return status;
  for (const auto& [key, changed] : identity_.changed()) {
    *EntryOf(changed.subject).record->mutable_identity() = changed.identity;
  }
  return absl::OkStatus();
}

// Loads, many at a time, what routing will ask for: the subjects that others
// lead to, at most three steps away.
absl::Status TenantChange::LoadLinked() {
  constexpr int kStepsMax = 3;
  absl::Status status;
  for (int step = 0; step < kStepsMax && status.ok(); ++step) {
    std::vector<v1::Subject> wider;
    for (const auto& [key, entry] : subjects_) {
      const auto& identity = entry.record->identity();
      if (!identity.links().empty()) {
        wider.push_back(identity.links().rbegin()->target());
      }
      if (!identity.representative_id().empty()) {
        wider.push_back(core::ToSubject(
            {v1::SUBJECT_TYPE_ACCOUNT, identity.representative_id()}));
      }
    }
    for (const v1::Subject& subject : wider) EntryOf(subject);
    status = LoadSubjects();
  }
  return status;
}

// Lets what is written to a subject wait at its journey.
absl::Status TenantChange::RouteGiven() {
  std::vector<SubjectEntry*> elsewhere;
  for (auto& [key, entry] : subjects_) {
    if (entry.given.empty()) continue;
    const auto& identity = entry.record->identity();
    if (identity.links().empty() && identity.representative_id().empty()) {
      entry.pending = std::move(entry.given);
    } else {
      elsewhere.push_back(&entry);
    }
  }
  for (SubjectEntry* entry : elsewhere) {
    for (const v1::Touchpoint* touchpoint : entry->given) {
      const auto journey = after_.JourneyOf(
          entry->subject, core::ToMicros(touchpoint->occurred_at()));
      if (!journey.ok()) return journey.status();
      SubjectEntry& at = EntryOf(*journey);
      at.pending.push_back(touchpoint);
      at.Receive(entry->received);
    }
  }
  return absl::OkStatus();
}

absl::Status TenantChange::RouteDeals() {
  absl::Status status;
  for (auto& [deal_id, deal] : deals_) {
    if (deal.is_named && status.ok()) status = RouteDeal(deal_id, deal);
  }
  return status;
}

// Nearly always a subject that is at hand, and its own journey.
absl::StatusOr<v1::Subject> TenantChange::JourneyOf(const Home& home) {
  const auto entry =
      subjects_.find(SubjectKey(tenant_id_, core::RefOf(home.subject)));
  if (entry != subjects_.end() && entry->second.record != nullptr &&
      entry->second.record->identity().links().empty() &&
      entry->second.record->identity().representative_id().empty()) {
    return home.subject;
  }
  return after_.JourneyOf(home.subject, home.instant);
}

// Finds a deal's home from its touchpoints, which are all in the index by now.
absl::Status TenantChange::FindHome(const std::string& deal_id,
                                    storage::v1::DealRecord& record) {
  const auto home =
      HomeFromRows({context_.update, context_.log, tenant_id_}, deal_id);
  if (!home.ok()) return home.status();
  *record.mutable_account_moment() = home->account_moment();
  record.set_account_id(home->account_id());
  *record.mutable_contact_moment() = home->contact_moment();
  record.set_contact_id(home->contact_id());
  return absl::OkStatus();
}

absl::Status TenantChange::RouteDeal(const std::string& deal_id,
                                     DealEntry& deal) {
  if (deal.has_lost_home) {
    absl::Status status = FindHome(deal_id, *deal.record);
    if (!status.ok()) return status;
  }
  const Home home = HomeOf(deal_id, *deal.record);
  const auto key = [&](const Home& of) {
    return absl::StrCat(HomePrefix(tenant_id_, core::RefOf(of.subject)),
                        deal_id);
  };
  if (deal.existed && !(home == deal.home_before)) {
    context_.update.Delete(Family::kLists, key(deal.home_before));
  }
  if (!deal.existed || !(home == deal.home_before) ||
      deal.record->newest_us() != deal.newest_before) {
    std::string instants;
    AppendInstant(home.instant, instants);
    AppendInstant(deal.record->newest_us(), instants);
    context_.update.Put(Family::kLists, key(home), instants);
  }
  const auto journey = JourneyOf(home);
  if (!journey.ok()) return journey.status();
  SubjectEntry& entry = EntryOf(*journey);
  entry.Receive(deal.received);
  entry.RefoldFrom(deal.refold_from);
  entry.pending.insert(entry.pending.end(), deal.pending.begin(),
                       deal.pending.end());
  if (!deal.existed || (home == deal.home_before && identity_.is_empty())) {
    return absl::OkStatus();
  }
  const auto before =
      before_.JourneyOf(deal.home_before.subject, deal.home_before.instant);
  if (!before.ok()) return before.status();
  if (core::RefOf(*before) == core::RefOf(*journey)) return absl::OkStatus();
  entry.RefoldFrom(0);
  SubjectEntry& left = EntryOf(*before);
  left.RefoldFrom(0);
  left.Receive(deal.received);
  return absl::OkStatus();
}

// The journeys of what was retracted, now and before.
absl::Status TenantChange::RouteRetracted() {
  for (const auto& [target, received] : retracted_) {
    const auto subject = core::SubjectOf(*target.touchpoint);
    if (!subject.has_value() || !target.touchpoint->deal_id().empty() ||
        core::IsIdentityKind(*target.touchpoint)) {
      continue;
    }
    const core::Micros at = core::ToMicros(target.touchpoint->occurred_at());
    for (JourneyResolver* resolver : {&before_, &after_}) {
      const auto journey = resolver->JourneyOf(core::ToSubject(*subject), at);
      if (!journey.ok()) return journey.status();
      SubjectEntry& entry = EntryOf(*journey);
      entry.RefoldFrom(at);
      entry.Receive(received);
    }
  }
  return absl::OkStatus();
}

}  // namespace journey::views
