// A server in the test's own process whose answers the test writes.
#ifndef TESTS_CLI_FAKE_SERVICES_H_
#define TESTS_CLI_FAKE_SERVICES_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "google/rpc/status.pb.h"
#include "journey/v1/admin_service.grpc.pb.h"
#include "journey/v1/deal_service.grpc.pb.h"
#include "journey/v1/identity_service.grpc.pb.h"
#include "journey/v1/journey_service.grpc.pb.h"
#include "journey/v1/ticket_service.grpc.pb.h"
#include "journey/v1/touchpoint_service.grpc.pb.h"
#include "tests/cli/fake_errors.h"
#include "tests/cli/fake_signals.h"

namespace journey::testing {

// Takes touchpoints; refuses what `judge` refuses. Thread-safe.
class FakeTouchpoints final : public v1::TouchpointService::Service {
 public:
  // Decides about one batch; OK takes it.
  std::function<google::rpc::Status(const v1::AppendRequest&)> judge;
  // Ends an AppendStream with this after so many batches, once; −1 never.
  int break_after = -1;
  grpc::Status break_with;
  // What Subscribe sends: one list of messages a call, then the call's own
  // end, without one `subscribe_end`.
  std::vector<std::vector<v1::SubscribeResponse>> subscriptions;
  std::map<size_t, grpc::Status> subscribe_ends;
  grpc::Status subscribe_end =
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping");
  std::vector<v1::Event> events;
  // The link of the touchpoint with this id is inert.
  std::string inert_id;
  // The id of one that was retracted before.
  std::string retracted_id;

  [[nodiscard]] std::vector<std::string> stored_ids();
  [[nodiscard]] int batches();
  [[nodiscard]] std::vector<v1::SubscribeRequest> subscribe_requests();
  v1::RetractRequest retract_request;
  v1::AmendRequest amend_request;
  v1::ReadRequest read_request;

  grpc::Status AppendStream(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::AppendStreamResponse,
                               v1::AppendStreamRequest>* stream) override;
  grpc::Status Subscribe(
      grpc::ServerContext* context, const v1::SubscribeRequest* request,
      grpc::ServerWriter<v1::SubscribeResponse>* writer) override;
  grpc::Status Read(grpc::ServerContext* context,
                    const v1::ReadRequest* request,
                    grpc::ServerWriter<v1::ReadResponse>* writer) override;
  grpc::Status Retract(grpc::ServerContext* context,
                       const v1::RetractRequest* request,
                       v1::RetractResponse* response) override;
  grpc::Status Amend(grpc::ServerContext* context,
                     const v1::AmendRequest* request,
                     v1::AmendResponse* response) override;

 private:
  void Take(const v1::AppendRequest& batch, v1::AppendResponse* response);

  std::mutex mutex_;
  int batches_ = 0;
  std::vector<std::string> ids_;
  std::vector<v1::SubscribeRequest> subscribe_requests_;
};

// Answers queries with what the test has set, or with `error`.
class FakeJourneys final : public v1::JourneyService::Service {
 public:
  grpc::Status error;
  v1::GetJourneyResponse journey;
  // One a page.
  std::vector<v1::ListJourneysResponse> pages;
  v1::GetTimelineResponse timeline;
  v1::GetJourneyRequest get_request;
  v1::ListJourneysRequest list_request;
  v1::GetTimelineRequest timeline_request;
  v1::ExplainJourneyResponse explanation;
  v1::ExplainJourneyRequest explain_request;
  v1::ListContactsResponse contacts;
  v1::ListContactsRequest contacts_request;
  v1::GetPlanResponse plan;
  v1::GetPlanRequest plan_request;
  v1::CountSegmentsResponse segments;
  v1::CountSegmentsRequest segments_request;

  grpc::Status GetJourney(grpc::ServerContext* context,
                          const v1::GetJourneyRequest* request,
                          v1::GetJourneyResponse* response) override;
  grpc::Status ListJourneys(grpc::ServerContext* context,
                            const v1::ListJourneysRequest* request,
                            v1::ListJourneysResponse* response) override;
  grpc::Status GetTimeline(grpc::ServerContext* context,
                           const v1::GetTimelineRequest* request,
                           v1::GetTimelineResponse* response) override;
  grpc::Status ExplainJourney(grpc::ServerContext* context,
                              const v1::ExplainJourneyRequest* request,
                              v1::ExplainJourneyResponse* response) override;
  grpc::Status ListContacts(grpc::ServerContext* context,
                            const v1::ListContactsRequest* request,
                            v1::ListContactsResponse* response) override;
  grpc::Status GetPlan(grpc::ServerContext* context,
                       const v1::GetPlanRequest* request,
                       v1::GetPlanResponse* response) override;
  grpc::Status CountSegments(grpc::ServerContext* context,
                             const v1::CountSegmentsRequest* request,
                             v1::CountSegmentsResponse* response) override;
};

class FakeDeals final : public v1::DealService::Service {
 public:
  v1::GetBoardResponse board;
  v1::ListDealsResponse list;
  // Further pages, after `list`.
  std::vector<v1::ListDealsResponse> more;
  v1::ListStalledDealsResponse stalled;
  v1::GetBoardRequest board_request;
  v1::ListDealsRequest list_request;
  v1::ListStalledDealsRequest stalled_request;

  grpc::Status GetBoard(grpc::ServerContext* context,
                        const v1::GetBoardRequest* request,
                        v1::GetBoardResponse* response) override;
  grpc::Status ListDeals(grpc::ServerContext* context,
                         const v1::ListDealsRequest* request,
                         v1::ListDealsResponse* response) override;
  grpc::Status ListStalledDeals(
      grpc::ServerContext* context, const v1::ListStalledDealsRequest* request,
      v1::ListStalledDealsResponse* response) override;
};

class FakeTickets final : public v1::TicketService::Service {
 public:
  v1::GetTicketResponse ticket;
  v1::ListTicketsResponse list;
  v1::GetTicketRequest get_request;
  v1::ListTicketsRequest list_request;

  grpc::Status GetTicket(grpc::ServerContext* context,
                         const v1::GetTicketRequest* request,
                         v1::GetTicketResponse* response) override;
  grpc::Status ListTickets(grpc::ServerContext* context,
                           const v1::ListTicketsRequest* request,
                           v1::ListTicketsResponse* response) override;
};

class FakeIdentity final : public v1::IdentityService::Service {
 public:
  v1::LinkResponse linked;
  v1::UnlinkResponse unlinked;
  v1::MergeResponse merged;
  v1::UnmergeResponse unmerged;
  v1::ResolveResponse resolved;
  v1::LinkRequest link_request;
  v1::UnlinkRequest unlink_request;
  v1::MergeRequest merge_request;
  v1::UnmergeRequest unmerge_request;
  v1::ResolveRequest resolve_request;

  grpc::Status Link(grpc::ServerContext* context,
                    const v1::LinkRequest* request,
                    v1::LinkResponse* response) override;
  grpc::Status Unlink(grpc::ServerContext* context,
                      const v1::UnlinkRequest* request,
                      v1::UnlinkResponse* response) override;
  grpc::Status Merge(grpc::ServerContext* context,
                     const v1::MergeRequest* request,
                     v1::MergeResponse* response) override;
  grpc::Status Unmerge(grpc::ServerContext* context,
                       const v1::UnmergeRequest* request,
                       v1::UnmergeResponse* response) override;
  grpc::Status Resolve(grpc::ServerContext* context,
                       const v1::ResolveRequest* request,
                       v1::ResolveResponse* response) override;
};

class FakeAdmin final : public v1::AdminService::Service {
 public:
  v1::GetStatusResponse status;

  grpc::Status GetStatus(grpc::ServerContext* context,
                         const v1::GetStatusRequest* request,
                         v1::GetStatusResponse* response) override;
};

// All of them on a free port.
class FakeServer {
 public:
  FakeServer();
  ~FakeServer();

  [[nodiscard]] const std::string& address() const { return address_; }
  // The flags that lead there.
  [[nodiscard]] std::vector<std::string> With(
      std::vector<std::string> arguments) const;

  FakeTouchpoints touchpoints;
  FakeJourneys journeys;
  FakeDeals deals;
  FakeTickets tickets;
  FakeIdentity identity;
  FakeSignals signals;
  FakeAdmin admin;

 private:
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace journey::testing

#endif  // TESTS_CLI_FAKE_SERVICES_H_
