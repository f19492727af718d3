// One unary call from its bytes to its answer.
#ifndef SERVICE_RPC_UNARY_CALL_H_
#define SERVICE_RPC_UNARY_CALL_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/core/errors.h"
#include "service/rpc/call_timer.h"
#include "service/rpc/environment.h"
#include "service/rpc/wire.h"

namespace journey::rpc {

// The reactor of a unary call. It is answered exactly once, from any thread,
// and deletes itself when gRPC is done with it.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(const Environment& env, Method method, grpc::ByteBuffer* response)
      : in_flight_(env.in_flight),
        timer_(env.stats, method),
        response_(response) {
    timer_.Received();
  }

  void Reply(const google::protobuf::MessageLite& message) {
    *response_ = Serialize(message);
    timer_.Sent();
    timer_.Handled(absl::OkStatus());
    Finish(grpc::Status::OK);
  }

  void Refuse(const absl::Status& status) {
    timer_.Handled(status);
    Finish(ToGrpc(status));
  }

  template <typename Message>
  void Answer(const absl::StatusOr<Message>& answer) {
    if (answer.ok()) {
      Reply(*answer);
    } else {
      Refuse(answer.status());
    }
  }

 private:
  void OnDone() override { delete this; }

  const InFlightCall in_flight_;
  CallTimer timer_;
  grpc::ByteBuffer* const response_;
};

// Parses the request and hands it to `work(call, request)`, which answers.
template <typename Request, typename Work>
grpc::ServerUnaryReactor* RunUnary(const Environment& env, Method method,
                                   const grpc::ByteBuffer* bytes,
                                   grpc::ByteBuffer* response, Work work) {
  auto* call = new UnaryCall(env, method, response);
  Request request;
  const absl::Status status = env.streams->draining()
                                  ? core::ShuttingDownError()
                                  : Parse(*bytes, &request);
  if (status.ok()) {
    work(call, std::move(request));
  } else {
    call->Refuse(status);
  }
  return call;
}

// Why a query is not worth its work any more; else OK.
inline absl::Status StillWanted(const Environment& env,
                                const grpc::CallbackServerContext& context) {
  if (env.streams->draining()) return core::ShuttingDownError();
  // So is a call whose deadline has passed: its client has its error already.
  if (context.IsCancelled()) {
    return absl::CancelledError("the client is gone");
  }
  return absl::OkStatus();
}

// Checks the request with `check` and answers with `query(request,
// still_wanted)`: at once where `is_quick` says so, else on a worker.
// OVERLOADED when too many wait there. What waits, or still runs, is refused
// once the server stops or the client is gone.
template <typename Request, typename Query>
grpc::ServerUnaryReactor* RunQuery(const Environment& env, Method method,
                                   const grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* bytes,
                                   grpc::ByteBuffer* response,
                                   absl::Status (*check)(const Request&),
                                   bool (*is_quick)(const Request&),
                                   Query query) {
  return RunUnary<Request>(
      env, method, bytes, response, [&](UnaryCall* call, Request request) {
        const absl::Status status = check(request);
        if (!status.ok()) return call->Refuse(status);
        const auto still_wanted = [&env, context] {
          return StillWanted(env, *context);
        };
        if (is_quick(request)) {
          return call->Answer(query(request, still_wanted));
        }
        const bool taken = env.query_pool->TrySubmit(
            [call, still_wanted, query, request = std::move(request)] {
              const absl::Status wanted = still_wanted();
              if (!wanted.ok()) return call->Refuse(wanted);
              call->Answer(query(request, still_wanted));
            });
        if (!taken) {
          call->Refuse(core::OverloadedError("too many queries wait",
                                             "queries_queued_max"));
        }
      });
}

// The same, always on a worker.
template <typename Request, typename Query>
grpc::ServerUnaryReactor* RunPooledQuery(
    const Environment& env, Method method,
    const grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
    grpc::ByteBuffer* response, absl::Status (*check)(const Request&),
    Query query) {
  return RunQuery<Request>(
      env, method, context, bytes, response, check,
      [](const Request& /*request*/) { return false; }, std::move(query));
}

}  // namespace journey::rpc

#endif  // SERVICE_RPC_UNARY_CALL_H_
