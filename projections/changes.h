// What changes along a journey: stage, lead status and stalls, by touchpoints
// and by time alone.
#ifndef PROJECTIONS_CHANGES_H_
#define PROJECTIONS_CHANGES_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/journey.pb.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Follows one journey: begin with a fold, then in turn let time pass and tell
// of each touchpoint that was folded. Folds hold at least the open deals. Not
// thread-safe.
class ChangeFinder {
 public:
  // Begins at an instant, without telling what came before it. The rules
  // outlive the finder.
  ChangeFinder(const Rules& rules, const JourneyFold& fold, core::Micros at);

  // Adds what time alone changes up to and with `until`.
  void AdvanceTo(core::Micros until, const JourneyFold& fold,
                 std::vector<v1::JourneyChange>& out);

  // Adds what a touchpoint changed, which occurred at `at` and is folded.
  void Applied(core::Micros at, const JourneyFold& fold,
               std::vector<v1::JourneyChange>& out);

 private:
  using StallName = std::pair<std::string, v1::StallReason>;
  struct Standing {
    int visit_count = 0;
    std::string stage_id;
    v1::LeadStatus lead_status = v1::LEAD_STATUS_UNSPECIFIED;
    core::Micros lead_since = 0;
    std::map<StallName, v1::Stall> stalls;
  };

  void Note(core::Micros at, const storage::v1::JourneyState& state,
            const JourneyFold& fold, std::vector<v1::JourneyChange>* out);
  void NoteStages(core::Micros at, const storage::v1::JourneyState& state,
                  std::vector<v1::JourneyChange>* out);
  void NoteLead(core::Micros at, const storage::v1::JourneyState& state,
                std::vector<v1::JourneyChange>* out);
  void NoteStalls(core::Micros at, const storage::v1::JourneyState& state,
                  const JourneyFold& fold, std::vector<v1::JourneyChange>* out);
  [[nodiscard]] core::Micros NextInstant(const storage::v1::JourneyState& state,
                                         const JourneyFold& fold) const;

  const Rules& rules_;
  core::Micros at_;
  Standing standing_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_CHANGES_H_
