#include "projections/scoring/conclude_scores.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "projections/explain.h"
#include "projections/scoring/decay.h"
#include "projections/scoring/scoring.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::Micros;
using core::ToTimestamp;
using storage::v1::JourneyState;
using storage::v1::ScoringState;

v1::BehaviourScore ConcludeBehaviour(const v1::BehaviourScoreRules& rules,
                                     const ScoringState& scoring,
                                     Micros instant) {
  const int half_life = rules.half_life_days();
  v1::BehaviourScore out;
  out.set_points(ScoreAt(scoring.behaviour(), instant, half_life));
  out.set_qualifying_points(ScoreAt(scoring.qualifying(), instant, half_life));
  out.set_mql_threshold(rules.mql_threshold());
  const Micros until =
      FallsBelowAt(scoring.qualifying(), rules.mql_threshold(), half_life);
  if (instant < until) *out.mutable_falls_below_at() = ToTimestamp(until);
  for (const auto& known : scoring.causes()) {
    v1::ScoreCause& cause = *out.add_causes();
    *cause.mutable_touchpoint() = known.moment().ref();
    *cause.mutable_occurred_at() = ToTimestamp(known.moment().at_us());
    cause.set_condition_id(rules.conditions(known.condition()).id());
    cause.set_points(known.points());
    cause.set_points_left(
        Decayed(known.points(), instant - known.moment().at_us(), half_life));
    cause.set_qualifying(known.qualifying());
  }
  return out;
}

v1::FitScore ConcludeFit(const v1::FitScoreRules& rules,
                         const JourneyState& state) {
  v1::FitScore out;
  out.set_points(state.scoring().fit());
  for (const v1::FitCondition& condition : rules.conditions()) {
    const auto* attribute = FindFit(condition, state);
    if (attribute == nullptr) continue;
    v1::FitCause& cause = *out.add_causes();
    cause.set_condition_id(condition.id());
    cause.set_points(condition.points());
    *cause.mutable_touchpoint() = attribute->cause();
  }
  return out;
}

void AddProfile(const JourneyState& state, v1::Journey& out) {
  for (const auto& known : state.profile()) {
    v1::ProfileAttribute& attribute = *out.add_profile();
    attribute.set_key(known.key());
    *attribute.mutable_value() = known.value();
    *attribute.mutable_cause() = known.cause();
  }
  std::sort(out.mutable_profile()->begin(), out.mutable_profile()->end(),
            [](const auto& a, const auto& b) { return a.key() < b.key(); });
}

}  // namespace

void AddScores(const Rules& rules, const JourneyState& state, Micros instant,
               v1::Journey& out) {
  const v1::ScoringRules& scoring = rules.rule_set().scoring();
  if (scoring.has_behaviour()) {
    *out.mutable_scores()->mutable_behaviour() =
        ConcludeBehaviour(scoring.behaviour(), state.scoring(), instant);
  }
  if (scoring.has_fit()) {
    *out.mutable_scores()->mutable_fit() = ConcludeFit(scoring.fit(), state);
  }
  AddProfile(state, out);
}

v1::Explanation ExplainMql(const Rules& rules, const JourneyState& state) {
  const storage::v1::LeadState& lead = state.lead();
  return Explain(
      rules, lead.rule_id(),
      absl::StrFormat("Came through marketing, and the behaviour score reached "
                      "%.1f points; the threshold is %d.",
                      lead.mql_points(),
                      rules.rule_set().scoring().behaviour().mql_threshold()),
      {lead.mql_causes().begin(), lead.mql_causes().end()});
}

}  // namespace journey::projections
