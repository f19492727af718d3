#include <chrono>
#include <future>
#include <thread>

#include "service/core/limits.h"
#include "tests/rpc/rpc_fixture.h"
#include "tests/support/wait_until.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::seconds kPatience{10};

class UnaryTest : public RpcTest {
 protected:
  UnaryTest() : RpcTest(10, /*queries_queued_max=*/0) {}
};

TEST_F(UnaryTest, AppendIsAnsweredByTheWriter) {
  auto stub = v1::TouchpointService::NewStub(channel_);
  v1::AppendRequest request;
  request.set_tenant_id("acme");
  *request.add_touchpoints() = Visit("a");
  std::thread writer([&] {
    writer_.WaitForQueued(1);
    writer_.Finish(0);
  });
  grpc::ClientContext context;
  v1::AppendResponse response;
  EXPECT_TRUE(stub->Append(&context, request, &response).ok());
  writer.join();
  EXPECT_EQ(response.results(0).position(), 1);
  const auto& stats = stats_.of(rpc::Method::kAppend);
  EXPECT_EQ(stats.started, 1);
  EXPECT_EQ(stats.handled[0], 1);
  EXPECT_EQ(stats.received, 1);
  EXPECT_EQ(stats.sent, 1);
}

TEST_F(UnaryTest, AmendIsOneAppendOfBoth) {
  auto stub = v1::TouchpointService::NewStub(channel_);
  v1::AmendRequest request;
  request.set_tenant_id("acme");
  request.mutable_target()->set_source("web");
  request.mutable_target()->set_touchpoint_id("wrong");
  *request.mutable_replacement() = Visit("right");
  request.mutable_replacement()->mutable_occurred_at()->set_nanos(999);
  request.set_reason("wrong page");
  request.set_actor("anna");
  std::thread writer([&] {
    const log::Append append = writer_.Take();
    EXPECT_TRUE(append.is_amendment);
    ASSERT_EQ(append.touchpoints.size(), 1u);
    EXPECT_EQ(append.touchpoints[0]->touchpoint_id(), "right");
    EXPECT_EQ(append.touchpoints[0]->occurred_at().nanos(), 0);
    ASSERT_EQ(append.retractions.size(), 1u);
    EXPECT_EQ(append.retractions[0]->source(), "web");
    EXPECT_EQ(append.retractions[0]->touchpoint_id(), "wrong");
    EXPECT_EQ(append.retractions[0]->reason(), "wrong page");
    EXPECT_EQ(append.retractions[0]->actor(), "anna");
    v1::AppendResponse outcome;
    outcome.add_results()->set_position(7);
    outcome.add_results()->set_position(8);
    append.done(outcome);
  });
  grpc::ClientContext context;
  v1::AmendResponse response;
  EXPECT_TRUE(stub->Amend(&context, request, &response).ok());
  writer.join();
  EXPECT_EQ(response.replacement().position(), 7);
  EXPECT_EQ(response.retraction().position(), 8);
  EXPECT_EQ(stats_.of(rpc::Method::kAmend).handled[0], 1);
}

TEST_F(UnaryTest, BadAmendIsNotSubmitted) {
  auto stub = v1::TouchpointService::NewStub(channel_);
  v1::AmendRequest request;
  request.set_tenant_id("acme");
  grpc::ClientContext context;
  v1::AmendResponse response;
  const grpc::Status status = stub->Amend(&context, request, &response);
  EXPECT_EQ(ReasonOf(status), "VALIDATION_FAILED");
  EXPECT_EQ(writer_.queue_depth(), 0);
}

TEST_F(UnaryTest, ErrorOfTheViewsReachesTheClientWithDetails) {
  auto stub = v1::DealService::NewStub(channel_);
  v1::GetDealRequest request;
  request.set_tenant_id("acme");
  request.set_deal_id("d1");
  grpc::ClientContext context;
  v1::GetDealResponse response;
  const grpc::Status status = stub->GetDeal(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(status), "DEAL_NOT_FOUND");
  EXPECT_EQ(stats_.refusals(v1::ERROR_REASON_DEAL_NOT_FOUND), 1);
}

TEST_F(UnaryTest, TicketsAreAskedForOnTheirOwnService) {
  auto stub = v1::TicketService::NewStub(channel_);
  v1::GetTicketRequest request;
  request.set_tenant_id("acme");
  request.set_ticket_id("t1");
  v1::GetTicketResponse response;
  grpc::ClientContext context;
  grpc::Status status = stub->GetTicket(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(status), "TICKET_NOT_FOUND");
  request.clear_ticket_id();
  grpc::ClientContext bad;
  status = stub->GetTicket(&bad, request, &response);
  EXPECT_EQ(ReasonOf(status), "VALIDATION_FAILED");
  // Lists go to the pool, which takes no more here.
  v1::ListTicketsRequest list;
  list.set_tenant_id("acme");
  v1::ListTicketsResponse tickets;
  grpc::ClientContext pooled;
  EXPECT_EQ(ReasonOf(stub->ListTickets(&pooled, list, &tickets)), "OVERLOADED");
}

TEST_F(UnaryTest, ListIsOverloadedWhenTooManyQueriesWait) {
  auto stub = v1::DealService::NewStub(channel_);
  v1::ListDealsRequest request;
  request.set_tenant_id("acme");
  grpc::ClientContext context;
  v1::ListDealsResponse response;
  const grpc::Status status = stub->ListDeals(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "OVERLOADED");
  EXPECT_THAT(status.error_details(), HasSubstr("RetryInfo"));
}

TEST_F(UnaryTest, NewWorkIsRefusedWhileStopping) {
  streams_.Drain();
  auto stub = v1::JourneyService::NewStub(channel_);
  grpc::ClientContext context;
  v1::GetJourneyResponse response;
  const grpc::Status status =
      stub->GetJourney(&context, v1::GetJourneyRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "SHUTTING_DOWN");
}

TEST_F(UnaryTest, StatusIsToldWhenTooManyQueriesWait) {
  auto stub = v1::AdminService::NewStub(channel_);
  grpc::ClientContext context;
  v1::GetStatusResponse response;
  const grpc::Status status =
      stub->GetStatus(&context, v1::GetStatusRequest(), &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

// Serves deals as the server does, and shows the test the call of ListDeals.
class WatchedDeals final : public rpc::RawDealService {
 public:
  explicit WatchedDeals(const rpc::Environment& env) : handler_(env) {}

  grpc::ServerUnaryReactor* ListDeals(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override {
    auto* call = handler_.ListDeals(context, request, response);
    context_.set_value(context);
    return call;
  }

  // Waits for the only call. Its context is valid until it is answered.
  const grpc::CallbackServerContext& WaitForCall() {
    return *context_.get_future().get();
  }

 private:
  rpc::DealHandler handler_;
  std::promise<const grpc::CallbackServerContext*> context_;
};

// One list of deals, asked for without waiting.
class ListDealsTest : public RpcTest {
 protected:
  ListDealsTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&watched_);
    watched_server_ = builder.BuildAndStart();
    stub_ = v1::DealService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                            grpc::InsecureChannelCredentials()));
  }

  void Start() {
    request_.set_tenant_id("acme");
    stub_->async()->ListDeals(
        &context_, &request_, &response_,
        [this](const grpc::Status& status) { outcome_.set_value(status); });
  }

  WatchedDeals watched_{env_};
  std::unique_ptr<grpc::Server> watched_server_;
  std::unique_ptr<v1::DealService::Stub> stub_;
  grpc::ClientContext context_;
  v1::ListDealsRequest request_;
  v1::ListDealsResponse response_;
  std::promise<grpc::Status> outcome_;
};

// The list waits behind a query which lasts until the test lets it go.
class WaitingQueryTest : public ListDealsTest {
 protected:
  WaitingQueryTest() {
    EXPECT_TRUE(query_pool_.TrySubmit([this] { gate_.get_future().wait(); }));
    Start();
  }

  std::promise<void> gate_;
};

TEST_F(WaitingQueryTest, IsRefusedWhenTheServerStops) {
  (void)watched_.WaitForCall();
  streams_.Drain();
  gate_.set_value();
  EXPECT_EQ(ReasonOf(outcome_.get_future().get()), "SHUTTING_DOWN");
  EXPECT_EQ(views_.lists(), 0);
}

TEST_F(WaitingQueryTest, IsDroppedWhenItsClientIsGone) {
  const grpc::CallbackServerContext& call = watched_.WaitForCall();
  context_.TryCancel();
  EXPECT_EQ(outcome_.get_future().get().error_code(),
            grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(WaitUntil([&] { return call.IsCancelled(); }, kPatience));
  gate_.set_value();
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
  EXPECT_EQ(views_.lists(), 0);
  const auto& stats = stats_.of(rpc::Method::kListDeals);
  EXPECT_EQ(stats.handled[static_cast<size_t>(absl::StatusCode::kCancelled)],
            1);
}

// The list runs for as long as its answer is wanted.
class RunningQueryTest : public ListDealsTest {
 protected:
  RunningQueryTest() { views_.SetEndlessLists(); }

  [[nodiscard]] ::testing::AssertionResult IsRunning() const {
    return WaitUntil([this] { return views_.lists() > 0; }, kPatience);
  }
};

TEST_F(RunningQueryTest, IsRefusedWhenTheServerStops) {
  Start();
  EXPECT_TRUE(IsRunning());
  streams_.Drain();
  const grpc::Status status = outcome_.get_future().get();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "SHUTTING_DOWN");
}

TEST_F(RunningQueryTest, EndsWhenItsClientIsGone) {
  Start();
  EXPECT_TRUE(IsRunning());
  context_.TryCancel();
  EXPECT_EQ(outcome_.get_future().get().error_code(),
            grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
}

TEST_F(RunningQueryTest, EndsAtItsDeadline) {
  context_.set_deadline(std::chrono::system_clock::now() +
                        std::chrono::milliseconds(20));
  Start();
  EXPECT_EQ(outcome_.get_future().get().error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
}

}  // namespace
}  // namespace journey::testing
