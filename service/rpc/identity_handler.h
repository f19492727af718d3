// IdentityService: who belongs together.
#ifndef SERVICE_RPC_IDENTITY_HANDLER_H_
#define SERVICE_RPC_IDENTITY_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include "journey/v1/identity_service.grpc.pb.h"
#include "service/rpc/environment.h"

namespace journey::rpc {

using RawIdentityService = v1::IdentityService::WithRawCallbackMethod_Link<
    v1::IdentityService::WithRawCallbackMethod_Unlink<
        v1::IdentityService::WithRawCallbackMethod_Merge<
            v1::IdentityService::WithRawCallbackMethod_Unmerge<
                v1::IdentityService::WithRawCallbackMethod_Resolve<
                    v1::IdentityService::Service>>>>>;

// Never blocks: links and merges are touchpoints, answered by the writer;
// Resolve reads as many accounts as are merged, on a worker.
class IdentityHandler final : public RawIdentityService {
 public:
  // `env` outlives this.
  explicit IdentityHandler(const Environment& env) : env_(env) {}

  grpc::ServerUnaryReactor* Link(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Unlink(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Merge(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Unmerge(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Resolve(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;

 private:
  const Environment& env_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_IDENTITY_HANDLER_H_
