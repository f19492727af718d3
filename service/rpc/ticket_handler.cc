#include "service/rpc/ticket_handler.h"

#include "service/rpc/query_checks.h"
#include "service/rpc/unary_call.h"

namespace journey::rpc {

grpc::ServerUnaryReactor* TicketHandler::GetTicket(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunQuery<v1::GetTicketRequest>(
      env_, Method::kGetTicket, context, request, response, &Check,
      // A past instant may mean to fold many touchpoints again.
      [](const v1::GetTicketRequest& message) { return !message.has_as_of(); },
      [this](const v1::GetTicketRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->GetTicket(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* TicketHandler::ListTickets(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ListTicketsRequest>(
      env_, Method::kListTickets, context, request, response, &Check,
      [this](const v1::ListTicketsRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->ListTickets(message, still_wanted);
      });
}

}  // namespace journey::rpc
