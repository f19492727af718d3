#include "tests/e2e/calls.h"

#include <utility>

#include "google/rpc/error_details.pb.h"
#include "service/core/time.h"

namespace journey::testing {
namespace {

v1::Touchpoint Base(const std::string& id, int second) {
  v1::Touchpoint touchpoint;
  touchpoint.set_source("crm");
  touchpoint.set_touchpoint_id(id);
  touchpoint.set_account_id("globex");
  touchpoint.set_contact_id("ann");
  *touchpoint.mutable_occurred_at() =
      core::ToTimestamp(ManualClock::kStart - core::kMicrosPerDay +
                        second * core::kMicrosPerSecond);
  return touchpoint;
}

template <typename Response, typename Method, typename Stub, typename Request>
Answer<Response> Run(Stub& stub, Method method, const Request& request) {
  Answer<Response> answer;
  grpc::ClientContext context;
  answer.status = (stub.*method)(&context, request, &answer.response);
  return answer;
}

}  // namespace

v1::Touchpoint Call(const std::string& id, int second) {
  v1::Touchpoint touchpoint = Base(id, second);
  touchpoint.mutable_call()->set_outcome(v1::Call::OUTCOME_CONNECTED);
  return touchpoint;
}

v1::Touchpoint DealStep(const std::string& id, const std::string& deal_id,
                        v1::DealChange::Action action, int second) {
  v1::Touchpoint touchpoint = Base(id, second);
  touchpoint.set_deal_id(deal_id);
  touchpoint.mutable_deal()->set_action(action);
  return touchpoint;
}

v1::AppendRequest Batch(std::vector<v1::Touchpoint> touchpoints) {
  v1::AppendRequest request;
  request.set_tenant_id(kTenant);
  for (v1::Touchpoint& touchpoint : touchpoints) {
    *request.add_touchpoints() = std::move(touchpoint);
  }
  return request;
}

Answer<v1::AppendResponse> Append(Client& client,
                                  const v1::AppendRequest& request) {
  return Run<v1::AppendResponse>(*client.touchpoints,
                                 &v1::TouchpointService::Stub::Append, request);
}

Answer<v1::RetractResponse> Retract(Client& client, const std::string& id) {
  v1::RetractRequest request;
  request.set_tenant_id(kTenant);
  request.add_targets()->set_source("crm");
  request.mutable_targets(0)->set_touchpoint_id(id);
  return Run<v1::RetractResponse>(
      *client.touchpoints, &v1::TouchpointService::Stub::Retract, request);
}

Answer<v1::AmendResponse> Amend(Client& client, const std::string& id,
                                const v1::Touchpoint& replacement) {
  v1::AmendRequest request;
  request.set_tenant_id(kTenant);
  request.mutable_target()->set_source("crm");
  request.mutable_target()->set_touchpoint_id(id);
  *request.mutable_replacement() = replacement;
  return Run<v1::AmendResponse>(*client.touchpoints,
                                &v1::TouchpointService::Stub::Amend, request);
}

Answer<v1::GetJourneyResponse> GetAccount(Client& client,
                                          const std::string& id) {
  v1::GetJourneyRequest request;
  request.set_tenant_id(kTenant);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id(id);
  return Run<v1::GetJourneyResponse>(
      *client.journeys, &v1::JourneyService::Stub::GetJourney, request);
}

Answer<v1::ListDealsResponse> ListDeals(Client& client) {
  v1::ListDealsRequest request;
  request.set_tenant_id(kTenant);
  return Run<v1::ListDealsResponse>(*client.deals,
                                    &v1::DealService::Stub::ListDeals, request);
}

Answer<std::vector<v1::Event>> Read(Client& client,
                                    const v1::ReadRequest& request) {
  Answer<std::vector<v1::Event>> answer;
  grpc::ClientContext context;
  auto stream = client.touchpoints->Read(&context, request);
  v1::ReadResponse response;
  while (stream->Read(&response)) {
    for (v1::Event& event : *response.mutable_events()) {
      answer.response.push_back(std::move(event));
    }
  }
  answer.status = stream->Finish();
  return answer;
}

std::vector<int64_t> Positions(const std::vector<v1::Event>& events) {
  std::vector<int64_t> positions;
  positions.reserve(events.size());
  for (const v1::Event& event : events) positions.push_back(event.position());
  return positions;
}

int64_t EventCount(Client& client) {
  return Run<v1::GetStatusResponse>(*client.admin,
                                    &v1::AdminService::Stub::GetStatus,
                                    v1::GetStatusRequest())
      .response.event_count();
}

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status details;
  (void)details.ParseFromString(status.error_details());
  return details;
}

std::string Reason(const google::rpc::Status& status) {
  std::string reason;
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    if (!detail.UnpackTo(&info)) continue;
    if (!reason.empty()) return "";
    reason = info.reason();
  }
  return reason;
}

std::string Reason(const grpc::Status& status) {
  return Reason(Details(status));
}

std::vector<std::string> BadFields(const google::rpc::Status& status) {
  std::vector<std::string> fields;
  for (const auto& detail : status.details()) {
    google::rpc::BadRequest bad;
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      fields.push_back(violation.field());
    }
  }
  return fields;
}

std::vector<std::string> BadFields(const grpc::Status& status) {
  return BadFields(Details(status));
}

bool HasRetryInfo(const grpc::Status& status) {
  const google::rpc::Status details = Details(status);
  for (const auto& detail : details.details()) {
    if (detail.Is<google::rpc::RetryInfo>()) return true;
  }
  return false;
}

}  // namespace journey::testing
