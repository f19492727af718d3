// JourneyService: where customers are on their journeys.
#ifndef SERVICE_RPC_JOURNEY_HANDLER_H_
#define SERVICE_RPC_JOURNEY_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include "journey/v1/journey_service.grpc.pb.h"
#include "service/rpc/environment.h"

namespace journey::rpc {

using RawJourneyService = v1::JourneyService::WithRawCallbackMethod_GetJourney<
    v1::JourneyService::WithRawCallbackMethod_BatchGetJourneys<
        v1::JourneyService::WithRawCallbackMethod_ListJourneys<
            v1::JourneyService::WithRawCallbackMethod_GetTimeline<
                v1::JourneyService::WithRawCallbackMethod_DiffJourney<
                    v1::JourneyService::WithRawCallbackMethod_ExplainJourney<
                        v1::JourneyService::WithRawCallbackMethod_ListContacts<
                            v1::JourneyService::WithRawCallbackMethod_GetPlan<
                                v1::JourneyService::
                                    WithRawCallbackMethod_CountSegments<
                                        v1::JourneyService::Service>>>>>>>>>;

// Single journeys of the present are read on the callback thread, everything
// else on a worker.
class JourneyHandler final : public RawJourneyService {
 public:
  // `env` outlives this.
  explicit JourneyHandler(const Environment& env) : env_(env) {}

  grpc::ServerUnaryReactor* GetJourney(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchGetJourneys(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListJourneys(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetTimeline(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DiffJourney(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ExplainJourney(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListContacts(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetPlan(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CountSegments(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;

 private:
  const Environment& env_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_JOURNEY_HANDLER_H_
