#include "service/rpc/journey_handler.h"

#include "service/rpc/query_checks.h"
#include "service/rpc/unary_call.h"

namespace journey::rpc {

grpc::ServerUnaryReactor* JourneyHandler::GetJourney(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunQuery<v1::GetJourneyRequest>(
      env_, Method::kGetJourney, context, request, response, &Check,
      // A past instant may mean to fold many touchpoints again.
      [](const v1::GetJourneyRequest& message) {
        return !message.has_as_of() && !message.has_known_at();
      },
      [this](const v1::GetJourneyRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->GetJourney(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* JourneyHandler::BatchGetJourneys(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::BatchGetJourneysRequest>(
      env_, Method::kBatchGetJourneys, context, request, response, &Check,
      [this](const v1::BatchGetJourneysRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->BatchGetJourneys(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* JourneyHandler::ListJourneys(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ListJourneysRequest>(
      env_, Method::kListJourneys, context, request, response, &Check,
      [this](const v1::ListJourneysRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->ListJourneys(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* JourneyHandler::GetTimeline(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::GetTimelineRequest>(
      env_, Method::kGetTimeline, context, request, response, &Check,
      [this](const v1::GetTimelineRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->GetTimeline(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* JourneyHandler::DiffJourney(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::DiffJourneyRequest>(
      env_, Method::kDiffJourney, context, request, response, &Check,
      [this](const v1::DiffJourneyRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->DiffJourney(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* JourneyHandler::ExplainJourney(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ExplainJourneyRequest>(
      env_, Method::kExplainJourney, context, request, response, &Check,
      [this](const v1::ExplainJourneyRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->ExplainJourney(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* JourneyHandler::ListContacts(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::ListContactsRequest>(
      env_, Method::kListContacts, context, request, response, &Check,
      [this](const v1::ListContactsRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->ListContacts(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* JourneyHandler::GetPlan(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunQuery<v1::GetPlanRequest>(
      env_, Method::kGetPlan, context, request, response, &Check,
      [](const v1::GetPlanRequest& message) { return !message.has_as_of(); },
      [this](const v1::GetPlanRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->GetPlan(message, still_wanted);
      });
}

grpc::ServerUnaryReactor* JourneyHandler::CountSegments(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunPooledQuery<v1::CountSegmentsRequest>(
      env_, Method::kCountSegments, context, request, response, &Check,
      [this](const v1::CountSegmentsRequest& message,
             const views::StillWanted& still_wanted) {
        return env_.views->CountSegments(message, still_wanted);
      });
}

}  // namespace journey::rpc
