// The fold: a journey's state and a touchpoint in, the state after it out.
//
// Touchpoints are applied in canonical order (core::OrderKey), so the state is
// a function of their set and the rules. Nothing here fails: an unknown kind,
// stage or pipeline changes nothing but the counts.
#ifndef PROJECTIONS_JOURNEY_FOLD_H_
#define PROJECTIONS_JOURNEY_FOLD_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "google/protobuf/arena.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"
#include "projections/scoring/scoring.h"
#include "service/core/clock.h"

namespace journey::projections {

// A deal of a journey that is being folded.
struct FoldedDeal {
  storage::v1::DealState* state = nullptr;
  // Evolve changed it.
  bool is_changed = false;
};

// A journey being folded. Not thread-safe; can be moved.
class JourneyFold {
 public:
  // A journey without touchpoints. Its state lies in `arena`, which outlives
  // the fold; null: in one of its own.
  explicit JourneyFold(const v1::Subject& subject,
                       google::protobuf::Arena* arena = nullptr);

  [[nodiscard]] storage::v1::JourneyState& state() { return *state_; }
  [[nodiscard]] const storage::v1::JourneyState& state() const {
    return *state_;
  }

  // The same, in an arena of its own.
  [[nodiscard]] JourneyFold Copy() const;

  // Gives back the memory that earlier states held, where the fold has an arena
  // of its own. To be called now and then in long folds.
  void Compact();

  // Where its messages lie.
  [[nodiscard]] google::protobuf::Arena* arena() const { return arena_; }

  // Deals by id. Holds at least every open deal of the journey and the deal
  // that the next touchpoint names, where it exists.
  [[nodiscard]] const absl::btree_map<std::string, FoldedDeal>& deals() const {
    return deals_;
  }

  // A deal, empty where the fold did not hold it.
  storage::v1::DealState& DealOf(const std::string& deal_id) {
    return *FoldedOf(deal_id).state;
  }
  // The same; from now on it counts as changed.
  storage::v1::DealState& ChangedDealOf(const std::string& deal_id);

  // The deals that count as changed, by id; from now on they do not.
  std::vector<std::string> TakeChangedDeals();

 private:
  FoldedDeal& FoldedOf(const std::string& deal_id);

  std::unique_ptr<google::protobuf::Arena> own_arena_;
  google::protobuf::Arena* arena_;
  storage::v1::JourneyState* state_;
  absl::btree_map<std::string, FoldedDeal> deals_;
  // Ids of those that count as changed.
  std::vector<std::string> changed_;
};

// Applies a touchpoint that is not before the newest one in canonical order.
// Kinds that only say who belongs together change nothing. Returns what it
// gives for the behaviour score.
std::vector<Award> Evolve(const Rules& rules, const v1::Touchpoint& touchpoint,
                          JourneyFold& fold);

// The first instant at which time alone may change the state; kNever when
// there is none.
[[nodiscard]] core::Micros NextChangeOf(const storage::v1::JourneyState& state);

// Applies what happens by time alone up to and with `instant`.
void AdvanceTo(core::Micros instant, storage::v1::JourneyState& state);

// The place of a touchpoint in canonical order.
[[nodiscard]] storage::v1::Moment MomentOf(const v1::Touchpoint& touchpoint);

// True when `a` comes before `b` in canonical order.
[[nodiscard]] bool Before(const storage::v1::Moment& a,
                          const storage::v1::Moment& b);

}  // namespace journey::projections

#endif  // PROJECTIONS_JOURNEY_FOLD_H_
