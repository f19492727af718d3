#include "projections/signal/purchase_signals.h"

#include <algorithm>
#include <vector>

#include "projections/segment/purchase_windows.h"

namespace journey::projections {
namespace {

using core::Micros;
using storage::v1::JourneyState;

Micros Days(int days) { return days * core::kMicrosPerDay; }

using Purchases = std::vector<const storage::v1::Sale*>;

SignalInterval About(v1::SignalType type, const char* rule_id,
                     const storage::v1::Sale& purchase, Micros since,
                     Micros until) {
  SignalInterval out;
  out.type = type;
  out.rule_id = rule_id;
  out.anchor = purchase.counted_by().ref();
  out.since = since;
  out.until = until;
  return out;
}

void AddWelcome(const v1::SignalRule& rule, const JourneyState& state,
                const Purchases& purchases, SignalIntervals& out) {
  if (state.settled_purchase_count() > 0) return;
  const storage::v1::Sale& first = *purchases.front();
  out.push_back(About(v1::SIGNAL_TYPE_WELCOME, "signal.welcome", first,
                      first.purchased_us(),
                      first.purchased_us() + Days(rule.keep_days())));
}

// The customer answered after `from`, up to and with `to`.
bool HasAnswered(const JourneyState& state, Micros from, Micros to) {
  const auto& answers = state.nps_answers();
  return std::any_of(answers.begin(), answers.end(), [&](const auto& answer) {
    return from < answer.moment().at_us() && answer.moment().at_us() <= to;
  });
}

// Each is due so many days after a purchase, unless another one was due, or
// the customer answered, less than so many days before.
void AddNpsDue(const v1::SignalRule& rule, const JourneyState& state,
               const Purchases& purchases, SignalIntervals& out) {
  const Micros days = Days(rule.days());
  bool was_due = false;
  Micros last_due = 0;
  for (const storage::v1::Sale* purchase : purchases) {
    const Micros due = purchase->purchased_us() + days;
    if (was_due && due - last_due < days) continue;
    if (HasAnswered(state, due - days, due)) continue;
    was_due = true;
    last_due = due;
    Micros until = due + Days(rule.keep_days());
    for (const auto& answer : state.nps_answers()) {
      if (answer.moment().at_us() > due) {
        until = std::min(until, answer.moment().at_us());
      }
    }
    out.push_back(About(v1::SIGNAL_TYPE_NPS_DUE, "signal.nps_due", *purchase,
                        due, until));
  }
}

// At a purchase with at least so many within the window that ends there, more
// than in the window before, and without a complaint in either; once a window.
void AddRewardDue(const v1::SignalRule& rule, const JourneyState& state,
                  const Purchases& purchases, SignalIntervals& out) {
  const Micros window = Days(rule.days());
  bool was_due = false;
  Micros last_due = 0;
  size_t first = 0;   // The first purchase within the window,
  size_t before = 0;  // and within the one before.
  for (size_t i = 0; i < purchases.size(); ++i) {
    const Micros at = purchases[i]->purchased_us();
    while (purchases[first]->purchased_us() <= at - window) ++first;
    while (purchases[before]->purchased_us() <= at - 2 * window) ++before;
    const auto count = static_cast<int64_t>(i - first + 1);
    if (count < rule.count() || count <= static_cast<int64_t>(first - before)) {
      continue;
    }
    if (was_due && at - last_due < window) continue;
    const auto& complaints = state.complaints_us();
    if (std::any_of(complaints.begin(), complaints.end(), [&](Micros when) {
          return at - 2 * window < when && when <= at;
        })) {
      continue;
    }
    was_due = true;
    last_due = at;
    Micros until = at + Days(rule.keep_days());
    if (state.reward_given_us() >= at) {
      until = std::min(until, state.reward_given_us());
    }
    out.push_back(About(v1::SIGNAL_TYPE_REWARD_DUE, "signal.reward_due",
                        *purchases[i], at, until));
  }
}

void AddWinBackDue(const v1::SignalRule& rule, const JourneyState& state,
                   const storage::v1::Sale& last, SignalIntervals& out) {
  if (state.open_deal_count() > 0) return;
  const Micros due = last.purchased_us() + Days(rule.days());
  out.push_back(About(v1::SIGNAL_TYPE_WIN_BACK_DUE, "signal.win_back_due", last,
                      due, due + Days(rule.keep_days())));
}

}  // namespace

void AddPurchaseSignals(const Rules& rules, const JourneyState& state,
                        SignalIntervals& out) {
  if (state.purchase_count() == 0) return;
  const Purchases purchases = PurchasesOf(state);
  if (purchases.empty()) return;
  if (const auto* rule = rules.FindSignalRule(v1::SIGNAL_TYPE_WELCOME)) {
    AddWelcome(*rule, state, purchases, out);
  }
  if (const auto* rule = rules.FindSignalRule(v1::SIGNAL_TYPE_NPS_DUE)) {
    AddNpsDue(*rule, state, purchases, out);
  }
  if (const auto* rule = rules.FindSignalRule(v1::SIGNAL_TYPE_REWARD_DUE)) {
    AddRewardDue(*rule, state, purchases, out);
  }
  if (const auto* rule = rules.FindSignalRule(v1::SIGNAL_TYPE_WIN_BACK_DUE)) {
    AddWinBackDue(*rule, state, *purchases.back(), out);
  }
}

}  // namespace journey::projections
