#include "projections/plan/plan.h"

#include <algorithm>
#include <string>

#include "projections/task/task.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::ActivityDone;
using storage::v1::JourneyState;
using storage::v1::Moment;
using storage::v1::StageVisitState;

constexpr Micros kMicrosPerHour = Micros{3600} * core::kMicrosPerSecond;

const StageVisitState& CurrentVisit(const JourneyState& state) {
  const auto& visits = state.lifecycle().visits();
  return visits[visits.size() - 1];
}

const ActivityDone* FindDone(const std::string& activity_id,
                             const JourneyState& state) {
  const auto& done = state.activities_done();
  const auto it = std::find_if(done.begin(), done.end(), [&](const auto& d) {
    return d.activity_id() == activity_id;
  });
  return it == done.end() ? nullptr : &*it;
}

// The activity that a task fulfils which is done: by its own word, else by that
// of the touchpoint that planned it. Empty where there is none.
std::string FulfilledBy(const v1::Touchpoint& touchpoint,
                        const JourneyState& state) {
  const v1::Task& task = touchpoint.task();
  if (task.action() != v1::Task::ACTION_DONE) return "";
  if (!task.plan_activity_id().empty()) return task.plan_activity_id();
  const auto* planned = FindPlannedTask(task.task_id(), state);
  return planned == nullptr ? "" : planned->plan_activity_id();
}

// Of the hours that an activity took, or has taken so far, the part that was
// expected.
double PaceOf(Micros expected, Micros actual) {
  return actual <= expected
             ? 1
             : static_cast<double>(expected) / static_cast<double>(actual);
}

}  // namespace

void ApplyToPlan(const Rules& rules, const v1::Touchpoint& touchpoint,
                 const Moment& moment, JourneyState& state) {
  const auto& activities =
      rules.plan_table().ActivitiesOf(CurrentVisit(state).stage());
  if (activities.empty()) return;
  const std::string fulfilled = FulfilledBy(touchpoint, state);
  for (const PlannedActivity& activity : activities) {
    const bool does =
        fulfilled == activity.rule->id() ||
        (activity.match.has_value() && activity.match->IsMetBy(touchpoint));
    if (!does || FindDone(activity.rule->id(), state) != nullptr) continue;
    ActivityDone& done = *state.add_activities_done();
    done.set_activity_id(activity.rule->id());
    *done.mutable_moment() = moment;
  }
}

v1::Plan ConcludePlan(const Rules& rules, const JourneyState& state,
                      Micros instant) {
  const StageVisitState& visit = CurrentVisit(state);
  const v1::LifecycleStage& stage = rules.StageFor(visit.stage());
  v1::Plan out;
  out.set_stage_id(stage.id());
  *out.mutable_entered_at() = core::ToTimestamp(visit.entered_us());
  double paces = 0;
  int paced = 0;
  for (const v1::PlanActivity& rule : stage.plan()) {
    const Micros expected = rule.expected_hours() * kMicrosPerHour;
    auto& activity = *out.add_activities();
    activity.set_activity_id(rule.id());
    activity.set_name(rule.name());
    activity.set_points(rule.points());
    *activity.mutable_expected_at() =
        core::ToTimestamp(visit.entered_us() + expected);
    out.set_points(out.points() + rule.points());
    const ActivityDone* done = FindDone(rule.id(), state);
    Micros until = instant;
    if (done != nullptr) {
      until = done->moment().at_us();
      *activity.mutable_done_at() = core::ToTimestamp(until);
      *activity.mutable_cause() = done->moment().ref();
      out.set_points_done(out.points_done() + rule.points());
    } else {
      activity.set_overdue(until - visit.entered_us() >= expected);
    }
    if (done == nullptr && !activity.overdue()) continue;
    paces += PaceOf(expected, until - visit.entered_us());
    ++paced;
  }
  if (paced > 0) out.set_momentum(paces / paced);
  return out;
}

}  // namespace journey::projections
