// TouchpointService: the way in.
#ifndef SERVICE_RPC_TOUCHPOINT_HANDLER_H_
#define SERVICE_RPC_TOUCHPOINT_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include "journey/v1/touchpoint_service.grpc.pb.h"
#include "service/rpc/environment.h"

namespace journey::rpc {

using RawTouchpointService =
    v1::TouchpointService::WithRawCallbackMethod_Append<
        v1::TouchpointService::WithRawCallbackMethod_AppendStream<
            v1::TouchpointService::WithRawCallbackMethod_Read<
                v1::TouchpointService::WithRawCallbackMethod_Subscribe<
                    v1::TouchpointService::WithRawCallbackMethod_Retract<
                        v1::TouchpointService::WithRawCallbackMethod_Amend<
                            v1::TouchpointService::Service>>>>>>;

// Never blocks: appends are answered by the writer, reads by workers.
class TouchpointHandler final : public RawTouchpointService {
 public:
  // `env` outlives this.
  explicit TouchpointHandler(const Environment& env) : env_(env) {}

  grpc::ServerUnaryReactor* Append(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* AppendStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Read(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Subscribe(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* Retract(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Amend(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) override;

 private:
  const Environment& env_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_TOUCHPOINT_HANDLER_H_
