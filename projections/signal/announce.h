// What is to be announced about a journey or a deal, and when: the difference
// between the signals in force at an instant and those announced last.
#ifndef PROJECTIONS_SIGNAL_ANNOUNCE_H_
#define PROJECTIONS_SIGNAL_ANNOUNCE_H_

#include <string>
#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/signal.pb.h"
#include "projections/signal/signal.h"
#include "service/core/clock.h"

namespace journey::projections {

// Whom the signals of a journey or a deal concern.
struct SignalHolder {
  std::string owner_id;
  // The journey that a deal belongs to; unset for a journey itself.
  v1::Subject journey;
};

// One thing to announce.
struct Announcement {
  // Null where the signal is withdrawn.
  const SignalInterval* interval = nullptr;
  // What was announced last; null where it is not in force.
  const storage::v1::AnnouncedSignal* before = nullptr;
  // SNOOZE_ENDED, or unset where it depends on the signal's history: raised,
  // revised or withdrawn.
  bool snooze_ended = false;
};

// What is to be announced at an instant; empty where all is said. The result
// refers to both arguments.
[[nodiscard]] std::vector<Announcement> AnnouncementsAt(
    const SignalIntervals& intervals,
    const storage::v1::AnnouncedSignals& announced, const SignalHolder& holder,
    core::Micros instant);

// The first instant from `floor` on at which something is to be announced;
// kNever when there is none.
[[nodiscard]] core::Micros NextAnnouncement(
    const SignalIntervals& intervals,
    const storage::v1::AnnouncedSignals& announced, const SignalHolder& holder,
    core::Micros floor);

// Since when the first of what is to be announced at an instant has been due;
// the instant itself where none of it has been due before.
[[nodiscard]] core::Micros DueSince(
    const SignalIntervals& intervals,
    const storage::v1::AnnouncedSignals& announced, const SignalHolder& holder,
    core::Micros instant);

}  // namespace journey::projections

#endif  // PROJECTIONS_SIGNAL_ANNOUNCE_H_
