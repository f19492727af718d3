#include "service/log/plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/log/subjects.h"

namespace journey::log {

Plan Planner::Prepare(std::vector<Append> appends, int64_t number,
                      core::Micros now, bool storage_full) {
  Plan plan;
  plan.answers.reserve(appends.size());
  pending_.Evict(options_.applied_group());
  const bool known = WaitForVersions(appends);
  if (known) {
    Collect(appends);
    for (Tenant& tenant : tenants_) Fetch(tenant);
  }
  facts_.storage_full = storage_full;
  PendingGroup& group = pending_.Begin(number);
  for (size_t i = 0; i < appends.size(); ++i) {
    Append& append = appends[i];
    Answer& answer = plan.answers.emplace_back();
    answer.done = std::move(append.done);
    answer.when_durable = append.ack == v1::ACK_DURABLE_ONLY;
    if (!known) {
      answer.result = core::OutcomeUnknownError();
      continue;
    }
    absl::StatusOr<Decision> decision =
        DecideOne(append, places_[i], group, now);
    if (!decision.ok()) {
      answer.result = decision.status();
      continue;
    }
    plan.repeated += decision->repeated;
    plan.inert_links += decision->inert_links;
    answer.result = std::move(decision->response);
    if (!decision->events.empty()) {
      Tenant& tenant = tenants_[places_[i].tenant];
      const int64_t head = decision->events.back().position;
      group.Add(tenant.id, tenant.head, std::move(decision->events));
      tenant.head.head_position = head;
    }
  }
  plan.group = group.Seal(now, plan.values);
  if (plan.group == nullptr) pending_.DropLast();
  return plan;
}

bool Planner::WaitForVersions(const std::vector<Append>& appends) {
  int64_t newest = 0;
  for (const Append& append : appends) {
    for (const v1::ExpectedVersion& expected : append.expected_versions) {
      newest = std::max(
          newest,
          pending_.NewestGroupOf({append.tenant_id, expected.subject().type(),
                                  expected.subject().id()}));
    }
  }
  if (newest == 0) return true;
  if (!options_.wait_applied(newest)) return false;
  pending_.Evict(options_.applied_group());
  return true;
}

void Planner::Collect(const std::vector<Append>& appends) {
  tenants_.clear();
  places_.clear();
  absl::flat_hash_map<absl::string_view, size_t> by_id;
  for (const Append& append : appends) {
    const auto [it, inserted] =
        by_id.try_emplace(append.tenant_id, tenants_.size());
    if (inserted) tenants_.emplace_back().id = append.tenant_id;
    Tenant& tenant = tenants_[it->second];
    places_.push_back({it->second, tenant.ids.size()});
    for (const auto& touchpoint : append.touchpoints) {
      tenant.ids.emplace_back(touchpoint->source(),
                              touchpoint->touchpoint_id());
      tenant.needs_content.push_back(true);
    }
    for (const auto& retraction : append.retractions) {
      tenant.ids.emplace_back(retraction->source(),
                              retraction->touchpoint_id());
      tenant.needs_content.push_back(append.is_amendment ||
                                     append.only_kind !=
                                         v1::TOUCHPOINT_KIND_UNSPECIFIED);
    }
  }
}

void Planner::Fetch(Tenant& tenant) {
  if (const TenantHead* head = pending_.FindHead(tenant.id)) {
    tenant.head = *head;
  } else {
    auto fetched = options_.index->Head(tenant.id);
    if (!fetched.ok()) {
      tenant.status = fetched.status();
      return;
    }
    tenant.head = *std::move(fetched);
  }
  auto entries = options_.index->Ids(tenant.id, tenant.ids);
  if (!entries.ok()) {
    tenant.status = entries.status();
    return;
  }
  tenant.entries = *std::move(entries);
  tenant.status = FetchContents(tenant);
}

absl::Status Planner::FetchContents(Tenant& tenant) {
  std::vector<size_t> indexes;
  std::vector<int64_t> positions;
  for (size_t i = 0; i < tenant.ids.size(); ++i) {
    if (!tenant.needs_content[i] || tenant.entries[i].position == 0) continue;
    IdFact fact;
    pending_.Complete({tenant.id, tenant.ids[i].first, tenant.ids[i].second},
                      fact);
    if (fact.touchpoint != nullptr) continue;
    indexes.push_back(i);
    positions.push_back(tenant.entries[i].position);
  }
  if (indexes.empty()) return absl::OkStatus();
  const auto events = options_.log->ReadPositions(tenant.id, positions);
  if (!events.ok()) return events.status();
  tenant.contents.resize(tenant.ids.size());
  for (size_t i = 0; i < indexes.size(); ++i) {
    const LogEvent& event = (*events)[i];
    if (event.touchpoint == nullptr) {
      return core::DamagedError(absl::StrCat(
          "tenant ", tenant.id, ": the id index says that position ",
          event.position, " is a touchpoint, but it is not"));
    }
    tenant.contents[indexes[i]] = AsGiven(event);
  }
  return absl::OkStatus();
}

absl::StatusOr<Decision> Planner::DecideOne(const Append& append,
                                            const Place& place,
                                            const PendingGroup& group,
                                            core::Micros now) {
  const Tenant& tenant = tenants_[place.tenant];
  if (!tenant.status.ok()) return tenant.status;
  const size_t count = append.touchpoints.size() + append.retractions.size();
  facts_.ids.clear();
  for (size_t i = place.first_id; i < place.first_id + count; ++i) {
    IdFact& fact = facts_.ids.emplace_back();
    fact.entry = tenant.entries[i];
    if (!tenant.contents.empty()) fact.touchpoint = tenant.contents[i].get();
    pending_.Complete({tenant.id, tenant.ids[i].first, tenant.ids[i].second},
                      fact);
  }
  facts_.head_position = tenant.head.head_position;
  absl::Status status = GatherVersions(append, tenant, group);
  if (!status.ok()) return status;
  GatherFull(append, tenant);
  status = GatherInert(append, tenant);
  if (!status.ok()) return status;
  return Decide(append, facts_, options_.sender_clocks, now);
}

absl::Status Planner::GatherVersions(const Append& append, const Tenant& tenant,
                                     const PendingGroup& group) {
  facts_.versions.clear();
  for (const v1::ExpectedVersion& expected : append.expected_versions) {
    const auto version =
        options_.index->SubjectVersion(tenant.id, expected.subject());
    if (!version.ok()) return version.status();
    const int64_t* const added = group.FindSubject(
        {tenant.id, expected.subject().type(), expected.subject().id()});
    facts_.versions.push_back(*version + (added == nullptr ? 0 : *added));
  }
  return absl::OkStatus();
}

void Planner::GatherFull(const Append& append, const Tenant& tenant) {
  facts_.full_subjects.clear();
  for (size_t i = 0; i < append.touchpoints.size(); ++i) {
    if (facts_.ids[i].entry.position != 0) continue;
    const NamedSubjects named(tenant.id, *append.touchpoints[i]);
    for (const SubjectKey& key : named) {
      // A placeholder beside a real id says nothing and refuses nothing.
      if (&key != named.begin() && core::IsPlaceholderId(key.id)) continue;
      subject_.set_type(key.type);
      subject_.set_id(key.id.data(), key.id.size());
      if (!options_.index->IsFull(tenant.id, subject_)) continue;
      facts_.full_subjects.resize(append.touchpoints.size());
      facts_.full_subjects[i] = std::make_unique<v1::Subject>(subject_);
      break;
    }
  }
}

absl::Status Planner::GatherInert(const Append& append, const Tenant& tenant) {
  facts_.inert_links.clear();
  for (size_t i = 0; i < append.touchpoints.size(); ++i) {
    if (facts_.ids[i].entry.position != 0) continue;
    for (const core::LinkRef& link : core::LinksOf(*append.touchpoints[i])) {
      const auto inert = options_.index->IsInert(tenant.id, link);
      if (!inert.ok()) return inert.status();
      if (!*inert) continue;
      facts_.inert_links.resize(append.touchpoints.size());
      facts_.inert_links[i].push_back(link.narrow.type);
    }
  }
  return absl::OkStatus();
}

}  // namespace journey::log
