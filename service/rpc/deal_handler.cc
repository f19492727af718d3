#include "service/rpc/deal_handler.h"

#include "service/rpc/query_checks.h"
#include "service/rpc/unary_call.h"

namespace journey::rpc {

grpc::ServerUnaryReactor* DealHandler::GetDeal(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunQuery<v1::GetDealRequest>(
      env_, Method::kGetDeal, context, request, response, &Check,
      // A past instant may mean to fold many touchpoints again.
      [](const v1::GetDealRequest& message) {
        return !message.has_as_of() && !message.has_known_at();
      },
      [this](const v1::GetDealRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->GetDeal(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* DealHandler::ListDeals(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ListDealsRequest>(
      env_, Method::kListDeals, context, request, response, &Check,
      [this](const v1::ListDealsRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->ListDeals(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* DealHandler::ListStalledDeals(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ListStalledDealsRequest>(
      env_, Method::kListStalledDeals, context, request, response, &Check,
      [this](const v1::ListStalledDealsRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->ListStalledDeals(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* DealHandler::GetBoard(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::GetBoardRequest>(
      env_, Method::kGetBoard, context, request, response, &Check,
      [this](const v1::GetBoardRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->GetBoard(message, still_wanted);
      });
}

}  // namespace journey::rpc
