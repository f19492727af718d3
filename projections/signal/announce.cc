#include "projections/signal/announce.h"

#include <algorithm>

#include "projections/explain.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::AnnouncedSignal;
using storage::v1::AnnouncedSignals;

bool IsSameSignal(const SignalInterval& interval,
                  const AnnouncedSignal& announced) {
  return interval.rule_id == announced.rule_id() &&
         IsSame(interval.anchor, announced.anchor());
}

const AnnouncedSignal* Find(const AnnouncedSignals& announced,
                            const SignalInterval& interval) {
  for (const AnnouncedSignal& signal : announced.in_force()) {
    if (IsSameSignal(interval, signal)) return &signal;
  }
  return nullptr;
}

// The interval that holds for a signal; the first one where there are several.
const SignalInterval* FindHolding(const SignalIntervals& intervals,
                                  const AnnouncedSignal& announced,
                                  Micros instant) {
  for (const SignalInterval& interval : intervals) {
    if (interval.HoldsAt(instant) && IsSameSignal(interval, announced)) {
      return &interval;
    }
  }
  return nullptr;
}

// Another interval before this one says that the same signal holds.
bool IsSaidBefore(const SignalIntervals& intervals, size_t index,
                  Micros instant) {
  return std::any_of(intervals.begin(),
                     intervals.begin() + static_cast<ptrdiff_t>(index),
                     [&](const SignalInterval& other) {
                       return other.HoldsAt(instant) &&
                              other.rule_id == intervals[index].rule_id &&
                              IsSame(other.anchor, intervals[index].anchor);
                     });
}

}  // namespace

std::vector<Announcement> AnnouncementsAt(const SignalIntervals& intervals,
                                          const AnnouncedSignals& announced,
                                          const SignalHolder& holder,
                                          Micros instant) {
  std::vector<Announcement> out;
  for (const AnnouncedSignal& signal : announced.in_force()) {
    if (FindHolding(intervals, signal, instant) == nullptr) {
      out.push_back({nullptr, &signal});
    }
  }
  for (size_t i = 0; i < intervals.size(); ++i) {
    const SignalInterval& interval = intervals[i];
    if (!interval.HoldsAt(instant) || IsSaidBefore(intervals, i, instant)) {
      continue;
    }
    const AnnouncedSignal* before = Find(announced, interval);
    if (before == nullptr || before->owner_id() != holder.owner_id ||
        core::RefOf(before->journey()) != core::RefOf(holder.journey) ||
        before->severity() != interval.SeverityAt(instant) ||
        before->since_us() != interval.since) {
      out.push_back({&interval, before});
    } else if (before->snoozed_until_us() != 0 &&
               before->snoozed_until_us() <= instant) {
      out.push_back({&interval, before, /*snooze_ended=*/true});
    }
  }
  return out;
}

Micros NextAnnouncement(const SignalIntervals& intervals,
                        const AnnouncedSignals& announced,
                        const SignalHolder& holder, Micros floor) {
  if (intervals.empty() && announced.in_force().empty()) return core::kNever;
  std::vector<Micros> instants = {floor};
  const auto add = [&](Micros instant) {
    if (instant > floor && instant != core::kNever) instants.push_back(instant);
  };
  for (const SignalInterval& interval : intervals) {
    add(interval.since);
    add(interval.until);
    add(interval.critical_since);
  }
  for (const AnnouncedSignal& signal : announced.in_force()) {
    add(signal.snoozed_until_us());
  }
  std::sort(instants.begin(), instants.end());
  for (const Micros instant : instants) {
    if (!AnnouncementsAt(intervals, announced, holder, instant).empty()) {
      return instant;
    }
  }
  return core::kNever;
}

Micros DueSince(const SignalIntervals& intervals,
                const AnnouncedSignals& announced, const SignalHolder& holder,
                Micros instant) {
  Micros since = instant;
  for (const Announcement& each :
       AnnouncementsAt(intervals, announced, holder, instant)) {
    if (each.interval == nullptr) continue;
    const bool is_worse =
        each.before == nullptr ||
        each.before->severity() != each.interval->SeverityAt(instant);
    if (is_worse) since = std::min(since, each.interval->DueAt(instant));
  }
  return since;
}

}  // namespace journey::projections
