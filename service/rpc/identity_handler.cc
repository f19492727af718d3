#include "service/rpc/identity_handler.h"

#include <utility>

#include "service/core/validate_identity.h"
#include "service/rpc/convert.h"
#include "service/rpc/query_checks.h"
#include "service/rpc/unary_call.h"

namespace journey::rpc {
namespace {

template <typename Response>
Response Added(const v1::AppendResult& result) {
  Response response;
  response.set_position(result.position());
  response.set_repeated(result.repeated());
  response.set_inert(!result.inert_links().empty());
  response.set_retracted(result.retracted());
  return response;
}

template <typename Response>
Response Withdrawn(const v1::AppendResult& result) {
  Response response;
  response.set_position(result.position());
  response.set_repeated(result.repeated());
  response.set_waiting(result.waiting());
  return response;
}

// Hands a request that was checked to the writer, and answers with what
// `to_response` makes of its only result.
template <typename Request, typename Response>
void Submit(const Environment& env, UnaryCall* call, const Request& request,
            const absl::Status& checked,
            Response (*to_response)(const v1::AppendResult&)) {
  if (!checked.ok()) return call->Refuse(checked);
  log::Append append = ToAppend(request);
  append.done =
      [call, to_response](const absl::StatusOr<v1::AppendResponse>& outcome) {
        if (!outcome.ok()) return call->Refuse(outcome.status());
        call->Reply(to_response(outcome->results(0)));
      };
  env.writer->Submit(std::move(append));
}

}  // namespace

grpc::ServerUnaryReactor* IdentityHandler::Link(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::LinkRequest>(
      env_, Method::kLink, request, response,
      [this](UnaryCall* call, const v1::LinkRequest& message) {
        Submit(env_, call, message,
               core::ValidateLink(message, env_.clock->Now()),
               &Added<v1::LinkResponse>);
      });
}

grpc::ServerUnaryReactor* IdentityHandler::Unlink(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::UnlinkRequest>(
      env_, Method::kUnlink, request, response,
      [this](UnaryCall* call, const v1::UnlinkRequest& message) {
        Submit(env_, call, message, core::ValidateUnlink(message),
               &Withdrawn<v1::UnlinkResponse>);
      });
}

grpc::ServerUnaryReactor* IdentityHandler::Merge(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::MergeRequest>(
      env_, Method::kMerge, request, response,
      [this](UnaryCall* call, const v1::MergeRequest& message) {
        Submit(env_, call, message,
               core::ValidateMerge(message, env_.clock->Now()),
               &Added<v1::MergeResponse>);
      });
}

grpc::ServerUnaryReactor* IdentityHandler::Unmerge(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::UnmergeRequest>(
      env_, Method::kUnmerge, request, response,
      [this](UnaryCall* call, const v1::UnmergeRequest& message) {
        Submit(env_, call, message, core::ValidateUnmerge(message),
               &Withdrawn<v1::UnmergeResponse>);
      });
}

grpc::ServerUnaryReactor* IdentityHandler::Resolve(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ResolveRequest>(
      env_, Method::kResolve, context, request, response, &Check,
      [this](const v1::ResolveRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->Resolve(message, still_wanted);
      });
}

}  // namespace journey::rpc
