#include "service/views/identity_change.h"

#include <algorithm>
#include <utility>

#include "projections/identity/links.h"
#include "projections/journey_fold.h"
#include "service/core/time.h"
#include "service/views/index_rows.h"
#include "service/views/inert_links.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

using storage::v1::IdentityState;
using storage::v1::Moment;

bool IsSame(const Moment& a, const Moment& b) {
  return !projections::Before(a, b) && !projections::Before(b, a);
}

// The subjects that have been targets at any time.
absl::btree_set<core::SubjectRef> TargetsOf(const IdentityState& identity) {
  absl::btree_set<core::SubjectRef> out;
  for (const auto& link : identity.links()) {
    out.insert(core::RefOf(link.target()));
  }
  return out;
}

bool IsFull(const v1::Subject& subject, const IdentityState& identity) {
  return projections::IsShared(identity) ||
         HasAllLinked(subject.type(), identity);
}

}  // namespace

void IdentityChange::Note(const log::LogEvent& event) {
  for (const core::LinkRef& link : log::LinksInForce(event)) {
    if (link.narrow.type == link.wide.type) {
      merges_.push_back(link);
    } else {
      NoteAdded(*event.touchpoint, link);
    }
  }
}

void IdentityChange::NoteRetracted(const log::LogEvent& event) {
  for (const core::LinkRef& link : log::LinksInForce(event)) {
    if (link.narrow.type == link.wide.type) {
      unmerged_accounts_.emplace(link.narrow.id);
      unmerged_accounts_.emplace(link.wide.id);
    } else {
      NarrowOf(SubjectKey(tenant_id_, link.narrow), link.narrow)
          .withdrawn.push_back({event.touchpoint.get(), link.wide});
    }
  }
}

void IdentityChange::NoteAdded(const v1::Touchpoint& touchpoint,
                               const core::LinkRef& link) {
  const std::string key = SubjectKey(tenant_id_, link.narrow);
  if (newest_links_.Holds(key, link.wide,
                          core::ToMicros(touchpoint.occurred_at())) &&
      !narrow_.contains(key)) {
    return;
  }
  NarrowOf(key, link.narrow).added.push_back({&touchpoint, link.wide});
}

IdentityChange::NarrowChange& IdentityChange::NarrowOf(
    const std::string& key, const core::SubjectRef& narrow) {
  NarrowChange& change = narrow_[key];
  if (change.record == nullptr) {
    change.subject = narrow;
    change.record =
        google::protobuf::Arena::CreateMessage<storage::v1::SubjectHead>(
            &arena_);
  }
  return change;
}

absl::Status IdentityChange::Run() {
  absl::Status status = LoadNarrow();
  for (const auto& [key, narrow] : narrow_) {
    if (status.ok()) status = Apply(key, narrow);
  }
  for (const auto& [key, narrow] : narrow_) {
    const auto changed = changed_.find(key);
    newest_links_.Note(key, changed == changed_.end()
                                ? narrow.before()
                                : changed->second.identity);
  }
  if (status.ok()) status = ApplyMerges();
  if (status.ok() && !changed_.empty()) status = FindMovedJourneys();
  return status;
}

absl::StatusOr<IdentityState> IdentityChange::ReadIdentity(
    absl::string_view tenant_id, const core::SubjectRef& subject) const {
  const auto it = changed_.find(SubjectKey(tenant_id, subject));
  if (it != changed_.end()) return it->second.identity;
  return update_.ReadIdentity(tenant_id, subject);
}

absl::Status IdentityChange::LoadNarrow() {
  std::vector<std::string> keys;
  std::vector<NarrowChange*> changes;
  keys.reserve(narrow_.size());
  changes.reserve(narrow_.size());
  for (auto& [key, narrow] : narrow_) {
    keys.push_back(key);
    changes.push_back(&narrow);
  }
  return update_.MultiGet(Family::kSubjects, keys,
                          [&](size_t i, absl::string_view value) {
                            return Parse(value, *changes[i]->record);
                          });
}

absl::Status IdentityChange::Apply(const std::string& key,
                                   const NarrowChange& narrow) {
  // Nearly always, somebody says what is known.
  if (narrow.withdrawn.empty() &&
      std::all_of(
          narrow.added.begin(), narrow.added.end(), [&](const NotedLink& link) {
            return projections::IsRedundant(core::OrderKeyOf(*link.touchpoint),
                                            link.target, narrow.before());
          })) {
    return absl::OkStatus();
  }
  IdentityState after = narrow.before();
  const auto needs_all = NeedsAll(key, narrow, after);
  if (!needs_all.ok()) return needs_all.status();
  if (*needs_all) {
    auto links = LinksFromRows({update_, log_, tenant_id_}, narrow.subject);
    if (!links.ok()) return links.status();
    after.mutable_links()->Swap(links->mutable_links());
  }
  // For an earlier `known_at`, also where a link came and went since the last
  // change.
  const auto targets = TargetsOf(after);
  for (const NotedLink& link : narrow.withdrawn) {
    if (targets.contains(link.target)) continue;
    update_.Put(Family::kLists, LinkedKey(link.target, narrow.subject),
                kUnlinked);
  }
  const auto is_same = [](const auto& a, const auto& b) {
    return IsSame(a.moment(), b.moment()) &&
           core::RefOf(a.target()) == core::RefOf(b.target());
  };
  if (std::equal(after.links().begin(), after.links().end(),
                 narrow.before().links().begin(), narrow.before().links().end(),
                 is_same)) {
    return absl::OkStatus();
  }
  const auto identity = Change(narrow.subject);
  if (!identity.ok()) return identity.status();
  (*identity)->mutable_links()->Swap(after.mutable_links());
  return CountTargets(core::ToSubject(narrow.subject), narrow.before(),
                      **identity);
}

// Adds what can be added knowing only where the target changes. True when all
// touchpoints that link have to be looked at.
absl::StatusOr<bool> IdentityChange::NeedsAll(const std::string& key,
                                              const NarrowChange& narrow,
                                              IdentityState& identity) const {
  for (const NotedLink& link : narrow.added) {
    const Moment moment = projections::MomentOf(*link.touchpoint);
    const v1::Subject target = core::ToSubject(link.target);
    const auto effect = projections::AddLink(moment, target, identity);
    if (effect != projections::LinkEffect::kDependsOnLater) continue;
    int later = 0;
    const absl::Status status = update_.ScanTouchpoints(
        key, moment.at_us(), [&](const TouchpointRow& row) {
          later += static_cast<int>(row.links && row.retraction_position == 0);
          // The touchpoint itself is one of them.
          return later < 2;
        });
    if (!status.ok()) return status;
    if (later > 1) return true;
    projections::AddNewestLink(moment, target, identity);
  }
  return std::any_of(
      narrow.withdrawn.begin(), narrow.withdrawn.end(),
      [&](const NotedLink& withdrawn) {
        const Moment moment = projections::MomentOf(*withdrawn.touchpoint);
        return std::any_of(
            identity.links().begin(), identity.links().end(),
            [&](const auto& link) { return IsSame(link.moment(), moment); });
      });
}

// Keeps the lists of what links to a subject, and how much that is.
absl::Status IdentityChange::CountTargets(const v1::Subject& narrow,
                                          const IdentityState& before,
                                          const IdentityState& after) {
  NoteFull(narrow, IsFull(narrow, before), IsFull(narrow, after));
  const auto was = TargetsOf(before);
  const auto is = TargetsOf(after);
  const auto count = [&](const core::SubjectRef& target, int step) {
    update_.Put(Family::kLists, LinkedKey(target, core::RefOf(narrow)),
                step > 0 ? kLinked : kUnlinked);
    const auto identity = Change(target);
    if (!identity.ok()) return identity.status();
    const v1::Subject subject = core::ToSubject(target);
    const bool was_full = IsFull(subject, **identity);
    (*identity)->set_linked_count((*identity)->linked_count() + step);
    NoteFull(subject, was_full, IsFull(subject, **identity));
    return absl::OkStatus();
  };
  absl::Status status;
  for (const core::SubjectRef& target : is) {
    if (status.ok() && !was.contains(target)) status = count(target, 1);
  }
  for (const core::SubjectRef& target : was) {
    if (status.ok() && !is.contains(target)) status = count(target, -1);
  }
  return status;
}

std::string IdentityChange::LinkedKey(const core::SubjectRef& target,
                                      const core::SubjectRef& narrow) const {
  std::string key = LinkedPrefix(tenant_id_, target);
  AppendSubject(narrow, key);
  return key;
}

void IdentityChange::NoteFull(const v1::Subject& subject, bool was_full,
                              bool is_full) {
  if (was_full == is_full) return;
  const std::string key = FullLinksKey(tenant_id_, subject);
  if (is_full) {
    update_.Put(Family::kDefault, key, "");
  } else {
    update_.Delete(Family::kDefault, key);
  }
  full_links_.emplace_back(subject, is_full);
}

// Brings up to date with whom accounts are merged directly; returns those for
// which that changes.
absl::StatusOr<absl::btree_set<std::string>> IdentityChange::ChangeMerges() {
  absl::btree_set<std::string> out;
  for (const std::string& account_id : unmerged_accounts_) {
    const auto others = MergesFromRows({update_, log_, tenant_id_}, account_id);
    if (!others.ok()) return others.status();
    const auto identity = Change({v1::SUBJECT_TYPE_ACCOUNT, account_id});
    if (!identity.ok()) return identity.status();
    (*identity)->mutable_merged_account_ids()->Assign(others->begin(),
                                                      others->end());
    out.insert(account_id);
  }
  for (const core::LinkRef& merge : merges_) {
    for (const auto& [account, other] :
         {std::pair(merge.narrow, merge.wide), {merge.wide, merge.narrow}}) {
      // Read from the touchpoints above.
      if (unmerged_accounts_.contains(account.id)) continue;
      const auto known = ReadIdentity(tenant_id_, account);
      if (!known.ok()) return known.status();
      const auto& others = known->merged_account_ids();
      if (std::binary_search(others.begin(), others.end(), other.id)) continue;
      const auto identity = Change(account);
      if (!identity.ok()) return identity.status();
      auto& merged = *(*identity)->mutable_merged_account_ids();
      merged.Add(std::string(other.id));
      std::sort(merged.begin(), merged.end());
      out.emplace(account.id);
    }
  }
  return out;
}

absl::Status IdentityChange::ApplyMerges() {
  const auto merged = ChangeMerges();
  if (!merged.ok()) return merged.status();
  JourneyResolver before(update_, tenant_id_);
  JourneyResolver after(*this, tenant_id_);
  absl::btree_set<std::string> affected;
  for (JourneyResolver* resolver : {&before, &after}) {
    absl::btree_set<std::string> found;
    for (const std::string& account_id : *merged) {
      // Found with another one that it is the same as.
      if (found.contains(account_id)) continue;
      const auto same = resolver->SameAccounts(account_id);
      if (!same.ok()) return same.status();
      found.insert(same->begin(), same->end());
    }
    affected.insert(found.begin(), found.end());
  }
  while (!affected.empty()) {
    const auto same = after.SameAccounts(*affected.begin());
    if (!same.ok()) return same.status();
    for (const std::string& account_id : *same) {
      affected.erase(account_id);
      const core::SubjectRef account = {v1::SUBJECT_TYPE_ACCOUNT, account_id};
      const bool is_first = account_id == same->front();
      const std::string representative = is_first ? "" : same->front();
      const int count =
          is_first && same->size() > 1 ? static_cast<int>(same->size()) : 0;
      const auto known = after.IdentityOf(account);
      if (!known.ok()) return known.status();
      // Of many accounts nearly all stay as they are.
      if ((*known)->representative_id() == representative &&
          (*known)->merged_count() == count) {
        continue;
      }
      const auto identity = Change(account);
      if (!identity.ok()) return identity.status();
      (*identity)->set_representative_id(representative);
      (*identity)->set_merged_count(count);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<IdentityState*> IdentityChange::Change(
    const core::SubjectRef& subject) {
  std::string key = SubjectKey(tenant_id_, subject);
  auto it = changed_.find(key);
  if (it == changed_.end()) {
    auto identity = update_.ReadIdentity(tenant_id_, subject);
    if (!identity.ok()) return identity.status();
    it = changed_
             .emplace(std::move(key),
                      Changed{core::ToSubject(subject), *std::move(identity)})
             .first;
  }
  return &it->second.identity;
}

absl::Status IdentityChange::FindMovedJourneys() {
  for (const auto& [key, changed] : changed_) {
    const auto narrow = narrow_.find(key);
    if (narrow != narrow_.end() && narrow->second.record->version() == 0 &&
        narrow->second.before().linked_count() == 0) {
      // Nothing was ever written to it, nor to anybody who belongs to it.
      continue;
    }
    absl::Status status = moved_.Add(changed.subject);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace journey::views
