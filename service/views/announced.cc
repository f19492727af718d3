#include "service/views/announced.h"

#include <algorithm>
#include <string>

#include "projections/conclude.h"
#include "projections/deal/deal.h"
#include "projections/signal/announce.h"
#include "projections/signal/signal.h"

namespace journey::views {
namespace {

using core::Micros;
using projections::SignalHolder;
using projections::SignalIntervals;
using storage::v1::AnnouncedSignals;

// What one home's signals follow from.
struct Standing {
  SignalIntervals intervals;
  SignalHolder holder;
  // The first instant for which they can be told: that of the newest
  // touchpoint, which may be ahead of the clock.
  Micros first = 0;
};

// Finds what is to be announced next, and when.
void SetDue(const Standing& standing, AnnouncedSignals& signals) {
  const Micros now = std::max(signals.floor_us(), standing.first);
  const bool was_due = signals.due_us() != 0 && signals.due_us() <= now;
  const Micros due = projections::NextAnnouncement(standing.intervals, signals,
                                                   standing.holder, now);
  if (due == core::kNever) {
    signals.clear_due_us();
    signals.clear_timer_us();
    signals.clear_due_since_us();
    signals.clear_due_received_us();
    return;
  }
  signals.set_due_us(due);
  // A clock that runs ahead must not put off what can be said now.
  signals.set_timer_us(due == now ? signals.floor_us() : due);
  // What has waited for being announced does not become old news by what comes
  // meanwhile.
  if (was_due && due == now) return;
  signals.set_due_since_us(
      projections::DueSince(standing.intervals, signals, standing.holder, due));
  signals.set_due_received_us(signals.received_us());
}

// Moves the timer of one home to when something is to be announced next. When
// something was received is kept also where nothing is in force yet: whether
// what follows is old depends on it.
void Settle(const ChangeContext& context, const Standing& standing,
            absl::string_view tenant_id, const SignalHome& home,
            const SignalOccasion& occasion, AnnouncedSignals& signals) {
  const Micros timer_before = signals.timer_us();
  signals.set_received_us(std::max(signals.received_us(), occasion.received));
  signals.set_floor_us(std::max({signals.floor_us(), occasion.received,
                                 occasion.announced, context.rules_activated}));
  SetDue(standing, signals);
  const Micros timer = signals.timer_us();
  if (timer == timer_before) return;
  if (timer_before != 0) {
    context.update.Delete(Family::kLists,
                          TimerKey(timer_before, tenant_id, home));
  }
  if (timer != 0) {
    context.update.Put(Family::kLists, TimerKey(timer, tenant_id, home), "");
    context.first_timer = std::min(context.first_timer, timer);
  }
}

}  // namespace

void SetTimer(const ChangeContext& context, absl::string_view tenant_id,
              const v1::Subject& subject, const SignalOccasion& occasion,
              storage::v1::SubjectRecord& record) {
  // Nobody is told about somebody who is not identified.
  if (subject.type() == v1::SUBJECT_TYPE_VISITOR) return;
  SignalHome home;
  home.journey = subject;
  Standing standing;
  if (record.has_journey()) {
    standing.intervals =
        projections::JourneySignals(context.rules, record.journey());
    standing.holder.owner_id = projections::OwnerOf(record.journey());
    standing.first = record.journey().newest().at_us();
  }
  Settle(context, standing, tenant_id, home, occasion,
         *record.mutable_signals());
}

void SetTimer(const ChangeContext& context, absl::string_view tenant_id,
              absl::string_view deal_id, const v1::Subject& journey,
              const SignalOccasion& occasion, storage::v1::DealRecord& record) {
  SignalHome home;
  home.deal_id = std::string(deal_id);
  Standing standing;
  standing.intervals = projections::DealSignals(context.rules, record.deal());
  standing.holder = {projections::OwnerOf(record.deal()), journey};
  Settle(context, standing, tenant_id, home, occasion,
         *record.mutable_signals());
}

}  // namespace journey::views
