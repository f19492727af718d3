// Lead status: from explicit facts (requests for a commercial conversation,
// sales' own word, purchases) and, short of those, from the scores.
#ifndef PROJECTIONS_QUALIFICATION_QUALIFICATION_H_
#define PROJECTIONS_QUALIFICATION_QUALIFICATION_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/lifecycle/sales.h"
#include "projections/rules/rules.h"

namespace journey::projections {

// Ids of the rules that change a lead status.
inline constexpr char kRuleSqlForm[] = "qualification.sql_form";
inline constexpr char kRuleSqlMeeting[] = "qualification.sql_meeting";
inline constexpr char kRuleAccepted[] = "qualification.accepted";
inline constexpr char kRuleRejected[] = "qualification.rejected";
inline constexpr char kRuleRecycled[] = "qualification.recycled";
inline constexpr char kRuleDisqualified[] = "qualification.disqualified";
inline constexpr char kRulePurchase[] = "qualification.purchase";
inline constexpr char kRuleMql[] = "qualification.mql";
inline constexpr char kRuleScoreBelow[] = "qualification.score_below";
inline constexpr char kRuleFitNegative[] = "qualification.fit_negative";
inline constexpr char kRuleNoLead[] = "qualification.none";

// Gives a lead another status; nothing changes when it has that one.
void SetLeadStatus(v1::LeadStatus status, const char* rule_id,
                   const storage::v1::Moment& moment,
                   storage::v1::LeadState& lead);

// The standing as it were without purchases: a customer's goes on beneath, in
// case they are undone.
[[nodiscard]] storage::v1::LeadState& WithoutPurchases(
    storage::v1::LeadState& lead);
[[nodiscard]] const storage::v1::LeadState& WithoutPurchases(
    const storage::v1::LeadState& lead);

// Applies a touchpoint, after the sales and scores. A visitor nobody has
// identified has no lead status.
void ApplyToLead(const Rules& rules, const v1::Touchpoint& touchpoint,
                 const storage::v1::Moment& moment, const SaleOutcome& sale,
                 storage::v1::JourneyState& state);

// True when sales rejects or recycles the lead: from then on only later
// touchpoints count toward MQL.
[[nodiscard]] bool GivesBack(const v1::Touchpoint& touchpoint);

// One sentence for a person about a rule above.
[[nodiscard]] const char* LeadRuleText(const std::string& rule_id);

}  // namespace journey::projections

#endif  // PROJECTIONS_QUALIFICATION_QUALIFICATION_H_
