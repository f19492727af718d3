// Whom a contact or visitor belongs to over time: pure functions of the links
// in force.
#ifndef PROJECTIONS_IDENTITY_LINKS_H_
#define PROJECTIONS_IDENTITY_LINKS_H_

#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "service/core/clock.h"
#include "service/core/touchpoint.h"

namespace journey::projections {

// True for a contact or visitor that has belonged to so many in turn
// (kSharedLinksMin) that nothing follows from its links.
[[nodiscard]] bool IsShared(const storage::v1::IdentityState& identity);

// The link in force at `instant`: the last one from then or before, else the
// first one. Null without links, and for one that is shared.
[[nodiscard]] const storage::v1::LinkState* LinkAt(
    const storage::v1::IdentityState& identity, core::Micros instant);

// Adds a link that comes after all others in canonical order. One to the same
// target as the last one changes nothing.
void AddNewestLink(const storage::v1::Moment& moment, const v1::Subject& target,
                   storage::v1::IdentityState& identity);

// True when a link changes nothing: the one in force before it has the same
// target.
[[nodiscard]] bool IsRedundant(const core::OrderKey& order,
                               const core::SubjectRef& target,
                               const storage::v1::IdentityState& identity);

// What one more link does to the others.
enum class LinkEffect {
  // The target at its time is the same without it.
  kNone,
  // It was put before the others.
  kAdded,
  // The others are known only where the target changes: those after it decide
  // how long it holds. Nothing was done.
  kDependsOnLater,
};

// Adds a link at any place.
[[nodiscard]] LinkEffect AddLink(const storage::v1::Moment& moment,
                                 const v1::Subject& target,
                                 storage::v1::IdentityState& identity);

// A stretch of time in which the target is another one than before; null is
// nobody.
struct TargetChange {
  core::Micros from = 0;
  // Exclusive.
  core::Micros until = core::kNever;
  const v1::Subject* before = nullptr;
  const v1::Subject* after = nullptr;
};

// All of them, in order. They refer to the arguments.
[[nodiscard]] std::vector<TargetChange> TargetChanges(
    const storage::v1::IdentityState& before,
    const storage::v1::IdentityState& after);

}  // namespace journey::projections

#endif  // PROJECTIONS_IDENTITY_LINKS_H_
