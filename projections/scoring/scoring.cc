#include "projections/scoring/scoring.h"

#include <algorithm>
#include <cstdlib>

#include "projections/scoring/attributes.h"
#include "projections/scoring/decay.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::JourneyState;
using storage::v1::Moment;
using storage::v1::ScoringState;

// Visits less than half an hour apart are one, which meets each condition
// once.
void NoteVisit(Micros at, ScoringState& scoring) {
  if (at - scoring.visit_us() >= kVisitGap) scoring.clear_visit_conditions();
  scoring.set_visit_us(at);
}

// False when the visit has met the condition before.
bool IsFirstInVisit(int condition, ScoringState& scoring) {
  const auto& met = scoring.visit_conditions();
  if (std::find(met.begin(), met.end(), condition) != met.end()) return false;
  scoring.add_visit_conditions(condition);
  return true;
}

// Counts a touchpoint in; true when the window now holds enough.
bool CountIn(const ScoringCondition& condition, Micros at,
             ScoringState& scoring) {
  auto& windows = *scoring.mutable_windows();
  auto it = std::find_if(windows.begin(), windows.end(), [&](const auto& w) {
    return w.condition() == condition.index;
  });
  auto* window = it == windows.end() ? windows.Add() : &*it;
  window->set_condition(condition.index);
  const v1::RollingCount& count = condition.rule->count();
  const Micros length = count.within_days() * core::kMicrosPerDay;
  auto& seen = *window->mutable_at_us();
  seen.erase(std::remove_if(seen.begin(), seen.end(),
                            [&](Micros then) { return at - then >= length; }),
             seen.end());
  const bool is_enough = seen.size() + 1 >= count.at_least();
  seen.Add(at);
  if (seen.size() == count.at_least()) seen.erase(seen.begin());
  return is_enough;
}

// What the bound of the condition's group leaves of its points.
int Bound(const Rules& rules, const ScoringCondition& condition, Micros at,
          ScoringState& scoring) {
  const int points = condition.rule->points();
  if (condition.group == kNoGroup) return points;
  auto& groups = *scoring.mutable_groups();
  auto it = std::find_if(groups.begin(), groups.end(), [&](const auto& g) {
    return g.group() == condition.group;
  });
  auto* group = it == groups.end() ? groups.Add() : &*it;
  group->set_group(condition.group);
  const int64_t week = rules.calendar().WeekOf(at);
  if (group->week() != week) group->set_points(0);
  group->set_week(week);
  const int cap = rules.rule_set()
                      .scoring()
                      .behaviour()
                      .groups(condition.group)
                      .cap_points_per_week();
  const int size = std::min(std::abs(points), cap - group->points());
  group->set_points(group->points() + size);
  return points < 0 ? -size : size;
}

void Give(const Moment& moment, const Award& award, int half_life_days,
          ScoringState& scoring) {
  const int points = award.kept_points;
  if (points == 0) return;
  AddPoints(points, moment.at_us(), half_life_days,
            *scoring.mutable_behaviour());
  AddPoints(points, moment.at_us(), half_life_days,
            *scoring.mutable_qualifying());
  auto& causes = *scoring.mutable_causes();
  if (causes.size() < core::kScoreCausesMax) {
    causes.Add();
  } else {
    // The oldest one is used again: in an arena nothing is ever freed.
    std::rotate(causes.pointer_begin(), causes.pointer_begin() + 1,
                causes.pointer_end());
  }
  auto& cause = causes[causes.size() - 1];
  *cause.mutable_moment() = moment;
  cause.set_condition(award.condition);
  cause.set_points(points);
  cause.set_qualifying(true);
}

std::vector<Award> ApplyToBehaviour(const Rules& rules,
                                    const v1::Touchpoint& touchpoint,
                                    const Moment& moment,
                                    ScoringState& scoring) {
  std::vector<Award> awards;
  const Micros at = moment.at_us();
  if (touchpoint.has_site_visit()) NoteVisit(at, scoring);
  const auto& conditions =
      rules.scoring_table().ConditionsFor(core::KindOf(touchpoint));
  for (const ScoringCondition& condition : conditions) {
    if (!Meets(condition, touchpoint)) continue;
    if (touchpoint.has_site_visit() &&
        !IsFirstInVisit(condition.index, scoring)) {
      continue;
    }
    if (condition.rule->has_count() && !CountIn(condition, at, scoring)) {
      continue;
    }
    const Award award{condition.index, condition.rule->points(),
                      Bound(rules, condition, at, scoring)};
    Give(moment, award, rules.rule_set().scoring().behaviour().half_life_days(),
         scoring);
    awards.push_back(award);
  }
  return awards;
}

}  // namespace

bool Meets(const ScoringCondition& condition,
           const v1::Touchpoint& touchpoint) {
  if (!condition.match.IsMetBy(touchpoint)) return false;
  const auto& attributes = condition.rule->attributes();
  return std::all_of(
      attributes.begin(), attributes.end(), [&](const auto& attribute) {
        const auto value = AttributeOf(touchpoint, attribute.key());
        return value.has_value() && Holds(attribute, *value);
      });
}

std::vector<Award> ApplyToScores(const Rules& rules,
                                 const v1::Touchpoint& touchpoint,
                                 const Moment& moment, JourneyState& state) {
  const v1::ScoringRules& scoring = rules.rule_set().scoring();
  if (touchpoint.has_profile() && scoring.has_fit()) {
    int fit = 0;
    for (const v1::FitCondition& condition : scoring.fit().conditions()) {
      if (FindFit(condition, state) != nullptr) fit += condition.points();
    }
    state.mutable_scoring()->set_fit(fit);
  }
  if (!scoring.has_behaviour()) return {};
  return ApplyToBehaviour(rules, touchpoint, moment, *state.mutable_scoring());
}

void BeginQualifyingAnew(ScoringState& scoring) {
  scoring.clear_qualifying();
  scoring.clear_marketing();
  for (auto& cause : *scoring.mutable_causes()) cause.clear_qualifying();
}

const storage::v1::AttributeState* FindFit(const v1::FitCondition& condition,
                                           const JourneyState& state) {
  const auto& profile = state.profile();
  const auto it =
      std::find_if(profile.begin(), profile.end(), [&](const auto& attribute) {
        return attribute.key() == condition.attribute().key();
      });
  return it != profile.end() && Holds(condition.attribute(), it->value())
             ? &*it
             : nullptr;
}

}  // namespace journey::projections
