#include "projections/identity/links.h"

#include <algorithm>
#include <set>

#include "projections/journey_fold.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using storage::v1::IdentityState;
using storage::v1::LinkState;
using storage::v1::Moment;

bool IsSame(const v1::Subject* a, const v1::Subject* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return core::RefOf(*a) == core::RefOf(*b);
}

core::OrderKey OrderOf(const Moment& moment) {
  return {moment.at_us(), moment.ref().source(), moment.ref().touchpoint_id()};
}

const v1::Subject* TargetAt(const IdentityState& identity,
                            core::Micros instant) {
  const LinkState* link = LinkAt(identity, instant);
  return link == nullptr ? nullptr : &link->target();
}

}  // namespace

bool IsShared(const IdentityState& identity) {
  return identity.links_size() >= core::kSharedLinksMin;
}

const LinkState* LinkAt(const IdentityState& identity, core::Micros instant) {
  const auto& links = identity.links();
  if (links.empty() || IsShared(identity)) return nullptr;
  const auto later = std::partition_point(
      links.begin(), links.end(),
      [&](const LinkState& link) { return link.moment().at_us() <= instant; });
  return later == links.begin() ? &*later : &*(later - 1);
}

void AddNewestLink(const Moment& moment, const v1::Subject& target,
                   IdentityState& identity) {
  const auto& links = identity.links();
  if (!links.empty() && IsSame(&links.rbegin()->target(), &target)) return;
  LinkState* link = identity.add_links();
  *link->mutable_moment() = moment;
  *link->mutable_target() = target;
}

bool IsRedundant(const core::OrderKey& order, const core::SubjectRef& target,
                 const IdentityState& identity) {
  const auto& links = identity.links();
  const auto later = std::partition_point(
      links.begin(), links.end(),
      [&](const auto& link) { return !(order < OrderOf(link.moment())); });
  return later != links.begin() && core::RefOf((later - 1)->target()) == target;
}

LinkEffect AddLink(const Moment& moment, const v1::Subject& target,
                   IdentityState& identity) {
  auto& links = *identity.mutable_links();
  if (links.empty()) {
    AddNewestLink(moment, target, identity);
    return LinkEffect::kAdded;
  }
  if (Before(moment, links[0].moment())) {
    if (IsSame(&links[0].target(), &target)) {
      *links[0].mutable_moment() = moment;
      return LinkEffect::kAdded;
    }
    LinkState* link = links.Add();
    *link->mutable_moment() = moment;
    *link->mutable_target() = target;
    std::rotate(links.begin(), links.end() - 1, links.end());
    return LinkEffect::kAdded;
  }
  return IsRedundant(OrderOf(moment), core::RefOf(target), identity)
             ? LinkEffect::kNone
             : LinkEffect::kDependsOnLater;
}

std::vector<TargetChange> TargetChanges(const IdentityState& before,
                                        const IdentityState& after) {
  std::set<core::Micros> starts = {0};
  for (const auto& link : before.links()) starts.insert(link.moment().at_us());
  for (const auto& link : after.links()) starts.insert(link.moment().at_us());
  std::vector<TargetChange> out;
  for (auto it = starts.begin(); it != starts.end(); ++it) {
    const v1::Subject* was = TargetAt(before, *it);
    const v1::Subject* is = TargetAt(after, *it);
    if (IsSame(was, is)) continue;
    const auto next = std::next(it);
    out.push_back({*it, next == starts.end() ? core::kNever : *next, was, is});
  }
  return out;
}

}  // namespace journey::projections
