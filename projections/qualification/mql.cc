#include "projections/qualification/mql.h"

#include <algorithm>
#include <vector>

#include "projections/explain.h"
#include "projections/journey_fold.h"
#include "projections/qualification/qualification.h"
#include "projections/scoring/decay.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using storage::v1::JourneyState;
using storage::v1::LeadState;
using storage::v1::Moment;

// What made the lead an MQL: the touchpoint through marketing, the newest ones
// whose points count, and the one at which they did.
void KeepCauses(const Moment& moment, const storage::v1::ScoringState& scoring,
                LeadState& lead) {
  std::vector<Moment> moments = {scoring.marketing(), moment};
  for (const auto& cause : scoring.causes()) {
    if (cause.qualifying()) moments.push_back(cause.moment());
  }
  std::sort(moments.begin(), moments.end(), Before);
  std::vector<v1::TouchpointRef> causes;
  for (const Moment& each : moments) AddCause(each.ref(), causes);
  lead.mutable_mql_causes()->Assign(causes.begin(), causes.end());
}

// The touchpoint that changed the score last: from it on time did the rest.
v1::TouchpointRef LastQualifying(const JourneyState& state) {
  const auto& causes = state.scoring().causes();
  return causes.empty() ? v1::TouchpointRef()
                        : causes[causes.size() - 1].moment().ref();
}

}  // namespace

bool IsMarketing(const v1::Touchpoint& touchpoint) {
  const v1::Campaign& c = touchpoint.campaign();
  if (core::KindOf(touchpoint) == v1::TOUCHPOINT_KIND_UNSPECIFIED) return false;
  const bool has_campaign = !c.source().empty() || !c.medium().empty() ||
                            !c.name().empty() || !c.term().empty() ||
                            !c.content().empty();
  return has_campaign || touchpoint.has_ad_interaction() ||
         touchpoint.has_content() || touchpoint.has_event_attendance() ||
         touchpoint.has_social();
}

void NoteMarketing(const v1::Touchpoint& touchpoint, const Moment& moment,
                   JourneyState& state) {
  if (state.scoring().has_marketing() || !IsMarketing(touchpoint)) return;
  *state.mutable_scoring()->mutable_marketing() = moment;
}

void SettleMql(const Rules& rules, const Moment& moment, JourneyState& state) {
  LeadState& lead = WithoutPurchases(*state.mutable_lead());
  const bool is_mql = lead.status() == v1::LEAD_STATUS_MQL;
  if (!is_mql && lead.status() != v1::LEAD_STATUS_NONE &&
      lead.status() != v1::LEAD_STATUS_RECYCLED) {
    return;
  }
  const auto& scoring = state.scoring();
  const v1::BehaviourScoreRules& rule = rules.rule_set().scoring().behaviour();
  const core::Micros until = FallsBelowAt(
      scoring.qualifying(), rule.mql_threshold(), rule.half_life_days());
  const bool is_enough = scoring.has_marketing() && moment.at_us() < until;
  if (is_enough && scoring.fit() >= 0) {
    if (!is_mql) {
      SetLeadStatus(v1::LEAD_STATUS_MQL, kRuleMql, moment, lead);
      lead.set_mql_points(
          ScoreAt(scoring.qualifying(), moment.at_us(), rule.half_life_days()));
      KeepCauses(moment, scoring, lead);
    }
    lead.set_mql_until_us(until);
  } else if (is_mql) {
    SetLeadStatus(v1::LEAD_STATUS_NONE,
                  is_enough ? kRuleFitNegative : kRuleScoreBelow, moment, lead);
  }
}

void EndMqlBy(core::Micros instant, JourneyState& state) {
  LeadState& lead = WithoutPurchases(*state.mutable_lead());
  if (lead.status() != v1::LEAD_STATUS_MQL || lead.mql_until_us() > instant) {
    return;
  }
  Moment moment;
  moment.set_at_us(lead.mql_until_us());
  *moment.mutable_ref() = LastQualifying(state);
  SetLeadStatus(v1::LEAD_STATUS_NONE, kRuleScoreBelow, moment, lead);
}

}  // namespace journey::projections
