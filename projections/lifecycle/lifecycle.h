// The lifecycle stage: where a journey stands, seen by the company and by the
// customer.
//
// The stage by the rules is a pure function of a few facts that the fold
// keeps (RuleStage); history, cycles and skipped stages follow from its
// changes.
#ifndef PROJECTIONS_LIFECYCLE_LIFECYCLE_H_
#define PROJECTIONS_LIFECYCLE_LIFECYCLE_H_

#include <string>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/deal/deal.h"
#include "projections/lifecycle/sales.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Ids of the rules that lead into a stage; the others are "lifecycle." and
// the entry condition in lower case, for example "lifecycle.deal_open".
inline constexpr char kRuleNoOpenDeal[] = "lifecycle.no_open_deal";
inline constexpr char kRulePurchaseUndone[] = "lifecycle.purchase_undone";
inline constexpr char kRuleStageSet[] = "lifecycle.stage_set";

// Applies a touchpoint, after the deals, sales and lead status.
void ApplyToLifecycle(const Rules& rules, const v1::Touchpoint& touchpoint,
                      const storage::v1::Moment& moment,
                      const DealOutcome& deal, const SaleOutcome& sale,
                      storage::v1::JourneyState& state);

// Ends the hold time after a purchase when it is over at `instant`.
void EndHoldBy(core::Micros instant, storage::v1::JourneyState& state);

// One sentence for a person about the rule that led into a stage.
[[nodiscard]] std::string LifecycleRuleText(const std::string& rule_id);

}  // namespace journey::projections

#endif  // PROJECTIONS_LIFECYCLE_LIFECYCLE_H_
