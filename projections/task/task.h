// What people have planned: the tasks of a journey, and the follow-ups of its
// deals.
#ifndef PROJECTIONS_TASK_TASK_H_
#define PROJECTIONS_TASK_TASK_H_

#include <string>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/journey_fold.h"

namespace journey::projections {

// Applies a touchpoint of kind `task`; others change nothing. The newest one
// with a task's id says how it stands: planned, with what it says and nothing
// that an earlier one said, or no longer. Beyond kPlannedTasksMax the task that
// was planned longest ago is forgotten.
void ApplyToTasks(const v1::Touchpoint& touchpoint,
                  const storage::v1::Moment& moment,
                  storage::v1::JourneyState& state);

// A task that is planned; null where none is with this id.
[[nodiscard]] const storage::v1::PlannedTaskState* FindPlannedTask(
    const std::string& task_id, const storage::v1::JourneyState& state);

// Keeps the follow-ups of deals: tasks that are planned with a date when they
// are due, and meetings that are booked with a time when they begin. The newest
// touchpoint with the id of a task or meeting decides for every deal that is
// open, and for the one that it names: whether there is a follow-up, for which
// deals and when. Meetings without an id are one and the same. Beyond
// kFollowUpsMax the one planned longest ago is forgotten.
void ApplyToFollowUps(const v1::Touchpoint& touchpoint,
                      const storage::v1::Moment& moment, JourneyFold& fold);

}  // namespace journey::projections

#endif  // PROJECTIONS_TASK_TASK_H_
