// The queries of TicketService.
#ifndef SERVICE_VIEWS_TICKET_QUERIES_H_
#define SERVICE_VIEWS_TICKET_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/ticket_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::GetTicketResponse> GetTicket(
    const QueryContext& context, const v1::GetTicketRequest& request);
absl::StatusOr<v1::ListTicketsResponse> ListTickets(
    const QueryContext& context, const v1::ListTicketsRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TICKET_QUERIES_H_
