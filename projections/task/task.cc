#include "projections/task/task.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/deal/deal.h"
#include "service/core/clock.h"
#include "service/core/limits.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using storage::v1::DealState;
using storage::v1::FollowUp;
using storage::v1::JourneyState;
using storage::v1::Moment;
using storage::v1::PlannedTaskState;

// What a touchpoint says of a follow-up.
struct FollowUpChange {
  // Which one; empty where the touchpoint is about none.
  std::string key;
  // When it is due; 0 where there is no such follow-up any more.
  core::Micros due = 0;
};

FollowUpChange ChangeOf(const v1::Touchpoint& touchpoint) {
  FollowUpChange change;
  if (touchpoint.has_task()) {
    const v1::Task& task = touchpoint.task();
    change.key = absl::StrCat("task:", task.task_id());
    if (task.action() == v1::Task::ACTION_PLANNED && task.has_due_at()) {
      change.due = core::ToMicros(task.due_at());
    }
  } else if (touchpoint.has_meeting()) {
    const v1::Meeting& meeting = touchpoint.meeting();
    change.key = absl::StrCat("meeting:", meeting.meeting_id());
    if (meeting.action() == v1::Meeting::ACTION_BOOKED &&
        meeting.has_starts_at()) {
      change.due = core::ToMicros(meeting.starts_at());
    }
  }
  return change;
}

auto FindFollowUp(const std::string& key, const DealState& deal) {
  const auto& follow_ups = deal.follow_ups();
  return std::find_if(follow_ups.begin(), follow_ups.end(),
                      [&](const auto& other) { return other.key() == key; });
}

void RemoveFollowUp(const std::string& key, const std::string& deal_id,
                    core::Micros at, JourneyFold& fold) {
  const auto deal = fold.deals().find(deal_id);
  if (deal == fold.deals().end()) return;
  const auto it = FindFollowUp(key, *deal->second.state);
  if (it == deal->second.state->follow_ups().end()) return;
  DealState& changed = fold.ChangedDealOf(deal_id);
  changed.mutable_follow_ups()->erase(it);
  changed.set_follow_ups_changed_us(at);
}

void AddFollowUp(const FollowUpChange& change, const Moment& moment,
                 DealState& deal) {
  auto& follow_ups = *deal.mutable_follow_ups();
  if (follow_ups.size() == core::kFollowUpsMax) {
    follow_ups.DeleteSubrange(0, 1);
  }
  FollowUp& follow_up = *follow_ups.Add();
  follow_up.set_key(change.key);
  follow_up.set_due_us(change.due);
  *follow_up.mutable_planned() = moment;
}

}  // namespace

void ApplyToTasks(const v1::Touchpoint& touchpoint, const Moment& moment,
                  JourneyState& state) {
  if (!touchpoint.has_task()) return;
  const v1::Task& task = touchpoint.task();
  auto& tasks = *state.mutable_planned_tasks();
  tasks.erase(std::remove_if(
                  tasks.begin(), tasks.end(),
                  [&](const auto& t) { return t.task_id() == task.task_id(); }),
              tasks.end());
  if (task.action() != v1::Task::ACTION_PLANNED) return;
  if (tasks.size() == core::kPlannedTasksMax) tasks.DeleteSubrange(0, 1);
  PlannedTaskState& planned = *tasks.Add();
  planned.set_task_id(task.task_id());
  *planned.mutable_planned() = moment;
  if (task.has_due_at()) planned.set_due_us(core::ToMicros(task.due_at()));
  planned.set_deal_id(touchpoint.deal_id());
  planned.set_owner_id(touchpoint.owner_id());
  planned.set_plan_activity_id(task.plan_activity_id());
}

const PlannedTaskState* FindPlannedTask(const std::string& task_id,
                                        const JourneyState& state) {
  const auto& tasks = state.planned_tasks();
  const auto it =
      std::find_if(tasks.begin(), tasks.end(),
                   [&](const auto& task) { return task.task_id() == task_id; });
  return it == tasks.end() ? nullptr : &*it;
}

void ApplyToFollowUps(const v1::Touchpoint& touchpoint, const Moment& moment,
                      JourneyFold& fold) {
  const FollowUpChange change = ChangeOf(touchpoint);
  if (change.key.empty()) return;
  for (const auto& open : fold.state().open_deals()) {
    RemoveFollowUp(change.key, open.deal_id(), moment.at_us(), fold);
  }
  if (!touchpoint.deal_id().empty()) {
    RemoveFollowUp(change.key, touchpoint.deal_id(), moment.at_us(), fold);
  }
  if (change.due == 0) return;
  for (DealState* deal : TargetsOf(touchpoint, fold)) {
    AddFollowUp(change, moment, *deal);
  }
}

}  // namespace journey::projections
