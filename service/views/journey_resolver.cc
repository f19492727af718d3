#include "service/views/journey_resolver.h"

#include <set>
#include <utility>

#include "projections/identity/links.h"
#include "projections/identity/merges.h"
#include "service/views/keys.h"

namespace journey::views {

absl::StatusOr<const storage::v1::IdentityState*> JourneyResolver::IdentityOf(
    const core::SubjectRef& subject) {
  std::string key = SubjectKey(tenant_id_, subject);
  auto it = known_.find(key);
  if (it == known_.end()) {
    auto identity = source_.ReadIdentity(tenant_id_, subject);
    if (!identity.ok()) return identity.status();
    it = known_.emplace(std::move(key), *std::move(identity)).first;
  }
  return &it->second;
}

// Ends after three steps at most, because each leads to a wider type.
absl::StatusOr<v1::Subject> JourneyResolver::JourneyOf(
    const v1::Subject& subject, core::Micros instant) {
  if (subject.type() == v1::SUBJECT_TYPE_DEAL) return subject;
  const auto identity = IdentityOf(core::RefOf(subject));
  if (!identity.ok()) return identity.status();
  if (subject.type() != v1::SUBJECT_TYPE_ACCOUNT) {
    const auto* link = projections::LinkAt(**identity, instant);
    return link == nullptr ? subject : JourneyOf(link->target(), instant);
  }
  v1::Subject journey = subject;
  if (!(*identity)->representative_id().empty()) {
    journey.set_id((*identity)->representative_id());
  }
  return journey;
}

absl::StatusOr<std::vector<v1::Subject>> JourneyResolver::MembersOf(
    const v1::Subject& journey) {
  const auto leads_on = LeadsOn(journey);
  if (!leads_on.ok()) return leads_on.status();
  if (*leads_on) return std::vector<v1::Subject>();
  std::vector<v1::Subject> members = {journey};
  if (journey.type() == v1::SUBJECT_TYPE_ACCOUNT) {
    const auto accounts = SameAccounts(journey.id());
    if (!accounts.ok()) return accounts.status();
    members.clear();
    for (const std::string& id : *accounts) {
      members.push_back(core::ToSubject({v1::SUBJECT_TYPE_ACCOUNT, id}));
    }
  }
  std::set<core::SubjectRef> seen;
  std::vector<v1::Subject> out;
  // Each layer links to the one before it.
  while (!members.empty()) {
    std::vector<v1::Subject> linked;
    for (const v1::Subject& member : members) {
      const absl::Status status = AddLinked(core::RefOf(member), linked);
      if (!status.ok()) return status;
    }
    out.insert(out.end(), members.begin(), members.end());
    members = std::move(linked);
  }
  // A visitor may have belonged to several contacts.
  std::vector<v1::Subject> distinct;
  for (const v1::Subject& member : out) {
    if (seen.insert(core::RefOf(member)).second) distinct.push_back(member);
  }
  return distinct;
}

absl::StatusOr<bool> JourneyResolver::LeadsOn(const v1::Subject& subject) {
  const auto identity = IdentityOf(core::RefOf(subject));
  if (!identity.ok()) return identity.status();
  return !(*identity)->representative_id().empty() ||
         projections::LinkAt(**identity, 0) != nullptr;
}

absl::Status JourneyResolver::AddLinked(const core::SubjectRef& wide,
                                        std::vector<v1::Subject>& members) {
  if (wide.type != v1::SUBJECT_TYPE_ACCOUNT &&
      wide.type != v1::SUBJECT_TYPE_CONTACT) {
    return absl::OkStatus();
  }
  const auto identity = IdentityOf(wide);
  if (!identity.ok()) return identity.status();
  if ((*identity)->linked_count() == 0) return absl::OkStatus();
  return source_.ScanLinked(tenant_id_, wide, [&](const v1::Subject& subject) {
    members.push_back(subject);
    return true;
  });
}

absl::StatusOr<std::vector<std::string>> JourneyResolver::SameAccounts(
    const std::string& account_id) {
  return projections::SameAccounts(
      account_id,
      [&](const std::string& id) -> absl::StatusOr<std::vector<std::string>> {
        const auto identity = IdentityOf({v1::SUBJECT_TYPE_ACCOUNT, id});
        if (!identity.ok()) return identity.status();
        const auto& others = (*identity)->merged_account_ids();
        return std::vector<std::string>(others.begin(), others.end());
      });
}

}  // namespace journey::views
