#include "service/log/pending.h"

#include <algorithm>
#include <utility>

namespace journey::log {
namespace {

template <typename Map, typename Key>
auto FindOrNull(const Map& map, const Key& key)
    -> decltype(&map.begin()->second) {
  const auto it = map.find(key);
  return it == map.end() ? nullptr : &it->second;
}

}  // namespace

void PendingGroup::Add(absl::string_view tenant_id, const TenantHead& before,
                       std::vector<LogEvent> events) {
  const auto [entry, inserted] = tenants_.try_emplace(tenant_id);
  const absl::string_view name = entry->first;
  Tenant& tenant = entry->second;
  if (inserted) tenant.before = before;
  tenant.head.head_position = events.back().position;
  for (LogEvent& event : events) {
    if (event.touchpoint != nullptr) {
      const v1::Touchpoint& touchpoint = *event.touchpoint;
      IdFact& fact =
          ids_[{name, touchpoint.source(), touchpoint.touchpoint_id()}];
      fact.entry.position = event.position;
      fact.touchpoint = AsGiven(event).get();
      const NamedSubjects named(name, touchpoint);
      if (!named.empty()) ++subjects_[*named.begin()];
    } else if (event.retraction != nullptr) {
      const storage::v1::RetractionRecord& record = *event.retraction;
      ids_[{name, record.source(), record.touchpoint_id()}]
          .entry.retraction_position = event.position;
    }
    tenant.events.push_back(std::move(event));
  }
}

std::shared_ptr<const CommitGroup> PendingGroup::Seal(
    core::Micros now, std::vector<std::string>& values) {
  if (tenants_.empty()) return nullptr;
  std::vector<absl::node_hash_map<std::string, Tenant>::pointer> sorted;
  sorted.reserve(tenants_.size());
  size_t count = 0;
  for (auto& entry : tenants_) {
    sorted.push_back(&entry);
    count += entry.second.events.size();
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  values.reserve(count);
  auto group = std::make_shared<CommitGroup>();
  group->number = number_;
  group->committed_at = now;
  group->tenants.reserve(sorted.size());
  for (auto* entry : sorted) {
    Tenant& tenant = entry->second;
    const size_t first = values.size();
    for (const LogEvent& event : tenant.events) {
      values.push_back(EncodeEvent(event));
    }
    tenant.head.chain =
        ExtendChain(tenant.before.chain, &values[first], values.size() - first);
    TenantEvents& out = group->tenants.emplace_back();
    out.tenant_id = entry->first;
    out.first_position = tenant.before.head_position + 1;
    out.chain = tenant.head.chain;
    out.events = std::move(tenant.events);
  }
  sealed_ = group;
  return group;
}

const IdFact* PendingGroup::FindId(const IdKey& key) const {
  return FindOrNull(ids_, key);
}

const int64_t* PendingGroup::FindSubject(const SubjectKey& key) const {
  return FindOrNull(subjects_, key);
}

const TenantHead* PendingGroup::FindHead(absl::string_view tenant_id) const {
  const Tenant* const tenant = FindOrNull(tenants_, tenant_id);
  return tenant == nullptr ? nullptr : &tenant->head;
}

PendingGroup& Pending::Begin(int64_t number) {
  return *groups_.emplace_back(std::make_unique<PendingGroup>(number));
}

void Pending::Evict(int64_t applied_group) {
  while (!groups_.empty() && groups_.front()->number() <= applied_group) {
    groups_.pop_front();
  }
}

void Pending::Complete(const IdKey& key, IdFact& fact) const {
  for (const auto& group : groups_) {
    const IdFact* const change = group->FindId(key);
    if (change == nullptr) continue;
    if (change->entry.position != 0) {
      fact.entry.position = change->entry.position;
      fact.touchpoint = change->touchpoint;
    }
    if (change->entry.retraction_position != 0) {
      fact.entry.retraction_position = change->entry.retraction_position;
    }
  }
}

int64_t Pending::NewestGroupOf(const SubjectKey& key) const {
  int64_t newest = 0;
  for (const auto& group : groups_) {
    if (group->FindSubject(key) != nullptr) newest = group->number();
  }
  return newest;
}

const TenantHead* Pending::FindHead(absl::string_view tenant_id) const {
  for (auto group = groups_.rbegin(); group != groups_.rend(); ++group) {
    const TenantHead* const head = (*group)->FindHead(tenant_id);
    if (head != nullptr) return head;
  }
  return nullptr;
}

}  // namespace journey::log
