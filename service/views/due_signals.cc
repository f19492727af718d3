#include "service/views/due_signals.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "projections/conclude.h"
#include "projections/deal/deal.h"
#include "projections/segment/segment.h"
#include "projections/signal/announce.h"
#include "projections/signal/signal.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/signal_keys.h"

namespace journey::views {
namespace {

using core::Micros;
using projections::Announcement;
using projections::SignalHolder;
using projections::SignalInterval;
using projections::SignalIntervals;
using storage::v1::AnnouncedSignals;
using storage::v1::JourneyState;

// A journey at an instant, concluded once for all that is announced about it.
class JourneyAt {
 public:
  JourneyAt(const projections::Rules& rules, const JourneyState& state,
            Micros instant)
      : rules_(rules), state_(state), instant_(instant) {}

  v1::Signal Conclude(const SignalInterval& interval) {
    v1::Signal signal = projections::ConcludeJourneySignal(rules_, Advanced(),
                                                           interval, instant_);
    AddSegments(signal);
    return signal;
  }

  void AddSegments(v1::Signal& signal) {
    if (!segments_.has_value()) {
      segments_ = projections::SegmentsAt(rules_, Advanced(), instant_);
    }
    for (const v1::SegmentStanding& segment : *segments_) {
      signal.add_segments(segment.segment());
    }
  }

 private:
  // The state that time alone may have changed.
  const JourneyState& Advanced() {
    if (projections::NextChangeOf(state_) > instant_) return state_;
    if (!advanced_.has_value()) {
      advanced_ = state_;
      projections::AdvanceTo(instant_, *advanced_);
    }
    return *advanced_;
  }

  const projections::Rules& rules_;
  const JourneyState& state_;
  const Micros instant_;
  std::optional<JourneyState> advanced_;
  std::optional<std::vector<v1::SegmentStanding>> segments_;
};

// The events of one tenant that are due.
class TenantDue {
 public:
  TenantDue(std::unique_ptr<Reader> reader, Micros rules_activated)
      : reader_(std::move(reader)), rules_activated_(rules_activated) {}

  absl::Status Add(const Timer& timer) {
    return timer.home.deal_id.empty() ? AddJourney(timer) : AddDeal(timer);
  }

  std::vector<std::shared_ptr<const v1::SignalEvent>> TakeEvents() {
    return std::move(events_);
  }
  [[nodiscard]] size_t event_count() const { return events_.size(); }

 private:
  // What is announced about one home.
  struct Home {
    // For which instant: a touchpoint may be ahead of the clock.
    Micros at = 0;
    // When.
    Micros announced_at = 0;
    const AnnouncedSignals& announced;
  };

  absl::Status AddJourney(const Timer& timer);
  absl::Status AddDeal(const Timer& timer);
  absl::Status Withdraw(const Home& home, const std::string& id, bool of_deal);
  absl::Status Announce(const Home& home, const Announcement& announcement,
                        v1::Signal signal);
  absl::StatusOr<bool> MoveOn(const Home& home, const v1::Signal& signal);
  absl::StatusOr<std::optional<v1::Subject>> JourneyOfAnchor(
      const v1::TouchpointRef& anchor);
  // The signal as it was announced last; unset where it never was.
  absl::StatusOr<std::optional<v1::Signal>> Known(const std::string& id);
  void Emit(v1::SignalChange change, Micros at, v1::Signal signal);

  // It was due so long before it could be known that nobody need be told.
  [[nodiscard]] bool IsOld(const AnnouncedSignals& announced,
                           Micros due) const {
    const Micros received = due < announced.due_since_us()
                                ? announced.received_us()
                                : announced.due_received_us();
    return due <= std::max(received, rules_activated_) -
                      core::kHistoricalDays * core::kMicrosPerDay;
  }

  const std::unique_ptr<Reader> reader_;
  const Micros rules_activated_;
  std::vector<std::shared_ptr<const v1::SignalEvent>> events_;
  // Of the signals in them. Two homes may both have something to say about one
  // that moves from one to the other.
  std::set<std::string> announced_;
};

absl::Status TenantDue::AddJourney(const Timer& timer) {
  const auto record = reader_->SubjectRecordOf(timer.home.journey);
  if (!record.ok()) return record.status();
  const AnnouncedSignals& announced = record->signals();
  // Something has changed since the timer was read.
  if (announced.timer_us() != timer.due) return absl::OkStatus();
  const Home home{announced.due_us(), timer.due, announced};
  JourneyAt journey(reader_->rules(), record->journey(), home.at);
  SignalIntervals intervals;
  SignalHolder holder;
  if (record->has_journey()) {
    intervals =
        projections::JourneySignals(reader_->rules(), record->journey());
    holder.owner_id = projections::OwnerOf(record->journey());
  }
  for (const Announcement& each :
       projections::AnnouncementsAt(intervals, announced, holder, home.at)) {
    absl::Status status =
        each.interval == nullptr
            ? Withdraw(home, each.before->signal_id(), /*of_deal=*/false)
            : Announce(home, each, journey.Conclude(*each.interval));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TenantDue::AddDeal(const Timer& timer) {
  const auto record = reader_->DealRecordOf(timer.home.deal_id);
  if (!record.ok()) return record.status();
  if (!record->has_value() || (*record)->signals().timer_us() != timer.due) {
    return absl::OkStatus();
  }
  const storage::v1::DealState& deal = (*record)->deal();
  const AnnouncedSignals& announced = (*record)->signals();
  const Home home{announced.due_us(), timer.due, announced};
  const auto subject = reader_->JourneyOfDeal(timer.home.deal_id, **record);
  if (!subject.ok()) return subject.status();
  const auto owner = reader_->SubjectRecordOf(*subject);
  if (!owner.ok()) return owner.status();
  JourneyAt journey(reader_->rules(), owner->journey(), home.at);
  const SignalIntervals intervals =
      projections::DealSignals(reader_->rules(), deal);
  for (const Announcement& each : projections::AnnouncementsAt(
           intervals, announced, {projections::OwnerOf(deal), *subject},
           home.at)) {
    absl::Status status;
    if (each.interval == nullptr) {
      status = Withdraw(home, each.before->signal_id(), /*of_deal=*/true);
    } else {
      v1::Signal signal = projections::ConcludeDealSignal(
          reader_->rules(), deal, *each.interval, home.at);
      *signal.mutable_journey() = *subject;
      journey.AddSegments(signal);
      status = Announce(home, each, std::move(signal));
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TenantDue::Announce(const Home& home,
                                 const Announcement& announcement,
                                 v1::Signal signal) {
  const std::string id = absl::HexStringToBytes(signal.signal_id());
  const auto known = Known(id);
  if (!known.ok()) return known.status();
  const bool is_old =
      IsOld(home.announced, announcement.interval->DueAt(home.at));
  signal.set_historical(is_old);
  signal.set_revision(1);
  *signal.mutable_raised_at() = core::ToTimestamp(home.announced_at);
  *signal.mutable_revised_at() = signal.raised_at();
  signal.set_handling(v1::SIGNAL_HANDLING_OPEN);
  v1::SignalChange change = v1::SIGNAL_CHANGE_RAISED;
  if (known->has_value()) {
    const v1::Signal& before = **known;
    change = announcement.snooze_ended ? v1::SIGNAL_CHANGE_SNOOZE_ENDED
                                       : v1::SIGNAL_CHANGE_REVISED;
    // Nobody need be told that something changed about what nobody was told.
    signal.set_historical(before.historical() && is_old);
    signal.set_revision(before.revision() + 1);
    *signal.mutable_raised_at() = before.raised_at();
    if (before.in_force() ||
        before.handling() != v1::SIGNAL_HANDLING_FINISHED) {
      signal.set_handling(before.handling());
      signal.set_handled_by(before.handled_by());
      signal.set_handling_reason(before.handling_reason());
      if (before.has_handled_at()) {
        *signal.mutable_handled_at() = before.handled_at();
      }
    }
    // A snooze that ended while the signal did not hold ends in silence.
    if (before.has_snoozed_until() && !announcement.snooze_ended &&
        (before.in_force() ||
         core::ToMicros(before.snoozed_until()) > home.announced_at)) {
      *signal.mutable_snoozed_until() = before.snoozed_until();
    }
  }
  Emit(change, home.announced_at, std::move(signal));
  return absl::OkStatus();
}

absl::Status TenantDue::Withdraw(const Home& home, const std::string& id,
                                 bool of_deal) {
  auto known = Known(id);
  if (!known.ok()) return known.status();
  if (!known->has_value()) {
    return core::DamagedError("views: a signal that is in force is missing");
  }
  v1::Signal& signal = **known;
  if (!of_deal) {
    const auto moved = MoveOn(home, signal);
    if (!moved.ok() || *moved) return moved.status();
  }
  signal.set_in_force(false);
  signal.set_revision(signal.revision() + 1);
  *signal.mutable_revised_at() = core::ToTimestamp(home.announced_at);
  Emit(v1::SIGNAL_CHANGE_WITHDRAWN, home.announced_at, std::move(signal));
  return absl::OkStatus();
}

// True where the touchpoint that a signal hangs on belongs to another journey
// now, which raises the same signal: then it goes on there.
absl::StatusOr<bool> TenantDue::MoveOn(const Home& home,
                                       const v1::Signal& signal) {
  const auto journey = JourneyOfAnchor(signal.anchor());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value() ||
      core::RefOf(**journey) == core::RefOf(signal.journey())) {
    return false;
  }
  const auto record = reader_->SubjectRecordOf(**journey);
  if (!record.ok()) return record.status();
  if (!record->has_journey()) return false;
  const SignalIntervals intervals =
      projections::JourneySignals(reader_->rules(), record->journey());
  for (const SignalInterval& interval : intervals) {
    if (!interval.HoldsAt(home.at) || interval.rule_id != signal.rule_id() ||
        interval.anchor.source() != signal.anchor().source() ||
        interval.anchor.touchpoint_id() != signal.anchor().touchpoint_id()) {
      continue;
    }
    absl::Status status =
        Announce(home, {&interval, nullptr},
                 JourneyAt(reader_->rules(), record->journey(), home.at)
                     .Conclude(interval));
    if (!status.ok()) return status;
    return true;
  }
  return false;
}

// Unset where it is retracted.
absl::StatusOr<std::optional<v1::Subject>> TenantDue::JourneyOfAnchor(
    const v1::TouchpointRef& anchor) {
  std::optional<v1::Subject> none;
  std::vector<log::IdEntry> entries;
  absl::Status status = reader_->snapshot().ReadIds(
      {IdKey(reader_->tenant_id(), anchor.source(), anchor.touchpoint_id())},
      entries);
  if (!status.ok()) return status;
  if (entries.front().position == 0 ||
      entries.front().retraction_position != 0) {
    return none;
  }
  const auto events = reader_->log().ReadPositions(reader_->tenant_id(),
                                                   {entries.front().position});
  if (!events.ok()) return events.status();
  const v1::Touchpoint& touchpoint = *events->front().touchpoint;
  if (!touchpoint.deal_id().empty()) {
    v1::Subject deal;
    deal.set_type(v1::SUBJECT_TYPE_DEAL);
    deal.set_id(touchpoint.deal_id());
    return reader_->JourneyOf(deal);
  }
  const auto subject = core::SubjectOf(touchpoint);
  if (!subject.has_value()) return none;
  auto journey = reader_->resolver().JourneyOf(
      core::ToSubject(*subject), core::ToMicros(touchpoint.occurred_at()));
  if (!journey.ok()) return journey.status();
  return std::optional<v1::Subject>(*std::move(journey));
}

absl::StatusOr<std::optional<v1::Signal>> TenantDue::Known(
    const std::string& id) {
  v1::Signal signal;
  const auto found = reader_->snapshot().Get(
      Family::kLists, SignalKey(reader_->tenant_id(), id), signal);
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<v1::Signal>();
  return std::optional<v1::Signal>(std::move(signal));
}

void TenantDue::Emit(v1::SignalChange change, Micros at, v1::Signal signal) {
  if (!announced_.insert(signal.signal_id()).second) return;
  auto event = std::make_shared<v1::SignalEvent>();
  event->set_change(change);
  *event->mutable_at() = core::ToTimestamp(at);
  *event->mutable_signal() = std::move(signal);
  events_.push_back(std::move(event));
}

}  // namespace

absl::StatusOr<std::vector<DueSignalEvents>> CollectDueSignals(
    const QueryContext& context, FirstTimer& first_timer,
    Micros rules_activated, Micros now, int homes_max) {
  std::vector<Timer> timers;
  absl::Status status =
      ForEachDue(*context.store, first_timer, now, [&](Timer timer) {
        timers.push_back(std::move(timer));
        return static_cast<int>(timers.size()) < homes_max;
      });
  std::map<std::string, TenantDue> tenants;
  size_t events = 0;
  for (const Timer& timer : timers) {
    if (!status.ok()) return status;
    if (events >= size_t{core::kDueEventsMax}) break;
    auto it = tenants.find(timer.tenant_id);
    if (it == tenants.end()) {
      auto reader = Reader::Make(context, timer.tenant_id, std::nullopt, now);
      if (!reader.ok()) return reader.status();
      it =
          tenants
              .try_emplace(timer.tenant_id, *std::move(reader), rules_activated)
              .first;
    }
    events -= it->second.event_count();
    status = it->second.Add(timer);
    events += it->second.event_count();
  }
  if (!status.ok()) return status;
  std::vector<DueSignalEvents> out;
  for (auto& [tenant_id, due] : tenants) {
    auto due_events = due.TakeEvents();
    if (!due_events.empty()) out.push_back({tenant_id, std::move(due_events)});
  }
  return out;
}

}  // namespace journey::views
