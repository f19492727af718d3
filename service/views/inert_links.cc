#include "service/views/inert_links.h"

#include <algorithm>
#include <string>

#include "projections/identity/links.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

// An account and all that are the same.
struct MergedAccounts {
  std::string representative_id;
  int count = 1;
};

absl::StatusOr<MergedAccounts> MergedWith(const Snapshot& snapshot,
                                          absl::string_view tenant_id,
                                          const core::SubjectRef& account) {
  auto identity = snapshot.ReadIdentity(tenant_id, account);
  if (!identity.ok()) return identity.status();
  MergedAccounts out;
  out.representative_id = identity->representative_id();
  if (out.representative_id.empty()) {
    out.representative_id = std::string(account.id);
  } else {
    identity = snapshot.ReadIdentity(
        tenant_id, {v1::SUBJECT_TYPE_ACCOUNT, out.representative_id});
    if (!identity.ok()) return identity.status();
  }
  out.count = std::max(1, identity->merged_count());
  return out;
}

// True when a merge would join too many accounts.
absl::StatusOr<bool> IsMergeTooLarge(const Snapshot& snapshot,
                                     absl::string_view tenant_id,
                                     const core::LinkRef& merge) {
  const auto one = MergedWith(snapshot, tenant_id, merge.narrow);
  if (!one.ok()) return one.status();
  const auto other = MergedWith(snapshot, tenant_id, merge.wide);
  if (!other.ok()) return other.status();
  return one->representative_id != other->representative_id &&
         one->count + other->count > core::kMergedAccountsMax;
}

}  // namespace

bool HasAllLinked(v1::SubjectType type,
                  const storage::v1::IdentityState& identity) {
  return identity.linked_count() >= (type == v1::SUBJECT_TYPE_CONTACT
                                         ? core::kContactLinkedMax
                                         : core::kAccountLinkedMax);
}

absl::StatusOr<bool> IsInertLink(const ViewStore& store,
                                 const FullSet& full_links,
                                 absl::string_view tenant_id,
                                 const core::LinkRef& link) {
  if (link.narrow.type == link.wide.type) {
    return IsMergeTooLarge(Snapshot(store), tenant_id, link);
  }
  if (full_links.is_empty()) return false;
  if (!full_links.Contains(SubjectKey(tenant_id, link.narrow)) &&
      !full_links.Contains(SubjectKey(tenant_id, link.wide))) {
    return false;
  }
  const Snapshot snapshot(store);
  const auto narrow = snapshot.ReadIdentity(tenant_id, link.narrow);
  if (!narrow.ok()) return narrow.status();
  if (projections::IsShared(*narrow)) return true;
  const auto wide = snapshot.ReadIdentity(tenant_id, link.wide);
  if (!wide.ok()) return wide.status();
  if (!HasAllLinked(link.wide.type, *wide)) return false;
  // Who is linked to it already may say so again.
  return std::none_of(narrow->links().begin(), narrow->links().end(),
                      [&](const auto& known) {
                        return core::RefOf(known.target()) == link.wide;
                      });
}

}  // namespace journey::views
