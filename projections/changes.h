// What changes along a journey: stage, lead status and stalls, by touchpoints
// and by time alone.
#ifndef PROJECTIONS_CHANGES_H_
#define PROJECTIONS_CHANGES_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/journey.pb.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Folds one journey on and tells what changes on the way. At each touchpoint
// and instant only the deals are looked at that it concerns, however many are
// open. Not thread-safe.
class ChangeFinder {
 public:
  // Given one change after the other, in order.
  using Tell = absl::FunctionRef<void(v1::JourneyChange)>;
  // Asked for each deal that is looked at; the work ends unless it is OK.
  using StillWanted = std::function<absl::Status()>;

  // Begins at an instant, which is not before the fold's newest touchpoint,
  // without telling what came before. The fold holds at least the open deals.
  // The rules outlive the finder.
  ChangeFinder(const Rules& rules, JourneyFold fold, core::Micros at,
               StillWanted still_wanted);

  // Tells what time alone changes up to and with `until`.
  absl::Status AdvanceTo(core::Micros until, Tell tell);

  // Tells what time alone changes until the touchpoint, folds it, and tells
  // what it changes. The next one in canonical order, not of a kind that only
  // says who belongs together.
  absl::Status Apply(const v1::Touchpoint& touchpoint, Tell tell);

  // Gives back memory. To be called now and then in long journeys.
  void Compact() { fold_.Compact(); }

 private:
  // Where the journey itself stands.
  struct Standing {
    int visit_count = 0;
    std::string stage_id;
    v1::LeadStatus lead_status = v1::LEAD_STATUS_UNSPECIFIED;
    core::Micros lead_since = 0;
  };
  // What is known of a deal.
  struct WatchedDeal {
    std::vector<v1::Stall> stalls;
    // When time alone changes them next.
    core::Micros next = core::kNever;
  };

  [[nodiscard]] const storage::v1::JourneyState& state() const {
    return ahead_.has_value() ? *ahead_ : fold_.state();
  }
  bool LetTimePass();
  [[nodiscard]] Standing StandingNow() const;
  std::vector<std::string> TakeDueDeals();
  void LookAt(const std::string& deal_id, WatchedDeal& out);

  void NoteJourney(Tell tell);
  // `by` is null where time alone has brought it.
  absl::Status NoteStalls(const std::vector<std::string>& deal_ids,
                          const v1::Touchpoint* by, Tell tell);

  const Rules& rules_;
  const StillWanted still_wanted_;
  JourneyFold fold_;
  core::Micros at_;
  // The journey's state at `at_` where time alone has changed it since the
  // newest touchpoint.
  std::optional<storage::v1::JourneyState> ahead_;
  Standing standing_;
  absl::flat_hash_map<std::string, WatchedDeal> deals_;
  // Their `next`, each with the deal.
  absl::btree_set<std::pair<core::Micros, std::string>> agenda_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_CHANGES_H_
