#include "tests/cli/fake_services.h"

#include <algorithm>

namespace journey::testing {

std::vector<std::string> FakeTouchpoints::stored_ids() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return ids_;
}

int FakeTouchpoints::batches() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return batches_;
}

std::vector<v1::SubscribeRequest> FakeTouchpoints::subscribe_requests() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return subscribe_requests_;
}

void FakeTouchpoints::Take(const v1::AppendRequest& batch,
                           v1::AppendResponse* response) {
  for (const v1::Touchpoint& touchpoint : batch.touchpoints()) {
    const auto known =
        std::find(ids_.begin(), ids_.end(), touchpoint.touchpoint_id());
    v1::AppendResult& result = *response->add_results();
    result.set_repeated(known != ids_.end());
    result.set_position(known - ids_.begin() + 1);
    if (touchpoint.touchpoint_id() == inert_id) {
      result.add_inert_links(v1::SUBJECT_TYPE_VISITOR);
    }
    result.set_retracted(touchpoint.touchpoint_id() == retracted_id);
    if (known == ids_.end()) ids_.push_back(touchpoint.touchpoint_id());
  }
}

grpc::Status FakeTouchpoints::AppendStream(
    grpc::ServerContext* /*context*/,
    grpc::ServerReaderWriter<v1::AppendStreamResponse, v1::AppendStreamRequest>*
        stream) {
  v1::AppendStreamRequest request;
  for (int64_t index = 0; stream->Read(&request); ++index) {
    v1::AppendStreamResponse response;
    response.set_batch_index(index);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (break_after >= 0 && batches_ >= break_after) {
        break_after = -1;
        return break_with;
      }
      ++batches_;
      const google::rpc::Status verdict =
          judge ? judge(request.batch()) : google::rpc::Status();
      if (verdict.code() != 0) {
        *response.mutable_refused() = verdict;
      } else {
        Take(request.batch(), response.mutable_appended());
      }
    }
    stream->Write(response);
  }
  return grpc::Status::OK;
}

grpc::Status FakeTouchpoints::Subscribe(
    grpc::ServerContext* /*context*/, const v1::SubscribeRequest* request,
    grpc::ServerWriter<v1::SubscribeResponse>* writer) {
  size_t call = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    call = subscribe_requests_.size();
    subscribe_requests_.push_back(*request);
  }
  if (call < subscriptions.size()) {
    for (const auto& message : subscriptions[call]) writer->Write(message);
  }
  const auto own_end = subscribe_ends.find(call);
  return own_end == subscribe_ends.end() ? subscribe_end : own_end->second;
}

grpc::Status FakeTouchpoints::Read(
    grpc::ServerContext* /*context*/, const v1::ReadRequest* request,
    grpc::ServerWriter<v1::ReadResponse>* writer) {
  read_request = *request;
  v1::ReadResponse response;
  for (const v1::Event& event : events) *response.add_events() = event;
  if (!events.empty()) writer->Write(response);
  return grpc::Status::OK;
}

grpc::Status FakeTouchpoints::Retract(grpc::ServerContext* /*context*/,
                                      const v1::RetractRequest* request,
                                      v1::RetractResponse* response) {
  retract_request = *request;
  for (int i = 0; i < request->targets_size(); ++i) {
    v1::AppendResult& result = *response->add_results();
    result.set_position(1234 + i);
    result.set_waiting(request->targets(i).touchpoint_id() == "unknown");
  }
  return grpc::Status::OK;
}

grpc::Status FakeTouchpoints::Amend(grpc::ServerContext* /*context*/,
                                    const v1::AmendRequest* request,
                                    v1::AmendResponse* response) {
  amend_request = *request;
  response->mutable_replacement()->set_position(1234);
  response->mutable_retraction()->set_position(7);
  response->mutable_retraction()->set_repeated(true);
  return grpc::Status::OK;
}

grpc::Status FakeJourneys::GetJourney(grpc::ServerContext* /*context*/,
                                      const v1::GetJourneyRequest* request,
                                      v1::GetJourneyResponse* response) {
  get_request = *request;
  *response = journey;
  return error;
}

grpc::Status FakeJourneys::ListJourneys(grpc::ServerContext* /*context*/,
                                        const v1::ListJourneysRequest* request,
                                        v1::ListJourneysResponse* response) {
  list_request = *request;
  if (!error.ok()) return error;
  const size_t page =
      request->page_token().empty()
          ? 0
          : static_cast<size_t>(std::stoi(request->page_token()));
  *response = pages.at(page);
  return grpc::Status::OK;
}

grpc::Status FakeJourneys::GetTimeline(grpc::ServerContext* /*context*/,
                                       const v1::GetTimelineRequest* request,
                                       v1::GetTimelineResponse* response) {
  timeline_request = *request;
  *response = timeline;
  return error;
}

grpc::Status FakeJourneys::ExplainJourney(
    grpc::ServerContext* /*context*/, const v1::ExplainJourneyRequest* request,
    v1::ExplainJourneyResponse* response) {
  explain_request = *request;
  *response = explanation;
  return error;
}

grpc::Status FakeJourneys::ListContacts(grpc::ServerContext* /*context*/,
                                        const v1::ListContactsRequest* request,
                                        v1::ListContactsResponse* response) {
  contacts_request = *request;
  *response = contacts;
  return error;
}

grpc::Status FakeJourneys::GetPlan(grpc::ServerContext* /*context*/,
                                   const v1::GetPlanRequest* request,
                                   v1::GetPlanResponse* response) {
  plan_request = *request;
  *response = plan;
  return error;
}

grpc::Status FakeJourneys::CountSegments(
    grpc::ServerContext* /*context*/, const v1::CountSegmentsRequest* request,
    v1::CountSegmentsResponse* response) {
  segments_request = *request;
  *response = segments;
  return error;
}

grpc::Status FakeDeals::GetBoard(grpc::ServerContext* /*context*/,
                                 const v1::GetBoardRequest* request,
                                 v1::GetBoardResponse* response) {
  board_request = *request;
  *response = board;
  return grpc::Status::OK;
}

grpc::Status FakeDeals::ListDeals(grpc::ServerContext* /*context*/,
                                  const v1::ListDealsRequest* request,
                                  v1::ListDealsResponse* response) {
  list_request = *request;
  const size_t page =
      request->page_token().empty()
          ? 0
          : static_cast<size_t>(std::stoi(request->page_token()));
  *response = page == 0 ? list : more.at(page - 1);
  return grpc::Status::OK;
}

grpc::Status FakeDeals::ListStalledDeals(
    grpc::ServerContext* /*context*/,
    const v1::ListStalledDealsRequest* request,
    v1::ListStalledDealsResponse* response) {
  stalled_request = *request;
  *response = stalled;
  return grpc::Status::OK;
}

grpc::Status FakeTickets::GetTicket(grpc::ServerContext* /*context*/,
                                    const v1::GetTicketRequest* request,
                                    v1::GetTicketResponse* response) {
  get_request = *request;
  *response = ticket;
  return grpc::Status::OK;
}

grpc::Status FakeTickets::ListTickets(grpc::ServerContext* /*context*/,
                                      const v1::ListTicketsRequest* request,
                                      v1::ListTicketsResponse* response) {
  list_request = *request;
  *response = list;
  return grpc::Status::OK;
}

grpc::Status FakeIdentity::Link(grpc::ServerContext* /*context*/,
                                const v1::LinkRequest* request,
                                v1::LinkResponse* response) {
  link_request = *request;
  *response = linked;
  return grpc::Status::OK;
}

grpc::Status FakeIdentity::Unlink(grpc::ServerContext* /*context*/,
                                  const v1::UnlinkRequest* request,
                                  v1::UnlinkResponse* response) {
  unlink_request = *request;
  *response = unlinked;
  return grpc::Status::OK;
}

grpc::Status FakeIdentity::Merge(grpc::ServerContext* /*context*/,
                                 const v1::MergeRequest* request,
                                 v1::MergeResponse* response) {
  merge_request = *request;
  *response = merged;
  return grpc::Status::OK;
}

grpc::Status FakeIdentity::Unmerge(grpc::ServerContext* /*context*/,
                                   const v1::UnmergeRequest* request,
                                   v1::UnmergeResponse* response) {
  unmerge_request = *request;
  *response = unmerged;
  return grpc::Status::OK;
}

grpc::Status FakeIdentity::Resolve(grpc::ServerContext* /*context*/,
                                   const v1::ResolveRequest* request,
                                   v1::ResolveResponse* response) {
  resolve_request = *request;
  *response = resolved;
  return grpc::Status::OK;
}

grpc::Status FakeAdmin::GetStatus(grpc::ServerContext* /*context*/,
                                  const v1::GetStatusRequest* /*request*/,
                                  v1::GetStatusResponse* response) {
  *response = status;
  return grpc::Status::OK;
}

FakeServer::FakeServer() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&touchpoints);
  builder.RegisterService(&journeys);
  builder.RegisterService(&deals);
  builder.RegisterService(&tickets);
  builder.RegisterService(&identity);
  builder.RegisterService(&signals);
  builder.RegisterService(&admin);
  server_ = builder.BuildAndStart();
  address_ = "127.0.0.1:" + std::to_string(port);
}

FakeServer::~FakeServer() {
  signals.Release();
  server_->Shutdown(std::chrono::system_clock::now());
}

std::vector<std::string> FakeServer::With(
    std::vector<std::string> arguments) const {
  arguments.insert(arguments.end(), {"--server", address_, "--tenant", "acme"});
  return arguments;
}

}  // namespace journey::testing
