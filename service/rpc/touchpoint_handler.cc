#include "service/rpc/touchpoint_handler.h"

#include <memory>
#include <utility>

#include "service/core/validate.h"
#include "service/rpc/append_stream.h"
#include "service/rpc/convert.h"
#include "service/rpc/follow_stream.h"
#include "service/rpc/read_stream.h"
#include "service/rpc/subscribe_messages.h"
#include "service/rpc/unary_call.h"
#include "service/rpc/wire.h"

namespace journey::rpc {

grpc::ServerUnaryReactor* TouchpointHandler::Append(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::AppendRequest>(
      env_, Method::kAppend, request, response,
      [this](UnaryCall* call, v1::AppendRequest message) {
        const absl::Status status = core::ValidateAppend(
            message, env_.clock->Now(), env_.sender_clocks);
        if (!status.ok()) return call->Refuse(status);
        log::Append append = ToAppend(std::move(message));
        append.done =
            [call](const absl::StatusOr<v1::AppendResponse>& outcome) {
              call->Answer(outcome);
            };
        env_.writer->Submit(std::move(append));
      });
}

grpc::ServerUnaryReactor* TouchpointHandler::Retract(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::RetractRequest>(
      env_, Method::kRetract, request, response,
      [this](UnaryCall* call, const v1::RetractRequest& message) {
        const absl::Status status = core::ValidateRetract(message);
        if (!status.ok()) return call->Refuse(status);
        log::Append append = ToAppend(message);
        append.done = [call](absl::StatusOr<v1::AppendResponse> outcome) {
          if (!outcome.ok()) return call->Refuse(outcome.status());
          v1::RetractResponse answer;
          answer.mutable_results()->Swap(outcome->mutable_results());
          call->Reply(answer);
        };
        env_.writer->Submit(std::move(append));
      });
}

grpc::ServerUnaryReactor* TouchpointHandler::Amend(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::AmendRequest>(
      env_, Method::kAmend, request, response,
      [this](UnaryCall* call, v1::AmendRequest message) {
        const absl::Status status =
            core::ValidateAmend(message, env_.clock->Now(), env_.sender_clocks);
        if (!status.ok()) return call->Refuse(status);
        log::Append append = ToAppend(std::move(message));
        append.done = [call](absl::StatusOr<v1::AppendResponse> outcome) {
          if (!outcome.ok()) return call->Refuse(outcome.status());
          v1::AmendResponse answer;
          answer.mutable_replacement()->Swap(outcome->mutable_results(0));
          answer.mutable_retraction()->Swap(outcome->mutable_results(1));
          call->Reply(answer);
        };
        env_.writer->Submit(std::move(append));
      });
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
TouchpointHandler::AppendStream(grpc::CallbackServerContext* /*context*/) {
  return rpc::AppendStream::Start(env_);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* TouchpointHandler::Read(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return ReadStream::Start(env_, context, request);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* TouchpointHandler::Subscribe(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  v1::SubscribeRequest message;
  absl::Status status = Parse(*request, &message);
  if (status.ok()) status = core::ValidateSubscribe(message);
  return FollowStream::Start(
      env_, context, status,
      {Method::kSubscribe, message.tenant_id(), message.after_position(),
       std::make_unique<SubscribeMessages>(message.filter())});
}

}  // namespace journey::rpc
