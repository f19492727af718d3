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

class ReadTest : public RpcTest {
 protected:
  std::vector<int64_t> Read(const v1::ReadRequest& request) {
    auto stub = v1::TouchpointService::NewStub(channel_);
    grpc::ClientContext context;
    auto stream = stub->Read(&context, request);
    std::vector<int64_t> positions;
    v1::ReadResponse response;
    while (stream->Read(&response)) {
      EXPECT_FALSE(response.events().empty());
      for (const auto& event : response.events()) {
        positions.push_back(event.position());
      }
    }
    EXPECT_TRUE(stream->Finish().ok());
    return positions;
  }
};

TEST_F(ReadTest, GoesThroughTheLogAsAsked) {
  for (int i = 1; i <= 4; ++i) {
    log_.Add(std::make_shared<v1::Touchpoint>(Visit(std::to_string(i))));
  }
  views_.positions = {1, 3, 4};
  struct Case {
    const char* desc;
    int64_t from;
    v1::ReadOrder order;
    bool subject;
    int64_t max_events;
    std::vector<int64_t> want;
  };
  const Case cases[] = {
      {"all", 0, v1::READ_ORDER_UNSPECIFIED, false, 0, {1, 2, 3, 4}},
      {"from a position", 3, v1::READ_ORDER_FORWARDS, false, 0, {3, 4}},
      {"beyond the head", 9, v1::READ_ORDER_FORWARDS, false, 0, {}},
      {"backwards", 0, v1::READ_ORDER_BACKWARDS, false, 0, {4, 3, 2, 1}},
      {"backwards from", 2, v1::READ_ORDER_BACKWARDS, false, 0, {2, 1}},
      {"backwards from beyond", 9, v1::READ_ORDER_BACKWARDS, false, 1, {4}},
      {"at most", 0, v1::READ_ORDER_FORWARDS, false, 2, {1, 2}},
      {"of a subject", 0, v1::READ_ORDER_FORWARDS, true, 0, {1, 3, 4}},
      {"of a subject from", 2, v1::READ_ORDER_FORWARDS, true, 1, {3}},
      {"of a subject backwards", 3, v1::READ_ORDER_BACKWARDS, true, 0, {3, 1}},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.desc);
    v1::ReadRequest request;
    request.set_tenant_id("acme");
    request.set_from_position(test.from);
    request.set_order(test.order);
    request.set_max_events(test.max_events);
    if (test.subject) {
      request.mutable_subject()->set_type(v1::SUBJECT_TYPE_CONTACT);
      request.mutable_subject()->set_id("ann");
    }
    EXPECT_EQ(Read(request), test.want);
  }
}

TEST_F(ReadTest, FilterThatHidesEverythingEndsWithoutAMessage) {
  for (int i = 0; i < 20 * core::kReadMessageEventsMax; ++i) {
    log_.Add(std::make_shared<v1::Touchpoint>(Visit(std::to_string(i))));
  }
  v1::ReadRequest request;
  request.set_tenant_id("acme");
  request.mutable_filter()->add_sources("crm");
  EXPECT_EQ(Read(request), std::vector<int64_t>());
}

}  // namespace
}  // namespace journey::testing
