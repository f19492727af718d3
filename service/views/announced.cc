#include "service/views/announced.h"

#include <algorithm>
#include <string>

#include "projections/conclude.h"
#include "projections/deal/deal.h"
#include "projections/signal/announce.h"
#include "projections/signal/signal.h"

namespace journey::views {
namespace {

using storage::v1::AnnouncedSignals;

// Moves the timer of one home to when something is to be announced next. When
// something was received is kept also where nothing is in force yet: whether
// what follows is old depends on it.
template <typename Record>
void Settle(const projections::SignalIntervals& intervals,
            absl::string_view owner_id, absl::string_view tenant_id,
            const SignalHome& home, const SignalOccasion& occasion,
            core::Micros newest, Record& record, Update& update) {
  AnnouncedSignals& signals = *record.mutable_signals();
  const core::Micros due_before = signals.due_us();
  signals.set_received_us(std::max(signals.received_us(), occasion.received));
  signals.set_floor_us(std::max(
      {signals.floor_us(), occasion.received, occasion.floor, newest}));
  core::Micros due = projections::NextAnnouncement(intervals, signals, owner_id,
                                                   signals.floor_us());
  if (due == core::kNever) due = 0;
  signals.set_due_us(due);
  if (due == due_before) return;
  if (due_before != 0) {
    update.Delete(Family::kLists, TimerKey(due_before, tenant_id, home));
  }
  if (due != 0) {
    update.Put(Family::kLists, TimerKey(due, tenant_id, home), "");
  }
}

}  // namespace

void SetTimer(const projections::Rules& rules, absl::string_view tenant_id,
              const v1::Subject& subject, const SignalOccasion& occasion,
              storage::v1::SubjectRecord& record, Update& update) {
  // Nobody is told about somebody who is not identified.
  if (subject.type() == v1::SUBJECT_TYPE_VISITOR) return;
  SignalHome home;
  home.journey = subject;
  projections::SignalIntervals intervals;
  std::string owner_id;
  if (record.has_journey()) {
    intervals = projections::JourneySignals(rules, record.journey());
    owner_id = projections::OwnerOf(record.journey());
  }
  Settle(intervals, owner_id, tenant_id, home, occasion,
         record.journey().newest().at_us(), record, update);
}

void SetTimer(const projections::Rules& rules, absl::string_view tenant_id,
              absl::string_view deal_id, const SignalOccasion& occasion,
              storage::v1::DealRecord& record, Update& update) {
  SignalHome home;
  home.deal_id = std::string(deal_id);
  Settle(projections::DealSignals(rules, record.deal()),
         projections::OwnerOf(record.deal()), tenant_id, home, occasion,
         record.newest_us(), record, update);
}

}  // namespace journey::views
