// The fold: a journey's state and a touchpoint in, the state after it out.
//
// Touchpoints are applied in canonical order (core::OrderKey), so the state is
// a function of their set and the rules. Nothing here fails: an unknown kind,
// stage or pipeline changes nothing but the counts.
#ifndef PROJECTIONS_JOURNEY_FOLD_H_
#define PROJECTIONS_JOURNEY_FOLD_H_

#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

using DealMap = absl::btree_map<std::string, storage::v1::DealState>;

// A journey being folded. Not thread-safe.
struct JourneyFold {
  storage::v1::JourneyState state;
  // Deals by id. Holds at least every open deal of the journey and the deal
  // that the next touchpoint names, where it exists.
  DealMap deals;
  // Ids of deals that Evolve changed.
  absl::btree_set<std::string> changed_deals;
};

// A journey without touchpoints.
[[nodiscard]] JourneyFold EmptyFold(const v1::Subject& subject);

// Applies a touchpoint that is not before the newest one in canonical order.
void Evolve(const Rules& rules, const v1::Touchpoint& touchpoint,
            JourneyFold& fold);

// Applies what happens by time alone up to and with `instant`.
void AdvanceTo(core::Micros instant, storage::v1::JourneyState& state);

// The place of a touchpoint in canonical order.
[[nodiscard]] storage::v1::Moment MomentOf(const v1::Touchpoint& touchpoint);

// True when `a` comes before `b` in canonical order.
[[nodiscard]] bool Before(const storage::v1::Moment& a,
                          const storage::v1::Moment& b);

}  // namespace journey::projections

#endif  // PROJECTIONS_JOURNEY_FOLD_H_
