#include "projections/ticket/ticket.h"

#include <algorithm>

#include "projections/explain.h"
#include "projections/journey_fold.h"
#include "service/core/limits.h"
#include "service/core/time.h"

namespace journey::projections {
namespace {

using core::ToTimestamp;
using storage::v1::JourneyState;
using storage::v1::JourneyTicket;
using storage::v1::Moment;
using storage::v1::TicketState;

v1::TicketStatus NextStatus(const v1::TicketChange& change,
                            v1::TicketStatus before) {
  switch (change.action()) {
    case v1::TicketChange::ACTION_OPENED:
    case v1::TicketChange::ACTION_ESCALATED:
    case v1::TicketChange::ACTION_REOPENED:
      return v1::TICKET_STATUS_OPEN;
    case v1::TicketChange::ACTION_WAITING_ON_CUSTOMER:
      return v1::TICKET_STATUS_WAITING_ON_CUSTOMER;
    case v1::TicketChange::ACTION_RESOLVED:
      return before == v1::TICKET_STATUS_CLOSED ? before
                                                : v1::TICKET_STATUS_RESOLVED;
    case v1::TicketChange::ACTION_CLOSED:
      return v1::TICKET_STATUS_CLOSED;
    default:
      return before == v1::TICKET_STATUS_UNSPECIFIED ? v1::TICKET_STATUS_OPEN
                                                     : before;
  }
}

// What a report does not say stays, at first a question of low severity.
template <typename T>
void TakeKind(const v1::TicketChange& change, T& ticket) {
  if (change.type() != v1::TicketChange::TYPE_UNSPECIFIED) {
    ticket.set_type(change.type());
  } else if (ticket.type() == v1::TicketChange::TYPE_UNSPECIFIED) {
    ticket.set_type(v1::TicketChange::TYPE_QUESTION);
  }
  if (change.severity() != v1::TicketChange::SEVERITY_UNSPECIFIED) {
    ticket.set_severity(change.severity());
  } else if (ticket.severity() == v1::TicketChange::SEVERITY_UNSPECIFIED) {
    ticket.set_severity(v1::TicketChange::SEVERITY_LOW);
  }
}

void SetStatus(v1::TicketStatus status, const Moment& moment,
               TicketState& ticket) {
  const bool was_over = ticket.resolved_us() != 0;
  ticket.set_status(status);
  *ticket.mutable_status_moment() = moment;
  if (IsOpen(status)) {
    if (was_over) {
      ticket.set_reopen_count(ticket.reopen_count() + 1);
      ticket.set_escalated(false);
    }
    ticket.set_resolved_us(0);
  } else if (!was_over) {
    ticket.set_resolved_us(moment.at_us());
  }
  ticket.set_closed_us(status == v1::TICKET_STATUS_CLOSED ? moment.at_us() : 0);
}

// The ticket of a journey that is named, moved to the end; a new one where the
// journey remembers none.
JourneyTicket& TakeToEnd(const std::string& ticket_id, JourneyState& state) {
  auto& tickets = *state.mutable_tickets();
  const auto found = std::find_if(
      tickets.pointer_begin(), tickets.pointer_end(),
      [&](const auto* ticket) { return ticket->ticket_id() == ticket_id; });
  if (found == tickets.pointer_end()) {
    JourneyTicket& added = *tickets.Add();
    added.set_ticket_id(ticket_id);
    added.set_open(true);
  } else {
    std::rotate(found, found + 1, tickets.pointer_end());
  }
  return tickets[tickets.size() - 1];
}

// Over the bound, the first ticket that is not open is forgotten, else the
// first: they stand in the order in which they changed.
void ForgetOne(JourneyState& state) {
  auto& tickets = *state.mutable_tickets();
  if (tickets.size() <= core::kJourneyTicketsMax) return;
  const auto over =
      std::find_if(tickets.begin(), tickets.end(),
                   [](const JourneyTicket& ticket) { return !ticket.open(); });
  tickets.erase(over == tickets.end() ? tickets.begin() : over);
}

void AddComplaint(const Moment& moment, JourneyState& state) {
  auto& complaints = *state.mutable_complaints_us();
  if (complaints.size() == core::kComplaintsMax) {
    complaints.erase(complaints.begin());
  }
  complaints.Add(moment.at_us());
}

bool IsCriticalComplaint(const JourneyTicket& ticket) {
  return ticket.open() && ticket.type() == v1::TicketChange::TYPE_COMPLAINT &&
         ticket.severity() == v1::TicketChange::SEVERITY_CRITICAL;
}

v1::Explanation ExplainStatus(const Rules& rules, const TicketState& ticket) {
  const bool is_first = !Before(ticket.opened(), ticket.status_moment());
  const char* rule_id = is_first ? "ticket.opened" : "ticket.open_again";
  const char* text = is_first ? "The ticket was opened."
                              : "The ticket is with the company again.";
  switch (ticket.status()) {
    case v1::TICKET_STATUS_WAITING_ON_CUSTOMER:
      rule_id = "ticket.waiting_on_customer";
      text = "The ticket waits for the customer.";
      break;
    case v1::TICKET_STATUS_RESOLVED:
      rule_id = "ticket.resolved";
      text = "The ticket was resolved.";
      break;
    case v1::TICKET_STATUS_CLOSED:
      rule_id = "ticket.closed";
      text = "The ticket was closed.";
      break;
    default:
      break;
  }
  return Explain(rules, rule_id, text, {ticket.status_moment().ref()});
}

}  // namespace

bool IsOpen(v1::TicketStatus status) {
  return status == v1::TICKET_STATUS_OPEN ||
         status == v1::TICKET_STATUS_WAITING_ON_CUSTOMER;
}

void ApplyToTicket(const v1::Touchpoint& touchpoint, TicketState& ticket) {
  const v1::TicketChange& change = touchpoint.ticket();
  const Moment moment = MomentOf(touchpoint);
  if (ticket.touchpoint_count() == 0) {
    ticket.set_ticket_id(change.ticket_id());
    *ticket.mutable_opened() = moment;
  }
  ticket.set_touchpoint_count(ticket.touchpoint_count() + 1);
  *ticket.mutable_newest() = moment;
  ticket.set_account_id(touchpoint.account_id());
  ticket.set_contact_id(touchpoint.contact_id());
  ticket.set_anonymous_id(touchpoint.anonymous_id());
  ticket.set_deal_id(touchpoint.deal_id());

  const v1::TicketStatus status = NextStatus(change, ticket.status());
  const bool asked_again =
      change.action() == v1::TicketChange::ACTION_WAITING_ON_CUSTOMER;
  if (status != ticket.status() || asked_again) {
    SetStatus(status, moment, ticket);
  }
  if (change.action() == v1::TicketChange::ACTION_ESCALATED) {
    ticket.set_escalated(true);
  }
  TakeKind(change, ticket);
  if (!change.subject().empty()) ticket.set_subject(change.subject());
  if (!touchpoint.owner_id().empty()) {
    ticket.set_owner_id(touchpoint.owner_id());
  }
}

void ApplyToTickets(const v1::Touchpoint& touchpoint, const Moment& moment,
                    JourneyState& state) {
  if (!touchpoint.has_ticket()) return;
  const v1::TicketChange& change = touchpoint.ticket();
  JourneyTicket& ticket = TakeToEnd(change.ticket_id(), state);
  const bool was_complaint = ticket.type() == v1::TicketChange::TYPE_COMPLAINT;
  TakeKind(change, ticket);
  if (!was_complaint && ticket.type() == v1::TicketChange::TYPE_COMPLAINT) {
    AddComplaint(moment, state);
  }
  ticket.set_open(
      IsOpen(NextStatus(change, ticket.open() ? v1::TICKET_STATUS_OPEN
                                              : v1::TICKET_STATUS_RESOLVED)));
  if (!IsCriticalComplaint(ticket)) {
    ticket.clear_critical_complaint();
  } else if (!ticket.has_critical_complaint()) {
    *ticket.mutable_critical_complaint() = moment;
  }
  ForgetOne(state);
}

v1::Ticket ConcludeTicket(const Rules& rules, const TicketState& ticket,
                          const v1::Subject& journey) {
  v1::Ticket out;
  out.set_ticket_id(ticket.ticket_id());
  *out.mutable_journey() = journey;
  out.set_status(ticket.status());
  *out.mutable_status_since() = ToTimestamp(ticket.status_moment().at_us());
  out.set_severity(ticket.severity());
  out.set_type(ticket.type());
  out.set_subject(ticket.subject());
  *out.mutable_opened_at() = ToTimestamp(ticket.opened().at_us());
  if (!IsOpen(ticket.status())) {
    *out.mutable_resolved_at() = ToTimestamp(ticket.resolved_us());
  }
  if (ticket.status() == v1::TICKET_STATUS_CLOSED) {
    *out.mutable_closed_at() = ToTimestamp(ticket.closed_us());
  }
  out.set_reopen_count(ticket.reopen_count());
  out.set_escalated(ticket.escalated());
  out.set_owner_id(ticket.owner_id());
  out.set_touchpoint_count(ticket.touchpoint_count());
  *out.mutable_explanation() = ExplainStatus(rules, ticket);
  return out;
}

}  // namespace journey::projections
