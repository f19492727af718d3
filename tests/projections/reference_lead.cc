// The lead status and the scores of the naive reference.
#include "tests/projections/reference_past.h"

namespace journey::testing {

using core::Micros;

// The status after sales' word, for a lead that is no customer.
v1::LeadStatus Past::BySales(v1::LeadStatus status, size_t i) const {
  switch (history_[i].qualification().action()) {
    case v1::Qualification::ACTION_ACCEPTED:
      return v1::LEAD_STATUS_SQL;
    case v1::Qualification::ACTION_REJECTED:
      return status == v1::LEAD_STATUS_DISQUALIFIED ? status
                                                    : v1::LEAD_STATUS_NONE;
    case v1::Qualification::ACTION_RECYCLED:
      return status == v1::LEAD_STATUS_DISQUALIFIED ? status
                                                    : v1::LEAD_STATUS_RECYCLED;
    default:
      return v1::LEAD_STATUS_DISQUALIFIED;
  }
}

// The scores after touchpoint `i` make an MQL.
bool Past::IsMql(size_t first, size_t i) const {
  return scoring_.IsMarketing(first, i + 1) && scoring_.Fit(i + 1) >= 0 &&
         TimeOf(history_[i]) < scoring_.FallsBelowAt(first, i + 1);
}

// Touchpoint `i` asks for a commercial conversation.
bool Past::Asks(size_t i) const {
  const v1::Touchpoint& t = history_[i];
  const auto& intents = rules_.qualification().sql_form_intents();
  return (t.has_form_submission() &&
          std::count(intents.begin(), intents.end(),
                     t.form_submission().intent()) > 0) ||
         (t.has_meeting() && t.meeting().action() == v1::Meeting::ACTION_HELD);
}

// By touchpoint `i` sales rejects or recycles.
bool Past::GivesBack(size_t i) const {
  const auto action = history_[i].qualification().action();
  return history_[i].has_qualification() &&
         (action == v1::Qualification::ACTION_REJECTED ||
          action == v1::Qualification::ACTION_RECYCLED);
}

// The status as it were without purchases, and beside it who is a customer.
Past::Standing Past::Lead(Micros instant) const {
  if (n_ == 0) return {};
  Standing now = {v1::LEAD_STATUS_NONE, TimeOf(history_[0]), 0, 0};
  const auto set = [&](v1::LeadStatus status, Micros since) {
    if (now.status != status) now.since = since;
    now.status = status;
  };
  const auto decay = [&](size_t n, Micros until) {
    if (now.status != v1::LEAD_STATUS_MQL) return;
    const Micros at = scoring_.FallsBelowAt(now.qualifying, n);
    if (at <= until) set(v1::LEAD_STATUS_NONE, at);
  };
  for (size_t i = 0; i < n_; ++i) {
    const v1::Touchpoint& t = history_[i];
    const Micros at = TimeOf(t);
    decay(i, at);
    if (Asks(i) && now.status != v1::LEAD_STATUS_DISQUALIFIED) {
      set(v1::LEAD_STATUS_SQL, at);
    }
    if (t.has_qualification()) set(BySales(now.status, i), at);
    if (GivesBack(i)) now.qualifying = i + 1;
    const bool accepted =
        t.has_qualification() &&
        t.qualification().action() == v1::Qualification::ACTION_ACCEPTED &&
        !Before(i).Purchases().empty();
    if ((Buys(i) || accepted) && now.customer == 0 &&
        now.status != v1::LEAD_STATUS_DISQUALIFIED) {
      now.customer = i + 1;
    }
    if (Undoes(i) && Before(i + 1).Purchases().empty()) now.customer = 0;
    const bool may_be_mql = now.status == v1::LEAD_STATUS_NONE ||
                            now.status == v1::LEAD_STATUS_RECYCLED;
    if (may_be_mql && IsMql(now.qualifying, i)) {
      set(v1::LEAD_STATUS_MQL, at);
    } else if (now.status == v1::LEAD_STATUS_MQL && !IsMql(now.qualifying, i)) {
      set(v1::LEAD_STATUS_NONE, at);
    }
  }
  decay(n_, instant);
  if (now.customer > 0) {
    set(v1::LEAD_STATUS_CUSTOMER, TimeOf(history_[now.customer - 1]));
  }
  return now;
}

// The first request of a customer that no purchase which stands has answered,
// and after which sales gave nothing back; 0 without one.
Micros Past::OpenRequest() const {
  size_t first = Lead(core::kNever).customer;
  if (first == 0) return 0;
  for (size_t i = first; i < n_; ++i) {
    if (GivesBack(i) || (Buys(i) && StandsSince(i))) first = i + 1;
  }
  for (size_t i = first; i < n_; ++i) {
    if (Asks(i)) return TimeOf(history_[i]);
  }
  return 0;
}

ReferenceScores Past::Scores(Micros instant) const {
  const size_t first = Lead(instant).qualifying;
  ReferenceScores out;
  out.behaviour = scoring_.Points(0, n_, instant);
  out.qualifying = scoring_.Points(first, n_, instant);
  out.fit = scoring_.Fit(n_);
  const Micros falls = scoring_.FallsBelowAt(first, n_);
  out.falls_below_at = instant < falls ? falls : 0;
  out.is_marketing = scoring_.IsMarketing(first, n_);
  out.contributions = scoring_.Contributions(first, n_, instant);
  return out;
}

}  // namespace journey::testing
