#include "projections/signal/facts.h"

#include <algorithm>

#include "projections/scoring/scoring.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::JourneyState;
using storage::v1::Moment;
using storage::v1::VisitSurgeState;

// True while so many visits lie within the rule's days, as of `at`.
bool IsSurging(const v1::SignalRule& rule, const VisitSurgeState& visits,
               Micros at) {
  return visits.begun_us_size() == rule.count() &&
         at < visits.begun_us(0) + rule.days() * core::kMicrosPerDay;
}

void ApplyVisit(const Rules& rules, const Moment& moment, JourneyState& state) {
  const v1::SignalRule* rule =
      rules.FindSignalRule(v1::SIGNAL_TYPE_VISIT_SURGE);
  if (rule == nullptr) return;
  VisitSurgeState& visits = *state.mutable_visits();
  const Micros at = moment.at_us();
  const bool is_new =
      visits.newest_us() == 0 || at - visits.newest_us() >= kVisitGap;
  visits.set_newest_us(at);
  if (!is_new) return;
  const bool was_surging = IsSurging(*rule, visits, at);
  auto& begun = *visits.mutable_begun_us();
  if (begun.size() == rule->count()) begun.erase(begun.begin());
  begun.Add(at);
  if (!was_surging && IsSurging(*rule, visits, at)) {
    *visits.mutable_surge() = moment;
  }
}

// A newer answer of the same person takes the place of the older one.
void ApplyNps(const v1::Touchpoint& touchpoint, const Moment& moment,
              JourneyState& state) {
  auto& answers = *state.mutable_nps_answers();
  answers.erase(std::remove_if(answers.begin(), answers.end(),
                               [&](const auto& answer) {
                                 return answer.contact_id() ==
                                        touchpoint.contact_id();
                               }),
                answers.end());
  if (answers.size() == core::kNpsAnswersMax) answers.DeleteSubrange(0, 1);
  auto* answer = answers.Add();
  answer->set_contact_id(touchpoint.contact_id());
  *answer->mutable_moment() = moment;
  answer->set_score(touchpoint.survey().score());
}

void ApplyNegative(const Moment& moment, JourneyState& state) {
  auto& negative = *state.mutable_negative();
  if (negative.size() == core::kNegativeMomentsMax) {
    negative.DeleteSubrange(0, 1);
  }
  *negative.Add() = moment;
}

}  // namespace

void ApplyToSignalFacts(const Rules& rules, const v1::Touchpoint& touchpoint,
                        const Moment& moment, JourneyState& state) {
  if (touchpoint.has_site_visit()) ApplyVisit(rules, moment, state);
  if (touchpoint.has_survey() &&
      touchpoint.survey().type() == v1::Survey::TYPE_NPS) {
    ApplyNps(touchpoint, moment, state);
  }
  if (core::SentimentOf(touchpoint) == v1::SENTIMENT_NEGATIVE) {
    ApplyNegative(moment, state);
  }
  if (touchpoint.has_reward() &&
      touchpoint.reward().action() == v1::Reward::ACTION_CODE_GIVEN) {
    state.set_reward_given_us(moment.at_us());
  }
}

}  // namespace journey::projections
