// DealService: how sales opportunities are getting on.
#ifndef SERVICE_RPC_DEAL_HANDLER_H_
#define SERVICE_RPC_DEAL_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include "journey/v1/deal_service.grpc.pb.h"
#include "service/rpc/environment.h"

namespace journey::rpc {

using RawDealService = v1::DealService::WithRawCallbackMethod_GetDeal<
    v1::DealService::WithRawCallbackMethod_ListDeals<
        v1::DealService::WithRawCallbackMethod_ListStalledDeals<
            v1::DealService::WithRawCallbackMethod_GetBoard<
                v1::DealService::Service>>>>;

// Single deals of the present are read on the callback thread, everything
// else on a worker.
class DealHandler final : public RawDealService {
 public:
  // `env` outlives this.
  explicit DealHandler(const Environment& env) : env_(env) {}

  grpc::ServerUnaryReactor* GetDeal(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListDeals(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListStalledDeals(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetBoard(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;

 private:
  const Environment& env_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_DEAL_HANDLER_H_
