// TicketService: which customers wait for help.
#ifndef SERVICE_RPC_TICKET_HANDLER_H_
#define SERVICE_RPC_TICKET_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include "journey/v1/ticket_service.grpc.pb.h"
#include "service/rpc/environment.h"

namespace journey::rpc {

using RawTicketService = v1::TicketService::WithRawCallbackMethod_GetTicket<
    v1::TicketService::WithRawCallbackMethod_ListTickets<
        v1::TicketService::Service>>;

// Single tickets of the present are read on the callback thread, everything
// else on a worker.
class TicketHandler final : public RawTicketService {
 public:
  // `env` outlives this.
  explicit TicketHandler(const Environment& env) : env_(env) {}

  grpc::ServerUnaryReactor* GetTicket(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListTickets(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;

 private:
  const Environment& env_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_TICKET_HANDLER_H_
