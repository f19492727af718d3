#include "projections/explanation/journey_explainer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/conclude.h"
#include "projections/explain.h"
#include "projections/explanation/lead_ways.h"
#include "projections/qualification/qualification.h"
#include "projections/stall/stall.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::JourneyState;
using storage::v1::Moment;
using Causes = google::protobuf::RepeatedPtrField<v1::PlacedCause>;

void AddCauses(const v1::Explanation& explanation, Causes& causes) {
  for (const v1::TouchpointRef& cause : explanation.causes()) {
    *causes.Add()->mutable_touchpoint() = cause;
  }
}

void ExplainLead(const Rules& rules, const v1::Journey& journey,
                 const JourneyState& state,
                 const std::vector<Moment>& mql_causes, Micros instant,
                 v1::LeadExplanation& out) {
  *out.mutable_standing() = journey.lead();
  if (journey.lead().status() == v1::LEAD_STATUS_MQL) {
    *out.mutable_holds_until() = journey.scores().behaviour().falls_below_at();
    for (const Moment& cause : mql_causes) {
      *out.add_causes()->mutable_touchpoint() = cause.ref();
    }
  } else {
    AddCauses(journey.lead().explanation(), *out.mutable_causes());
  }
  AddCauses(journey.lead().open_request().explanation(),
            *out.mutable_open_request_causes());
  for (v1::LeadWay& way : LeadWays(rules, state, instant)) {
    *out.add_ways() = std::move(way);
  }
}

void ExplainBehaviour(const Rules& rules, const v1::Journey& journey,
                      v1::BehaviourExplanation& out) {
  const auto& score = rules.rule_set().scoring().behaviour();
  *out.mutable_score() = journey.scores().behaviour();
  out.mutable_score()->clear_causes();
  *out.mutable_explanation() =
      Explain(rules, "scoring.behaviour",
              absl::StrCat(
                  "The points of all touchpoints, which lose half of their "
                  "worth in ",
                  score.half_life_days(), " days; from ", score.mql_threshold(),
                  " points that count on a lead may be an MQL."),
              {});
}

void ExplainFit(const Rules& rules, const v1::Journey& journey,
                v1::FitExplanation& out) {
  const v1::FitScore& fit = journey.scores().fit();
  out.set_points(fit.points());
  *out.mutable_explanation() =
      Explain(rules, "scoring.fit",
              "The points of what profiles say, which do not decay; a "
              "negative fit makes no MQL.",
              {});
  for (const v1::FitCause& cause : fit.causes()) {
    v1::FitContribution& contribution = *out.add_contributions();
    *contribution.mutable_cause()->mutable_touchpoint() = cause.touchpoint();
    contribution.set_condition_id(cause.condition_id());
    contribution.set_points(cause.points());
    for (const auto& condition :
         rules.rule_set().scoring().fit().conditions()) {
      if (condition.id() == cause.condition_id()) {
        contribution.set_condition_name(condition.name());
      }
    }
  }
}

void ExplainStalls(const Rules& rules, const JourneyFold& fold, Micros instant,
                   v1::JourneyExplanation& out) {
  for (const auto& [deal_id, deal] : fold.deals()) {
    for (v1::Stall& stall : StallsAt(rules, *deal.state, instant)) {
      if (out.stalls_size() == core::kExplainedStallsMax) {
        out.set_stalls_left_out(out.stalls_left_out() + 1);
        continue;
      }
      v1::StallExplanation& explained = *out.add_stalls();
      explained.set_deal_id(deal_id);
      explained.set_deal_name(deal.state->name());
      AddCauses(stall.explanation(), *explained.mutable_causes());
      *explained.mutable_stall() = std::move(stall);
    }
  }
}

}  // namespace

void JourneyExplainer::Add(const v1::Touchpoint& touchpoint) {
  const std::vector<Award> awards = Evolve(rules_, touchpoint, fold_);
  const Moment moment = MomentOf(touchpoint);
  ledger_.Add(moment, awards);
  if (GivesBack(touchpoint) &&
      fold_.state().subject().type() != v1::SUBJECT_TYPE_VISITOR) {
    ledger_.BeginAnew(moment);
  }
  NoteMql(moment);
}

// Keeps what made the lead an MQL, if this touchpoint did.
void JourneyExplainer::NoteMql(const Moment& moment) {
  const storage::v1::LeadState& lead = WithoutPurchases(fold_.state().lead());
  if (lead.status() != v1::LEAD_STATUS_MQL ||
      lead.since_us() != moment.at_us() ||
      !IsSame(lead.cause(), moment.ref())) {
    return;
  }
  mql_causes_ = ledger_.Qualifying();
  mql_causes_.push_back(fold_.state().scoring().marketing());
  mql_causes_.push_back(moment);
  std::sort(mql_causes_.begin(), mql_causes_.end(), Before);
  mql_causes_.erase(std::unique(mql_causes_.begin(), mql_causes_.end(),
                                [](const auto& a, const auto& b) {
                                  return IsSame(a.ref(), b.ref());
                                }),
                    mql_causes_.end());
}

v1::JourneyExplanation JourneyExplainer::Explain(Micros instant) const {
  const v1::Journey journey = ConcludeJourney(rules_, fold_, instant);
  JourneyState state = fold_.state();
  AdvanceTo(instant, state);
  v1::JourneyExplanation out;
  *out.mutable_subject() = journey.subject();
  *out.mutable_as_of() = journey.as_of();
  *out.mutable_stage()->mutable_visit() = journey.stage();
  AddCauses(journey.stage().explanation(),
            *out.mutable_stage()->mutable_causes());
  ExplainLead(rules_, journey, state, mql_causes_, instant,
              *out.mutable_lead());
  if (journey.scores().has_behaviour()) {
    ExplainBehaviour(rules_, journey, *out.mutable_behaviour());
    ledger_.Explain(instant, *out.mutable_behaviour());
    if (const auto* moment = ledger_.counted_after()) {
      *out.mutable_lead()->mutable_counted_after()->mutable_touchpoint() =
          moment->ref();
    }
  }
  if (journey.scores().has_fit()) {
    ExplainFit(rules_, journey, *out.mutable_fit());
  }
  ExplainStalls(rules_, fold_, instant, out);
  return out;
}

}  // namespace journey::projections
