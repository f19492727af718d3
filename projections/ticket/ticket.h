// Tickets: one request for help each, and what a journey remembers of its own.
#ifndef PROJECTIONS_TICKET_TICKET_H_
#define PROJECTIONS_TICKET_TICKET_H_

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "journey/v1/ticket.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rules.h"

namespace journey::projections {

// Neither resolved nor closed.
[[nodiscard]] bool IsOpen(v1::TicketStatus status);

// Applies a touchpoint of kind `ticket` to the ticket that it names. All
// touchpoints of a ticket come in canonical order, whatever subjects they name.
//
// The first touchpoint of a ticket opens it. `updated` leaves the status as it
// is, and so does `resolved` where the ticket is closed. Any other action says
// where it stands: what is resolved or closed is opened again unless the action
// is `resolved` or `closed`. A repeated `waiting_on_customer` is a new
// question, so that the wait begins with the newest.
void ApplyToTicket(const v1::Touchpoint& touchpoint,
                   storage::v1::TicketState& ticket);

// Applies a touchpoint to what a journey remembers of its tickets: the
// kJourneyTicketsMax changed last, open ones rather than others, and the newest
// kComplaintsMax instants at which one of them became a complaint. A ticket
// that is no longer remembered begins anew when it is named again. Other kinds
// change nothing.
void ApplyToTickets(const v1::Touchpoint& touchpoint,
                    const storage::v1::Moment& moment,
                    storage::v1::JourneyState& state);

// The ticket as the API shows it.
[[nodiscard]] v1::Ticket ConcludeTicket(const Rules& rules,
                                        const storage::v1::TicketState& ticket,
                                        const v1::Subject& journey);

}  // namespace journey::projections

#endif  // PROJECTIONS_TICKET_TICKET_H_
