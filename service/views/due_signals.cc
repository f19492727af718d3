#include "service/views/due_signals.h"

#include <algorithm>
#include <functional>
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
using projections::SignalInterval;
using projections::SignalIntervals;
using storage::v1::AnnouncedSignals;
using storage::v1::JourneyState;

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

 private:
  // What is announced about one home at one instant.
  struct Home {
    Micros at = 0;
    // What was due long before is historical.
    Micros received = 0;
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

  [[nodiscard]] Home HomeAt(const Timer& timer,
                            const AnnouncedSignals& announced) const {
    return {timer.due, std::max(announced.received_us(), rules_activated_)};
  }

  const std::unique_ptr<Reader> reader_;
  const Micros rules_activated_;
  std::vector<std::shared_ptr<const v1::SignalEvent>> events_;
  // Of the signals in them. Two homes may both have something to say about one
  // that moves from one to the other.
  std::set<std::string> announced_;
};

// The state at an instant that time alone may have changed since.
const JourneyState& At(Micros instant, const JourneyState& state,
                       JourneyState& advanced) {
  if (projections::NextChangeOf(state) > instant) return state;
  advanced = state;
  projections::AdvanceTo(instant, advanced);
  return advanced;
}

absl::Status TenantDue::AddJourney(const Timer& timer) {
  const auto record = reader_->SubjectRecordOf(timer.home.journey);
  if (!record.ok()) return record.status();
  const AnnouncedSignals& announced = record->signals();
  // Something has changed since the timer was read.
  if (announced.due_us() != timer.due) return absl::OkStatus();
  const Home home = HomeAt(timer, announced);
  JourneyState advanced;
  SignalIntervals intervals;
  std::string owner_id;
  if (record->has_journey()) {
    intervals =
        projections::JourneySignals(reader_->rules(), record->journey());
    owner_id = projections::OwnerOf(record->journey());
  }
  for (const Announcement& each : projections::AnnouncementsAt(
           intervals, announced, owner_id, timer.due)) {
    absl::Status status =
        each.interval == nullptr
            ? Withdraw(home, each.before->signal_id(), /*of_deal=*/false)
            : Announce(home, each,
                       projections::ConcludeJourneySignal(
                           reader_->rules(),
                           At(timer.due, record->journey(), advanced),
                           *each.interval, timer.due));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TenantDue::AddDeal(const Timer& timer) {
  const auto record = reader_->DealRecordOf(timer.home.deal_id);
  if (!record.ok()) return record.status();
  if (!record->has_value() || (*record)->signals().due_us() != timer.due) {
    return absl::OkStatus();
  }
  const storage::v1::DealState& deal = (*record)->deal();
  const Home home = HomeAt(timer, (*record)->signals());
  const auto subject = reader_->JourneyOfDeal(timer.home.deal_id, **record);
  if (!subject.ok()) return subject.status();
  const SignalIntervals intervals =
      projections::DealSignals(reader_->rules(), deal);
  std::vector<v1::SegmentStanding> segments;
  for (const Announcement& each :
       projections::AnnouncementsAt(intervals, (*record)->signals(),
                                    projections::OwnerOf(deal), timer.due)) {
    if (each.interval == nullptr) {
      absl::Status status =
          Withdraw(home, each.before->signal_id(), /*of_deal=*/true);
      if (!status.ok()) return status;
      continue;
    }
    v1::Signal signal = projections::ConcludeDealSignal(
        reader_->rules(), deal, *each.interval, timer.due);
    *signal.mutable_journey() = *subject;
    if (segments.empty()) {
      const auto journey = reader_->SubjectRecordOf(*subject);
      if (!journey.ok()) return journey.status();
      segments = projections::SegmentsAt(reader_->rules(), journey->journey(),
                                         timer.due);
    }
    for (const v1::SegmentStanding& segment : segments) {
      signal.add_segments(segment.segment());
    }
    absl::Status status = Announce(home, each, std::move(signal));
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
  const SignalInterval& interval = *announcement.interval;
  const bool critical = interval.critical_since <= home.at;
  const Micros due = std::max(
      critical ? interval.critical_since : interval.since, interval.made_at);
  const bool is_old =
      due <= home.received - core::kHistoricalDays * core::kMicrosPerDay;
  signal.set_historical(is_old);
  signal.set_revision(1);
  *signal.mutable_raised_at() = core::ToTimestamp(home.at);
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
    signal.set_handling(before.handling());
    signal.set_handled_by(before.handled_by());
    signal.set_handling_reason(before.handling_reason());
    if (before.has_handled_at()) {
      *signal.mutable_handled_at() = before.handled_at();
    }
    if (before.has_snoozed_until() && !announcement.snooze_ended) {
      *signal.mutable_snoozed_until() = before.snoozed_until();
    }
  }
  Emit(change, home.at, std::move(signal));
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
  *signal.mutable_revised_at() = core::ToTimestamp(home.at);
  Emit(v1::SIGNAL_CHANGE_WITHDRAWN, home.at, std::move(signal));
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
    JourneyState advanced;
    absl::Status status =
        Announce(home, {&interval, nullptr},
                 projections::ConcludeJourneySignal(
                     reader_->rules(), At(home.at, record->journey(), advanced),
                     interval, home.at));
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

// Visits the timers that are due by `now`, the first one first, until `visit`
// returns false.
absl::Status ForEachDue(const ViewStore& store, Micros now,
                        const std::function<bool(Timer timer)>& visit) {
  const Snapshot snapshot(store);
  std::string end = TimersPrefix();
  AppendInstant(now + 1, end);
  absl::Status status;
  const absl::Status scan = snapshot.Scan(
      Family::kLists, TimersPrefix(), end,
      [&](absl::string_view key, absl::string_view) {
        key.remove_prefix(TimersPrefix().size());
        auto timer = ParseTimer(key);
        if (!timer.has_value()) {
          status = core::DamagedError("views: a timer's key is damaged");
          return false;
        }
        return visit(*std::move(timer));
      });
  return status.ok() ? scan : status;
}

}  // namespace

absl::StatusOr<std::vector<DueSignalEvents>> CollectDueSignals(
    const QueryContext& context, Micros rules_activated, Micros now,
    int homes_max) {
  std::vector<Timer> timers;
  absl::Status status = ForEachDue(*context.store, now, [&](Timer timer) {
    timers.push_back(std::move(timer));
    return static_cast<int>(timers.size()) < homes_max;
  });
  std::map<std::string, TenantDue> tenants;
  for (const Timer& timer : timers) {
    if (!status.ok()) return status;
    auto it = tenants.find(timer.tenant_id);
    if (it == tenants.end()) {
      auto reader = Reader::Make(context, timer.tenant_id, std::nullopt, now);
      if (!reader.ok()) return reader.status();
      it =
          tenants
              .try_emplace(timer.tenant_id, *std::move(reader), rules_activated)
              .first;
    }
    status = it->second.Add(timer);
  }
  if (!status.ok()) return status;
  std::vector<DueSignalEvents> out;
  for (auto& [tenant_id, due] : tenants) {
    auto events = due.TakeEvents();
    if (!events.empty()) out.push_back({tenant_id, std::move(events)});
  }
  return out;
}

absl::StatusOr<Micros> OldestDueSignal(const ViewStore& store,
                                       absl::string_view tenant_id,
                                       Micros now) {
  Micros oldest = core::kNever;
  int scanned = 0;
  const absl::Status status = ForEachDue(store, now, [&](const Timer& timer) {
    if (tenant_id.empty() || timer.tenant_id == tenant_id) oldest = timer.due;
    return oldest == core::kNever && ++scanned < core::kListEntriesScannedMax;
  });
  if (!status.ok()) return status;
  return oldest;
}

}  // namespace journey::views
