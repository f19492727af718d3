#include "service/rpc/signal_handler.h"

#include <memory>
#include <utility>

#include "service/core/signal_log.h"
#include "service/core/time.h"
#include "service/core/validate_signals.h"
#include "service/rpc/follow_stream.h"
#include "service/rpc/signal_messages.h"
#include "service/rpc/unary_call.h"
#include "service/rpc/wire.h"

namespace journey::rpc {
namespace {

// What a request says that somebody does about a signal.
template <typename Request>
signals::SignalAction ActionOf(const Request& request, v1::SignalChange change,
                               core::Micros until = 0) {
  signals::SignalAction action;
  action.tenant_id = request.tenant_id();
  action.signal_id = request.signal_id();
  action.change = change;
  action.actor = request.actor();
  action.reason = request.reason();
  action.until = until;
  return action;
}

// Hands an action whose request was checked to the announcer, and answers with
// the signal after it.
template <typename Response>
void Submit(const Environment& env, UnaryCall* call,
            const absl::Status& checked, signals::SignalAction action) {
  if (!checked.ok()) return call->Refuse(checked);
  action.done = [call](absl::StatusOr<v1::Signal> signal) {
    if (!signal.ok()) return call->Refuse(signal.status());
    Response response;
    *response.mutable_signal() = *std::move(signal);
    call->Reply(response);
  };
  env.announcer->Submit(std::move(action));
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* SignalHandler::WatchSignals(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  v1::WatchSignalsRequest message;
  absl::Status status = Parse(*request, &message);
  if (status.ok()) status = core::ValidateWatchSignals(message);
  return FollowStream::Start(
      env_, context, status,
      {Method::kWatchSignals, core::SignalLogOf(message.tenant_id()),
       message.after_position(),
       std::make_unique<SignalMessages>(message.filter(),
                                        message.include_historical())});
}

grpc::ServerUnaryReactor* SignalHandler::ListSignals(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ListSignalsRequest>(
      env_, Method::kListSignals, context, request, response,
      &core::ValidateListSignals,
      [this](const v1::ListSignalsRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->ListSignals(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* SignalHandler::ListTasks(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ListTasksRequest>(
      env_, Method::kListTasks, context, request, response,
      &core::ValidateListTasks,
      [this](const v1::ListTasksRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->ListTasks(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* SignalHandler::Acknowledge(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::AcknowledgeRequest>(
      env_, Method::kAcknowledge, request, response,
      [this](UnaryCall* call, const v1::AcknowledgeRequest& message) {
        Submit<v1::AcknowledgeResponse>(
            env_, call, core::ValidateAcknowledge(message),
            ActionOf(message, v1::SIGNAL_CHANGE_ACKNOWLEDGED));
      });
}

grpc::ServerUnaryReactor* SignalHandler::Snooze(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::SnoozeRequest>(
      env_, Method::kSnooze, request, response,
      [this](UnaryCall* call, const v1::SnoozeRequest& message) {
        Submit<v1::SnoozeResponse>(
            env_, call, core::ValidateSnooze(message, env_.clock->Now()),
            ActionOf(message, v1::SIGNAL_CHANGE_SNOOZED,
                     core::ToMicros(message.until())));
      });
}

grpc::ServerUnaryReactor* SignalHandler::Finish(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::FinishRequest>(
      env_, Method::kFinish, request, response,
      [this](UnaryCall* call, const v1::FinishRequest& message) {
        Submit<v1::FinishResponse>(
            env_, call, core::ValidateFinish(message),
            ActionOf(message, v1::SIGNAL_CHANGE_FINISHED));
      });
}

grpc::ServerUnaryReactor* SignalHandler::Dismiss(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::DismissRequest>(
      env_, Method::kDismiss, request, response,
      [this](UnaryCall* call, const v1::DismissRequest& message) {
        Submit<v1::DismissResponse>(
            env_, call, core::ValidateDismiss(message),
            ActionOf(message, v1::SIGNAL_CHANGE_DISMISSED));
      });
}

}  // namespace journey::rpc
