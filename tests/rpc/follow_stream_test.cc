#include <vector>

#include "service/core/limits.h"
#include "tests/rpc/rpc_fixture.h"

namespace journey::testing {
namespace {

class SubscribeTest : public RpcTest {
 protected:
  SubscribeTest() : RpcTest(/*read_streams_max=*/1, 256) {
    stub_ = v1::TouchpointService::NewStub(channel_);
    request_.set_tenant_id("acme");
  }
  ~SubscribeTest() override { context_.TryCancel(); }

  void Add(const std::string& id) {
    log_.Add(std::make_shared<v1::Touchpoint>(Visit(id)));
    views_.Publish();
  }
  void Open() { stream_ = stub_->Subscribe(&context_, request_); }
  v1::SubscribeResponse Receive() {
    v1::SubscribeResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }

  std::unique_ptr<v1::TouchpointService::Stub> stub_;
  grpc::ClientContext context_;
  v1::SubscribeRequest request_;
  std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>> stream_;
};

TEST_F(SubscribeTest, SendsThePastThenCaughtUpThenTheNew) {
  Add("a");
  Add("b");
  Open();
  const auto past = Receive();
  ASSERT_EQ(past.events().events_size(), 2);
  EXPECT_EQ(past.events().events(1).position(), 2);
  EXPECT_EQ(Receive().caught_up().position(), 2);
  Add("c");
  const auto live = Receive();
  ASSERT_EQ(live.events().events_size(), 1);
  EXPECT_EQ(live.events().events(0).touchpoint().touchpoint_id(), "c");
}

TEST_F(SubscribeTest, GoesOnAfterAPositionInBoundedMessages) {
  constexpr int kEvents = 2 * core::kReadMessageEventsMax + 1;
  for (int i = 0; i < kEvents; ++i) {
    log_.Add(std::make_shared<v1::Touchpoint>(Visit(std::to_string(i))));
  }
  request_.set_after_position(1);
  Open();
  int64_t position = 1;
  auto message = Receive();
  for (; message.has_events(); message = Receive()) {
    EXPECT_LE(message.events().events_size(), core::kReadMessageEventsMax);
    for (const v1::Event& event : message.events().events()) {
      EXPECT_EQ(event.position(), ++position);
    }
  }
  EXPECT_EQ(message.caught_up().position(), kEvents);
}

TEST_F(SubscribeTest, KeepsNoEventsThatWereSent) {
  const auto touchpoint = std::make_shared<v1::Touchpoint>(Visit("a"));
  log_.Add(touchpoint);
  Open();
  ASSERT_TRUE(Receive().has_events());
  ASSERT_TRUE(Receive().has_caught_up());
  // The test's and the log's.
  EXPECT_EQ(touchpoint.use_count(), 2);
}

TEST_F(SubscribeTest, HeartbeatCarriesThePositionOfHiddenEvents) {
  env_.heartbeat_interval = std::chrono::milliseconds(20);
  request_.mutable_filter()->add_sources("crm");
  Open();
  EXPECT_EQ(Receive().caught_up().position(), 0);
  Add("a");
  v1::SubscribeResponse message = Receive();
  while (message.heartbeat().position() == 0) {
    ASSERT_TRUE(message.has_heartbeat());
    message = Receive();
  }
  EXPECT_EQ(message.heartbeat().position(), 1);
}

TEST_F(SubscribeTest, ShutdownSendsALastPosition) {
  Add("a");
  Open();
  (void)Receive();
  EXPECT_TRUE(Receive().has_caught_up());
  streams_.Drain();
  EXPECT_EQ(Receive().heartbeat().position(), 1);
  v1::SubscribeResponse response;
  EXPECT_FALSE(stream_->Read(&response));
  EXPECT_EQ(ReasonOf(stream_->Finish()), "SHUTTING_DOWN");
}

TEST_F(SubscribeTest, PositionBeyondTheHeadIsRefused) {
  request_.set_after_position(1);
  Open();
  v1::SubscribeResponse response;
  EXPECT_FALSE(stream_->Read(&response));
  EXPECT_EQ(ReasonOf(stream_->Finish()), "VALIDATION_FAILED");
}

TEST_F(SubscribeTest, StreamsBeyondTheBoundAreOverloaded) {
  Open();
  EXPECT_TRUE(Receive().has_caught_up());
  grpc::ClientContext context;
  auto second = stub_->Subscribe(&context, request_);
  v1::SubscribeResponse response;
  EXPECT_FALSE(second->Read(&response));
  const grpc::Status status = second->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "OVERLOADED");
}

TEST_F(SubscribeTest, EndOfTheCallStopsListening) {
  Open();
  EXPECT_TRUE(Receive().has_caught_up());
  EXPECT_EQ(views_.listener_count(), 1);
  streams_.Drain();
  EXPECT_TRUE(Receive().has_heartbeat());
  (void)stream_->Finish();
  server_->Shutdown(std::chrono::system_clock::now());
  EXPECT_EQ(views_.listener_count(), 0);
  EXPECT_EQ(subscribers_.load(), 0);
}

}  // namespace
}  // namespace journey::testing
