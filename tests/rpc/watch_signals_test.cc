// WatchSignals: the life that it shares with Subscribe is tested there.
#include <string>

#include "google/protobuf/text_format.h"
#include "tests/rpc/rpc_fixture.h"

namespace journey::testing {
namespace {

using google::protobuf::TextFormat;

class WatchSignalsTest : public RpcTest {
 protected:
  WatchSignalsTest() : stub_(v1::SignalService::NewStub(channel_)) {
    request_.set_tenant_id("acme");
  }
  ~WatchSignalsTest() override { context_.TryCancel(); }

  // Adds an event; `signal` in text format.
  void Add(const std::string& signal) {
    auto event = std::make_shared<v1::SignalEvent>();
    event->set_change(v1::SIGNAL_CHANGE_RAISED);
    EXPECT_TRUE(TextFormat::ParseFromString(signal, event->mutable_signal()));
    log_.AddSignal(std::move(event));
    views_.Publish("acme/signals");
  }
  void Open() { stream_ = stub_->WatchSignals(&context_, request_); }
  v1::WatchSignalsResponse Receive() {
    v1::WatchSignalsResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }
  // How a call ends that sends nothing.
  grpc::Status Refusal() {
    Open();
    v1::WatchSignalsResponse response;
    EXPECT_FALSE(stream_->Read(&response));
    return stream_->Finish();
  }

  std::unique_ptr<v1::SignalService::Stub> stub_;
  grpc::ClientContext context_;
  v1::WatchSignalsRequest request_;
  std::unique_ptr<grpc::ClientReader<v1::WatchSignalsResponse>> stream_;
};

TEST_F(WatchSignalsTest, SendsThePastThenCaughtUpThenTheNew) {
  Add("signal_id: 'a'");
  Add("signal_id: 'b'");
  request_.set_after_position(1);
  Open();
  const auto past = Receive();
  ASSERT_EQ(past.events().events_size(), 1);
  EXPECT_EQ(past.events().events(0).position(), 2);
  EXPECT_EQ(past.events().events(0).change(), v1::SIGNAL_CHANGE_RAISED);
  EXPECT_EQ(past.events().events(0).signal().signal_id(), "b");
  EXPECT_EQ(Receive().caught_up_position(), 2);
  Add("signal_id: 'c'");
  const auto live = Receive();
  ASSERT_EQ(live.events().events_size(), 1);
  EXPECT_EQ(live.events().events(0).position(), 3);
  EXPECT_EQ(stats_.of(rpc::Method::kWatchSignals).started, 1);
  EXPECT_EQ(subscribers_.load(), 1);
}

TEST_F(WatchSignalsTest, FollowsTheSignalLogOnly) {
  log_.Add(std::make_shared<v1::Touchpoint>(Visit("a")));
  Open();
  EXPECT_EQ(Receive().caught_up_position(), 0);
  log_.Add(std::make_shared<v1::Touchpoint>(Visit("b")));
  views_.Publish("acme");
  Add("signal_id: 'a'");
  EXPECT_EQ(Receive().events().events(0).position(), 1);
}

TEST_F(WatchSignalsTest, ShowsWhatTheFilterLetsPass) {
  Add("type: SIGNAL_TYPE_STALL");
  Add("type: SIGNAL_TYPE_WELCOME owner_id: 'ann'");
  Add("type: SIGNAL_TYPE_WELCOME owner_id: 'bob'");
  request_.mutable_filter()->add_types(v1::SIGNAL_TYPE_WELCOME);
  request_.mutable_filter()->add_owner_ids("bob");
  Open();
  const auto message = Receive();
  ASSERT_EQ(message.events().events_size(), 1);
  EXPECT_EQ(message.events().events(0).position(), 3);
}

TEST_F(WatchSignalsTest, HistoricalSignalsAreHidden) {
  Add("historical: true");
  Add("");
  Open();
  const auto message = Receive();
  ASSERT_EQ(message.events().events_size(), 1);
  EXPECT_EQ(message.events().events(0).position(), 2);
}

TEST_F(WatchSignalsTest, HistoricalSignalsAreShownOnRequest) {
  Add("historical: true");
  Add("");
  request_.set_include_historical(true);
  Open();
  EXPECT_EQ(Receive().events().events_size(), 2);
}

TEST_F(WatchSignalsTest, HeartbeatCarriesThePositionOfHiddenEvents) {
  env_.heartbeat_interval = std::chrono::milliseconds(20);
  Open();
  EXPECT_EQ(Receive().caught_up_position(), 0);
  Add("historical: true");
  v1::WatchSignalsResponse message = Receive();
  while (message.heartbeat_position() == 0) {
    ASSERT_EQ(message.message_case(),
              v1::WatchSignalsResponse::kHeartbeatPosition);
    message = Receive();
  }
  EXPECT_EQ(message.heartbeat_position(), 1);
}

TEST_F(WatchSignalsTest, ShutdownSendsALastPosition) {
  Add("");
  Open();
  EXPECT_TRUE(Receive().has_events());
  EXPECT_EQ(Receive().caught_up_position(), 1);
  streams_.Drain();
  EXPECT_EQ(Receive().heartbeat_position(), 1);
  v1::WatchSignalsResponse response;
  EXPECT_FALSE(stream_->Read(&response));
  EXPECT_EQ(ReasonOf(stream_->Finish()), "SHUTTING_DOWN");
}

TEST_F(WatchSignalsTest, PositionBeyondTheHeadIsRefused) {
  // Its own head, not that of the tenant's log.
  log_.Add(std::make_shared<v1::Touchpoint>(Visit("a")));
  request_.set_after_position(1);
  EXPECT_EQ(ReasonOf(Refusal()), "VALIDATION_FAILED");
}

TEST_F(WatchSignalsTest, BadRequestIsRefused) {
  request_.mutable_filter()->add_types(v1::SIGNAL_TYPE_UNSPECIFIED);
  const grpc::Status status = Refusal();
  EXPECT_EQ(ReasonOf(status), "VALIDATION_FAILED");
  EXPECT_THAT(status.error_message(),
              ::testing::StartsWith("filter.types[0]: "));
  EXPECT_EQ(subscribers_.load(), 0);
}

}  // namespace
}  // namespace journey::testing
