// The connection to a server.
#ifndef CLI_CLIENT_H_
#define CLI_CLIENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "journey/v1/admin_service.grpc.pb.h"
#include "journey/v1/deal_service.grpc.pb.h"
#include "journey/v1/identity_service.grpc.pb.h"
#include "journey/v1/journey_service.grpc.pb.h"
#include "journey/v1/signal_service.grpc.pb.h"
#include "journey/v1/ticket_service.grpc.pb.h"
#include "journey/v1/touchpoint_service.grpc.pb.h"

namespace journey::cli {

// A channel; connects with the first call.
[[nodiscard]] std::shared_ptr<grpc::Channel> OpenChannel(
    const Settings& settings);

// Lets a call end when the time limit is over.
void SetDeadline(grpc::ClientContext& context, absl::Duration timeout);

// One unary call within the time limit.
template <typename Stub, typename Request, typename Response>
[[nodiscard]] absl::StatusOr<Response> CallOn(
    Stub& stub, const Settings& settings,
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                 Response*),
    const Request& request) {
  grpc::ClientContext context;
  SetDeadline(context, settings.timeout);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return FromGrpc({status.error_code(),
                     absl::StrCat("no answer within ",
                                  absl::FormatDuration(settings.timeout))});
  }
  if (!status.ok()) return FromGrpc(status);
  return response;
}

// The same over a connection of its own.
template <typename Service, typename Request, typename Response>
[[nodiscard]] absl::StatusOr<Response> Call(
    const Settings& settings,
    grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*,
                                                   const Request&, Response*),
    const Request& request) {
  const std::unique_ptr<typename Service::StubInterface> stub =
      Service::NewStub(OpenChannel(settings));
  return CallOn(*stub, settings, method, request);
}

}  // namespace journey::cli

#endif  // CLI_CLIENT_H_
