// From folded state to the conclusions that the API shows: a function of the
// state, the rules and the instant.
#ifndef PROJECTIONS_CONCLUDE_H_
#define PROJECTIONS_CONCLUDE_H_

#include <string>
#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/deal.pb.h"
#include "journey/v1/journey.pb.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// The journey at `instant`, which is not before its newest touchpoint.
// `fold.deals()` holds at least the open deals that the state names.
[[nodiscard]] v1::Journey ConcludeJourney(const Rules& rules,
                                          const JourneyFold& fold,
                                          core::Micros instant);

// A deal of the journey of `subject` at `instant`.
[[nodiscard]] v1::Deal ConcludeDeal(const Rules& rules,
                                    const storage::v1::DealState& deal,
                                    const v1::Subject& subject,
                                    core::Micros instant);

// Parts of a journey: one visit to a stage, and the lead status.
[[nodiscard]] v1::StageVisit ConcludeVisit(
    const Rules& rules, const storage::v1::StageVisitState& visit);
[[nodiscard]] v1::LeadStanding ConcludeLead(
    const Rules& rules, const storage::v1::JourneyState& state);

// The probability of winning a deal in its pipeline stage, in per cent; -1
// where the rule set does not know the stage.
[[nodiscard]] int WinProbabilityPercent(const Rules& rules,
                                        const storage::v1::DealState& deal);

// The responsible employee; empty where unknown.
[[nodiscard]] const std::string& OwnerOf(
    const storage::v1::JourneyState& state);

// One lifecycle stage of a journey, which holds before `until` if nothing more
// happens.
struct StageInterval {
  v1::EntryCondition stage = v1::ENTRY_CONDITION_UNSPECIFIED;
  core::Micros until = core::kNever;

  friend bool operator==(const StageInterval& a, const StageInterval& b) {
    return a.stage == b.stage && a.until == b.until;
  }
};

// The present stage and those that time alone will bring; at most two.
[[nodiscard]] std::vector<StageInterval> StageIntervals(
    const storage::v1::JourneyState& state);

// One lead status of a journey, which holds before `until` if nothing more
// happens.
struct LeadStatusInterval {
  v1::LeadStatus status = v1::LEAD_STATUS_UNSPECIFIED;
  core::Micros until = core::kNever;

  friend bool operator==(const LeadStatusInterval& a,
                         const LeadStatusInterval& b) {
    return a.status == b.status && a.until == b.until;
  }
};

// The present lead status and those that time alone will bring; at most two.
[[nodiscard]] std::vector<LeadStatusInterval> LeadStatusIntervals(
    const storage::v1::JourneyState& state);

}  // namespace journey::projections

#endif  // PROJECTIONS_CONCLUDE_H_
