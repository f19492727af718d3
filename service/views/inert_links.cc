#include "service/views/inert_links.h"

#include <algorithm>
#include <string>

#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/journey_resolver.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

// True when a merge would join too many accounts.
absl::StatusOr<bool> IsMergeTooLarge(const Snapshot& snapshot,
                                     absl::string_view tenant_id,
                                     const core::LinkRef& merge) {
  JourneyResolver resolver(snapshot, tenant_id);
  const auto same = resolver.SameAccounts(std::string(merge.narrow.id));
  if (!same.ok()) return same.status();
  if (std::binary_search(same->begin(), same->end(), merge.wide.id)) {
    return false;
  }
  const auto others = resolver.SameAccounts(std::string(merge.wide.id));
  if (!others.ok()) return others.status();
  return same->size() + others->size() > core::kMergedAccountsMax;
}

}  // namespace

bool HasAllLinks(const storage::v1::IdentityState& identity) {
  return identity.links_size() >= core::kLinkChangesMax;
}

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
  if (HasAllLinks(*narrow)) return true;
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
