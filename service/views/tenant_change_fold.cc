// The last part of a tenant's change: folding, and what it puts.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/announced.h"
#include "service/views/journey_snapshots.h"
#include "service/views/keys.h"
#include "service/views/put_lists.h"
#include "service/views/tenant_change.h"

namespace journey::views {
namespace {

bool InOrder(const v1::Touchpoint* a, const v1::Touchpoint* b) {
  return core::OrderKeyOf(*a) < core::OrderKeyOf(*b);
}

// Some deals and those that the journey lists, sorted.
std::vector<std::string> WithDealsOf(std::vector<std::string> deal_ids,
                                     const storage::v1::JourneyState& journey) {
  for (const auto& open : journey.open_deals()) {
    deal_ids.push_back(open.deal_id());
  }
  deal_ids.insert(deal_ids.end(), journey.left_out_deal_ids().begin(),
                  journey.left_out_deal_ids().end());
  std::sort(deal_ids.begin(), deal_ids.end());
  deal_ids.erase(std::unique(deal_ids.begin(), deal_ids.end()), deal_ids.end());
  return deal_ids;
}

}  // namespace

absl::Status TenantChange::LoadSubjects() {
  std::vector<SubjectEntry*> entries;
  std::vector<std::string> keys;
  entries.reserve(subjects_.size());
  keys.reserve(subjects_.size());
  for (auto& [key, entry] : subjects_) {
    if (entry.record != nullptr) continue;
    entry.record =
        google::protobuf::Arena::CreateMessage<storage::v1::SubjectRecord>(
            &context_.arena);
    entries.push_back(&entry);
    keys.push_back(key);
  }
  return context_.update.MultiGet(
      Family::kSubjects, keys, [&](size_t i, absl::string_view value) {
        SubjectEntry& entry = *entries[i];
        absl::Status status = Parse(value, *entry.record);
        if (status.ok() && entry.record->has_journey()) {
          entry.places_before = PlacesOf(entry.record->journey());
        }
        return status;
      });
}

// Decides which journeys are folded on and which again, and loads the deals
// that folding on needs.
absl::Status TenantChange::LoadDealsToFold() {
  std::vector<std::string> deal_ids;
  for (auto& [key, entry] : subjects_) {
    if (entry.pending.empty()) continue;
    std::sort(entry.pending.begin(), entry.pending.end(), InOrder);
    const storage::v1::Moment first =
        projections::MomentOf(*entry.pending.front());
    const auto& journey = entry.record->journey();
    if (entry.refold() || projections::Before(first, journey.newest())) {
      entry.RefoldFrom(first.at_us());
      continue;
    }
    for (const auto& deal : journey.open_deals()) {
      deal_ids.push_back(deal.deal_id());
    }
  }
  return LoadDeals(deal_ids);
}

// Lends a deal to a fold.
void TenantChange::TakeDeal(const std::string& deal_id,
                            projections::JourneyFold& fold) {
  DealEntry& entry = deals_[deal_id];
  if (!entry.record->has_deal() || fold.deals().contains(deal_id)) return;
  if (!entry.places_before.has_value()) {
    entry.places_before = PlacesOf(context_.rules, entry.record->deal());
  }
  fold.DealOf(deal_id).Swap(entry.record->mutable_deal());
}

absl::Status TenantChange::FoldOn(SubjectEntry& entry) {
  if (entry.pending.empty()) return absl::OkStatus();
  projections::JourneyFold fold(entry.subject, &context_.arena);
  if (entry.record->has_journey()) {
    fold.state().Swap(entry.record->mutable_journey());
  }
  for (const auto& deal : fold.state().open_deals()) {
    TakeDeal(deal.deal_id(), fold);
  }
  for (const v1::Touchpoint* touchpoint : entry.pending) {
    if (!touchpoint->deal_id().empty()) TakeDeal(touchpoint->deal_id(), fold);
  }
  for (const v1::Touchpoint* touchpoint : entry.pending) {
    projections::Evolve(context_.rules, *touchpoint, fold);
  }
  for (const auto& [deal_id, folded] : fold.deals()) {
    DealEntry& deal = deals_[deal_id];
    if (folded.is_changed) {
      StoreDeal(deal, entry.received, folded.state);
    } else {
      deal.record->mutable_deal()->Swap(folded.state);
    }
  }
  entry.record->mutable_journey()->Swap(&fold.state());
  return IsSnapshotDue(entry.record->journey(), context_.snapshot_touchpoints)
             ? KeepSnapshot(entry)
             : absl::OkStatus();
}

absl::Status TenantChange::KeepSnapshot(SubjectEntry& entry) {
  const auto newest =
      NewestSnapshotInstant(context_.update, tenant_id_, entry.subject);
  if (!newest.ok()) return newest.status();
  const auto named =
      DealsOfJourney(identity_, tenant_id_, entry.subject, *newest);
  if (!named.ok()) return named.status();
  const auto deal_ids = WithDealsOf(*named, entry.record->journey());
  if (absl::Status status = LoadDeals(deal_ids); !status.ok()) return status;
  std::vector<const storage::v1::DealState*> deals;
  for (const std::string& deal_id : deal_ids) {
    const DealEntry& deal = deals_[deal_id];
    if (deal.record->has_deal()) deals.push_back(&deal.record->deal());
  }
  PutSnapshot(tenant_id_, context_.snapshot_touchpoints,
              *entry.record->mutable_journey(), deals, context_.update);
  return absl::OkStatus();
}

// Folds from the newest snapshot that still holds, keeping new ones.
absl::StatusOr<TenantChange::Refolded> TenantChange::FoldFrom(
    const SubjectEntry& entry) {
  Refolded out{projections::JourneyFold(entry.subject), {}};
  projections::JourneyFold& fold = out.fold;
  if (entry.record->journey().touchpoint_count() >=
      context_.snapshot_touchpoints) {
    absl::Status status = DropSnapshots(tenant_id_, entry.subject,
                                        entry.refold_from, context_.update);
    if (!status.ok()) return status;
    auto snapshot = NewestSnapshot(context_.update, tenant_id_, entry.subject,
                                   entry.refold_from);
    if (!snapshot.ok()) return snapshot.status();
    fold = *std::move(snapshot);
  }
  auto found = RowsOfJourney(identity_, tenant_id_, entry.subject,
                             fold.state().newest().at_us(), core::kNever);
  if (!found.ok()) return found.status();
  // Other deals are as the snapshot has them, before and after: only
  // touchpoints that name it change a deal that is not open.
  out.deal_ids = WithDealsOf(std::move(found->deal_ids), fold.state());
  absl::Status status = AddOtherDeals(
      context_.update, tenant_id_,
      [&](const std::string& deal_id) {
        return std::binary_search(out.deal_ids.begin(), out.deal_ids.end(),
                                  deal_id);
      },
      fold);
  if (!status.ok()) return status;
  std::vector<std::string> named;
  status = FoldRows(
      context_.rules, context_.log, tenant_id_, std::move(found->rows), nullptr,
      fold,
      [&](const v1::Touchpoint& touchpoint, projections::JourneyFold& folded) {
        if (!touchpoint.deal_id().empty()) {
          named.push_back(touchpoint.deal_id());
        }
        if (!IsSnapshotDue(folded.state(), context_.snapshot_touchpoints)) {
          return absl::OkStatus();
        }
        std::vector<const storage::v1::DealState*> deals;
        for (const std::string& deal_id :
             WithDealsOf(std::move(named), folded.state())) {
          const auto deal = folded.deals().find(deal_id);
          if (deal != folded.deals().end()) {
            deals.push_back(deal->second.state);
          }
        }
        named.clear();
        PutSnapshot(tenant_id_, context_.snapshot_touchpoints, folded.state(),
                    deals, context_.update);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return out;
}

absl::Status TenantChange::FoldAgain(SubjectEntry& entry) {
  auto refolded = FoldFrom(entry);
  if (!refolded.ok()) return refolded.status();
  projections::JourneyFold& fold = refolded->fold;
  absl::Status status = LoadDeals(refolded->deal_ids);
  if (!status.ok()) return status;
  for (const std::string& deal_id : refolded->deal_ids) {
    const auto it = fold.deals().find(deal_id);
    StoreDeal(deals_[deal_id], entry.received,
              it == fold.deals().end() ? nullptr : it->second.state);
  }
  if (fold.state().touchpoint_count() == 0) {
    entry.record->clear_journey();
  } else {
    entry.record->mutable_journey()->Swap(&fold.state());
  }
  return absl::OkStatus();
}

// Takes over a folded deal; null when no touchpoint of kind deal names it.
void TenantChange::StoreDeal(DealEntry& entry, core::Micros received,
                             storage::v1::DealState* state) {
  entry.dirty = true;
  entry.received = std::max(entry.received, received);
  if (!entry.places_before.has_value()) {
    entry.places_before = PlacesOf(context_.rules, entry.record->deal());
  }
  if (state == nullptr) {
    entry.record->clear_deal();
  } else {
    entry.record->mutable_deal()->Swap(state);
  }
}

void TenantChange::PutSubjects() {
  for (auto& [key, entry] : subjects_) {
    PutSubject(key, entry);
  }
}

void TenantChange::PutSubject(const std::string& key, SubjectEntry& entry) {
  if (entry.versions_added == 0 && entry.pending.empty() && !entry.refold() &&
      !entry.has_new_identity) {
    return;
  }
  storage::v1::SubjectRecord& record = *entry.record;
  const int64_t version_before = record.version();
  record.set_version(version_before + entry.versions_added);
  if (version_before < core::kSubjectTouchpointsMax &&
      record.version() >= core::kSubjectTouchpointsMax) {
    full_subjects_.push_back(entry.subject);
    context_.update.Put(Family::kDefault,
                        FullSubjectKey(tenant_id_, entry.subject), "");
  }
  std::optional<JourneyPlaces> places;
  if (record.has_journey()) places = PlacesOf(record.journey());
  tenant_.set_journey_count(tenant_.journey_count() +
                            (places.has_value() ? 1 : 0) -
                            (entry.places_before.has_value() ? 1 : 0));
  if (!(places == entry.places_before)) {
    const auto lists = [&](const std::optional<JourneyPlaces>& of) {
      return of.has_value() ? ListsOfJourney(tenant_id_, entry.subject, *of)
                            : ListEntries();
    };
    PutLists(lists(entry.places_before), lists(places), context_.update);
  }
  SetTimer(context_, tenant_id_, entry.subject, {entry.received}, record);
  record.SerializeToString(&text_);
  context_.update.Put(Family::kSubjects, key, text_);
}

absl::Status TenantChange::PutDealTimer(const std::string& deal_id,
                                        DealEntry& entry) {
  v1::Subject journey;
  if (!entry.record->signals().in_force().empty()) {
    auto found = JourneyOf(HomeOf(deal_id, *entry.record));
    if (!found.ok()) return found.status();
    journey = *std::move(found);
  }
  SetTimer(context_, tenant_id_, deal_id, journey, {entry.received},
           *entry.record);
  return absl::OkStatus();
}

absl::Status TenantChange::PutDeals() {
  for (auto& [deal_id, entry] : deals_) {
    if (!entry.dirty) continue;
    if (entry.places_before.has_value()) {
      const DealPlaces places = PlacesOf(context_.rules, entry.record->deal());
      tenant_.set_deal_count(tenant_.deal_count() + (places.is_deal ? 1 : 0) -
                             (entry.places_before->is_deal ? 1 : 0));
      unknown_stage_deals_added_ +=
          (places.has_unknown_stage ? 1 : 0) -
          (entry.places_before->has_unknown_stage ? 1 : 0);
      PutLists(ListsOfDeal(tenant_id_, deal_id, *entry.places_before, places),
               ListsOfDeal(tenant_id_, deal_id, places, *entry.places_before),
               context_.update);
    }
    absl::Status status = PutDealTimer(deal_id, entry);
    if (!status.ok()) return status;
    entry.record->SerializeToString(&text_);
    context_.update.Put(Family::kDeals, DealKey(tenant_id_, deal_id), text_);
  }
  tenant_.set_unknown_stage_deal_count(tenant_.unknown_stage_deal_count() +
                                       unknown_stage_deals_added_);
  return absl::OkStatus();
}

}  // namespace journey::views
