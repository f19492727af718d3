// Keys of signals, all in column family `lists`; see keys.h.
#ifndef SERVICE_VIEWS_SIGNAL_KEYS_H_
#define SERVICE_VIEWS_SIGNAL_KEYS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "service/core/clock.h"

namespace journey::views {

// A signal by its id of 16 bytes; the value is a `Signal`.
[[nodiscard]] std::string SignalKey(absl::string_view tenant_id,
                                    absl::string_view signal_id);

// Lists of signals by `since`: all of them, those that are in force and wait
// for somebody, and the latter by owner. Their entries end with an instant and
// the id.
[[nodiscard]] std::string AllSignalsPrefix(absl::string_view tenant_id);
[[nodiscard]] std::string OpenSignalsPrefix(absl::string_view tenant_id);
[[nodiscard]] std::string OwnedSignalsPrefix(absl::string_view tenant_id,
                                             absl::string_view owner_id);
[[nodiscard]] std::string SignalListKey(std::string prefix, core::Micros since,
                                        absl::string_view signal_id);
// What follows such a prefix.
struct SignalListEntry {
  core::Micros since = 0;
  std::string signal_id;
};
[[nodiscard]] std::optional<SignalListEntry> ParseSignalList(
    absl::string_view suffix);

// Tasks that people planned, by when they are due (kNever: without a date), of
// all owners and by owner. Their entries end with an instant, the journey and
// the task's id.
[[nodiscard]] std::string PlannedTasksPrefix(absl::string_view tenant_id);
[[nodiscard]] std::string OwnedTasksPrefix(absl::string_view tenant_id,
                                           absl::string_view owner_id);
[[nodiscard]] std::string PlannedTaskKey(std::string prefix, core::Micros due,
                                         const v1::Subject& journey,
                                         absl::string_view task_id);
// What follows such a prefix.
struct PlannedTaskEntry {
  core::Micros due = 0;
  v1::Subject journey;
  std::string task_id;
};
[[nodiscard]] std::optional<PlannedTaskEntry> ParsePlannedTask(
    absl::string_view suffix);

// What signals are about: a journey, or one deal. A deal can be a journey as
// well, if it has no account.
struct SignalHome {
  // Empty for a journey.
  std::string deal_id;
  v1::Subject journey;
};

// When something is to be announced next, over all tenants.
[[nodiscard]] std::string TimersPrefix();
[[nodiscard]] std::string TimerKey(core::Micros due,
                                   absl::string_view tenant_id,
                                   const SignalHome& home);
// What follows TimersPrefix.
struct Timer {
  core::Micros due = 0;
  std::string tenant_id;
  SignalHome home;
};
[[nodiscard]] std::optional<Timer> ParseTimer(absl::string_view suffix);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_SIGNAL_KEYS_H_
