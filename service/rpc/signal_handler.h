// SignalService: what should be done next.
#ifndef SERVICE_RPC_SIGNAL_HANDLER_H_
#define SERVICE_RPC_SIGNAL_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include "journey/v1/signal_service.grpc.pb.h"
#include "service/rpc/environment.h"

namespace journey::rpc {

using RawSignalService = v1::SignalService::WithRawCallbackMethod_WatchSignals<
    v1::SignalService::WithRawCallbackMethod_ListSignals<
        v1::SignalService::WithRawCallbackMethod_ListTasks<
            v1::SignalService::WithRawCallbackMethod_Acknowledge<
                v1::SignalService::WithRawCallbackMethod_Snooze<
                    v1::SignalService::WithRawCallbackMethod_Finish<
                        v1::SignalService::WithRawCallbackMethod_Dismiss<
                            v1::SignalService::Service>>>>>>>;

// Never blocks: lists are read by workers, and what people do is answered by
// the announcer.
class SignalHandler final : public RawSignalService {
 public:
  // `env` outlives this.
  explicit SignalHandler(const Environment& env) : env_(env) {}

  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchSignals(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* ListSignals(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListTasks(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Acknowledge(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Snooze(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Dismiss(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;

 private:
  const Environment& env_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_SIGNAL_HANDLER_H_
