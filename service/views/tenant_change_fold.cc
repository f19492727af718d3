// The second half of a tenant's change: folding, and what it puts.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/tenant_change.h"

namespace journey::views {
namespace {

bool InOrder(const v1::Touchpoint* a, const v1::Touchpoint* b) {
  return core::OrderKeyOf(*a) < core::OrderKeyOf(*b);
}

}  // namespace

absl::Status TenantChange::LoadSubjects() {
  std::vector<std::string> keys;
  keys.reserve(subjects_.size());
  for (const auto& [key, entry] : subjects_) keys.push_back(key);
  if (keys.empty()) return absl::OkStatus();
  std::vector<std::string> values;
  std::vector<bool> found;
  absl::Status status =
      snapshot_.MultiGet(Family::kSubjects, keys, values, found);
  size_t i = 0;
  for (auto& [key, entry] : subjects_) {
    if (!status.ok()) return status;
    if (found[i]) status = Parse(values[i], entry.record);
    if (entry.record.has_journey()) {
      entry.places_before = PlacesOf(entry.record.journey());
    }
    ++i;
  }
  return status;
}

// Decides which journeys are folded on and which again, and loads the deals
// that folding on needs.
absl::Status TenantChange::LoadDealsToFold() {
  absl::btree_set<std::string> deal_ids;
  for (auto& [key, entry] : subjects_) {
    if (entry.refold || entry.pending.empty()) continue;
    std::sort(entry.pending.begin(), entry.pending.end(), InOrder);
    const auto& journey = entry.record.journey();
    entry.refold =
        entry.record.has_journey() &&
        projections::Before(projections::MomentOf(*entry.pending.front()),
                            journey.newest());
    for (const auto& deal : journey.open_deals()) {
      deal_ids.insert(deal.deal_id());
    }
  }
  return LoadDeals(deal_ids);
}

absl::Status TenantChange::FoldOn(SubjectEntry& entry) {
  if (entry.pending.empty()) return absl::OkStatus();
  projections::JourneyFold fold = projections::EmptyFold(entry.subject);
  if (entry.record.has_journey()) {
    fold.state.Swap(entry.record.mutable_journey());
  }
  const auto take = [&](const std::string& deal_id) {
    const auto it = deals_.find(deal_id);
    if (it != deals_.end() && it->second.record.has_deal()) {
      fold.deals[deal_id] = it->second.record.deal();
    }
  };
  for (const auto& deal : fold.state.open_deals()) take(deal.deal_id());
  for (const v1::Touchpoint* touchpoint : entry.pending) {
    if (!touchpoint->deal_id().empty()) take(touchpoint->deal_id());
  }
  for (const v1::Touchpoint* touchpoint : entry.pending) {
    projections::Evolve(rules_, *touchpoint, fold);
  }
  for (const std::string& deal_id : fold.changed_deals) {
    StoreDeal(deal_id, &fold.deals[deal_id]);
  }
  entry.record.mutable_journey()->Swap(&fold.state);
  return absl::OkStatus();
}

absl::Status TenantChange::FoldAgain(SubjectEntry& entry) {
  const ScanPrefix scan = [this](Family family, const std::string& prefix,
                                 const Visitor& visit) {
    return ScanMerged(family, prefix, visit);
  };
  const auto touchpoints =
      TouchpointsOfJourney(scan, tenant_id_, entry.subject, core::kNever);
  if (!touchpoints.ok()) return touchpoints.status();
  auto fold = Refold(rules_, log_, tenant_id_, entry.subject, *touchpoints);
  if (!fold.ok()) return fold.status();
  const auto deal_ids = DealsOfJourney(scan, tenant_id_, entry.subject);
  if (!deal_ids.ok()) return deal_ids.status();
  if (absl::Status status = LoadDeals({deal_ids->begin(), deal_ids->end()});
      !status.ok()) {
    return status;
  }
  for (const std::string& deal_id : *deal_ids) {
    const auto it = fold->deals.find(deal_id);
    StoreDeal(deal_id, it == fold->deals.end() ? nullptr : &it->second);
  }
  if (fold->state.touchpoint_count() == 0) {
    entry.record.clear_journey();
  } else {
    entry.record.mutable_journey()->Swap(&fold->state);
  }
  return absl::OkStatus();
}

// Takes over a folded deal; null when no touchpoint of kind deal names it.
void TenantChange::StoreDeal(const std::string& deal_id,
                             const storage::v1::DealState* state) {
  DealEntry& entry = deals_[deal_id];
  entry.dirty = true;
  const auto is_deal = [](const storage::v1::DealState& deal) {
    return deal.status() != v1::DEAL_STATUS_UNSPECIFIED ? 1 : 0;
  };
  const int deals_before = is_deal(entry.record.deal());
  if (!entry.lists_before.has_value()) {
    entry.lists_before = ListsOfDeal(tenant_id_, rules_, entry.record.deal());
  }
  if (state == nullptr) {
    entry.record.clear_deal();
  } else {
    *entry.record.mutable_deal() = *state;
  }
  tenant_.set_deal_count(tenant_.deal_count() + is_deal(entry.record.deal()) -
                         deals_before);
}

void TenantChange::PutSubjects() {
  for (auto& [key, entry] : subjects_) {
    const int64_t version_before = entry.record.version();
    entry.record.set_version(version_before + entry.versions_added);
    if (version_before < core::kSubjectTouchpointsMax &&
        entry.record.version() >= core::kSubjectTouchpointsMax) {
      full_subjects_.push_back(entry.subject);
      changes_.Put(Family::kDefault, FullSubjectKey(tenant_id_, entry.subject),
                   "");
    }
    std::optional<JourneyPlaces> places;
    if (entry.record.has_journey()) {
      places = PlacesOf(entry.record.journey());
    }
    tenant_.set_journey_count(tenant_.journey_count() +
                              (places.has_value() ? 1 : 0) -
                              (entry.places_before.has_value() ? 1 : 0));
    if (!(places == entry.places_before)) {
      const v1::Subject& journey = entry.subject;
      const auto lists = [&](const std::optional<JourneyPlaces>& of) {
        return of.has_value() ? ListsOfJourney(tenant_id_, journey, *of)
                              : ListEntries();
      };
      PutLists(lists(entry.places_before), lists(places));
    }
    changes_.Put(Family::kSubjects, key, entry.record.SerializeAsString());
  }
}

void TenantChange::PutDeals() {
  for (auto& [deal_id, entry] : deals_) {
    if (!entry.dirty) continue;
    if (entry.lists_before.has_value()) {
      PutLists(*entry.lists_before,
               ListsOfDeal(tenant_id_, rules_, entry.record.deal()));
    }
    changes_.Put(Family::kDeals, DealKey(tenant_id_, deal_id),
                 entry.record.SerializeAsString());
  }
}

void TenantChange::PutHomes() {
  for (auto& [key, value] : homes_) {
    if (value.has_value()) {
      changes_.Put(Family::kLists, key, *std::move(value));
    } else {
      changes_.Delete(Family::kLists, key);
    }
  }
}

void TenantChange::PutLists(const ListEntries& before,
                            const ListEntries& after) {
  if (before == after) return;
  const auto stands_in = [](const auto& entry, const ListEntries& entries) {
    return std::find(entries.begin(), entries.end(), entry) != entries.end();
  };
  for (const auto& entry : before) {
    if (!stands_in(entry, after)) changes_.Delete(Family::kLists, entry.first);
  }
  for (const auto& entry : after) {
    if (!stands_in(entry, before)) {
      changes_.Put(Family::kLists, entry.first, entry.second);
    }
  }
}

// Scans the store as it will be: its entries, overlaid by those of this
// change.
absl::Status TenantChange::ScanMerged(Family family, const std::string& prefix,
                                      const Visitor& visit) const {
  absl::btree_map<std::string, std::optional<std::string>> merged;
  const std::string end = PrefixEnd(prefix);
  absl::Status status = ScanOf(snapshot_)(
      family, prefix, [&](absl::string_view suffix, absl::string_view value) {
        merged.emplace_hint(merged.end(), absl::StrCat(prefix, suffix),
                            std::string(value));
        return true;
      });
  if (!status.ok()) return status;
  if (family == Family::kTouchpoints) {
    for (const Change& change : changes_.changes()) {
      if (change.family == family && absl::StartsWith(change.key, prefix)) {
        merged[change.key] = change.value;
      }
    }
  } else {
    for (auto it = homes_.lower_bound(prefix);
         it != homes_.end() && it->first < end; ++it) {
      merged[it->first] = it->second;
    }
  }
  for (const auto& [key, value] : merged) {
    if (!value.has_value()) continue;
    if (!visit(absl::string_view(key).substr(prefix.size()), *value)) break;
  }
  return absl::OkStatus();
}

}  // namespace journey::views
