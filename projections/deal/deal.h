// Deals: one sales opportunity each, in a pipeline of stages, and the moments
// from which its silence clocks run.
#ifndef PROJECTIONS_DEAL_DEAL_H_
#define PROJECTIONS_DEAL_DEAL_H_

#include <string>
#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"

namespace journey::projections {

// What a touchpoint did to the journey's deals.
struct DealOutcome {
  // A deal became open: opened, or opened again.
  bool opened = false;
  // A deal was won.
  bool won = false;
};

// Applies a touchpoint to the deals of a journey. A touchpoint that names a
// deal counts for that deal only, even before it is opened; one without counts
// for every open deal, of more than kOpenDealsMax for those opened last. A deal
// that no touchpoint of kind deal has named yet has status UNSPECIFIED and is
// shown nowhere.
DealOutcome ApplyToDeals(const Rules& rules, const v1::Touchpoint& touchpoint,
                         const storage::v1::Moment& moment, JourneyFold& fold);

// The deals for which a touchpoint counts that is no change of a deal; from now
// on they count as changed.
[[nodiscard]] std::vector<storage::v1::DealState*> TargetsOf(
    const v1::Touchpoint& touchpoint, JourneyFold& fold);

// Tells the open deals who owns the account, where that has changed.
void TellAccountOwner(JourneyFold& fold);

// A stage of certain failure or certain success: what stands there is decided.
[[nodiscard]] bool IsTerminal(const v1::PipelineStage& stage);

// The responsible employee: the deal's owner, else the account's; empty where
// unknown.
[[nodiscard]] const std::string& OwnerOf(const storage::v1::DealState& deal);

// Id of the pipeline stage that the deal is in.
[[nodiscard]] const std::string& CurrentStageId(
    const storage::v1::DealState& deal);

}  // namespace journey::projections

#endif  // PROJECTIONS_DEAL_DEAL_H_
