#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/calls.h"

namespace journey::testing {
namespace {

// One open subscription.
class Subscription {
 public:
  Subscription(Client& client, int64_t after_position,
               const std::string& source = "") {
    v1::SubscribeRequest request;
    request.set_tenant_id(kTenant);
    request.set_after_position(after_position);
    if (!source.empty()) request.mutable_filter()->add_sources(source);
    stream_ = client.touchpoints->Subscribe(&context_, request);
  }
  ~Subscription() { context_.TryCancel(); }

  // False when the call has ended.
  bool Next(v1::SubscribeResponse* message) { return stream_->Read(message); }
  v1::SubscribeResponse Next() {
    v1::SubscribeResponse message;
    EXPECT_TRUE(Next(&message));
    return message;
  }
  grpc::Status Finish() { return stream_->Finish(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::SubscribeResponse>> stream_;
};

// The position from which a subscription can be resumed after `message`.
int64_t PositionOf(const v1::SubscribeResponse& message) {
  if (message.has_caught_up()) return message.caught_up().position();
  if (message.has_heartbeat()) return message.heartbeat().position();
  return message.events().events().rbegin()->position();
}

TEST(SubscribeTest, CatchesUpAndThenFollows) {
  TestServer server;
  Client& client = server.client();
  ASSERT_TRUE(Append(client, Batch({Call("1"), Call("2")})).status.ok());
  Subscription subscription(client, 1);
  const auto past = subscription.Next();
  ASSERT_EQ(past.events().events_size(), 1);
  EXPECT_EQ(past.events().events(0).position(), 2);
  EXPECT_EQ(subscription.Next().caught_up().position(), 2);
  ASSERT_TRUE(Append(client, Batch({Call("3")})).status.ok());
  EXPECT_EQ(PositionOf(subscription.Next()), 3);
  ASSERT_TRUE(Retract(client, "3").status.ok());
  EXPECT_TRUE(subscription.Next().events().events(0).has_retraction());
}

TEST(SubscribeTest, HeartbeatMovesOnThoughTheFilterHidesEverything) {
  TestServer server(
      [](auto& options) { options.config.heartbeat_seconds = 0.02; });
  Subscription subscription(server.client(), 0, "nobody");
  EXPECT_EQ(subscription.Next().caught_up().position(), 0);
  ASSERT_TRUE(
      Append(server.client(), Batch({Call("1"), Call("2")})).status.ok());
  v1::SubscribeResponse message;
  do {
    message = subscription.Next();
    ASSERT_TRUE(message.has_heartbeat());
  } while (message.heartbeat().position() < 2);
}

TEST(SubscribeTest, ResumesExactlyOnceAcrossARestart) {
  TestServer server;
  std::vector<std::string> seen;
  int64_t position = 0;
  const auto take = [&](const v1::SubscribeResponse& message) {
    position = PositionOf(message);
    for (const v1::Event& event : message.events().events()) {
      seen.push_back(event.touchpoint().touchpoint_id());
    }
  };
  {
    Subscription subscription(server.client(), 0);
    ASSERT_TRUE(
        Append(server.client(), Batch({Call("1"), Call("2")})).status.ok());
    while (position < 2) take(subscription.Next());
    ASSERT_TRUE(server.server().Stop().ok());
    v1::SubscribeResponse message;
    while (subscription.Next(&message)) take(message);
    const grpc::Status status = subscription.Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(Reason(status), "SHUTTING_DOWN");
  }
  server.Restart();
  ASSERT_TRUE(Append(server.client(), Batch({Call("3")})).status.ok());
  Subscription subscription(server.client(), position);
  while (position < 3) take(subscription.Next());
  EXPECT_THAT(seen, ::testing::ElementsAre("1", "2", "3"));
}

TEST(SubscribeTest, ReadersBeyondTheBoundAreOverloaded) {
  TestServer server([](auto& options) { options.read_streams_max = 1; });
  Subscription first(server.client(), 0);
  EXPECT_TRUE(first.Next().has_caught_up());
  Subscription second(server.client(), 0);
  v1::SubscribeResponse message;
  EXPECT_FALSE(second.Next(&message));
  const grpc::Status status = second.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Reason(status), "OVERLOADED");
  EXPECT_TRUE(HasRetryInfo(status));
}

TEST(SubscribeTest, SlowReaderHoldsUpNobody) {
  TestServer server;
  Client& client = server.client();
  Subscription slow(client, 0);
  Subscription fast(client, 0);
  EXPECT_TRUE(fast.Next().has_caught_up());
  // More than the flow-control windows of the slow one's call take.
  v1::Touchpoint big = Call("");
  (*big.mutable_attributes()->mutable_fields())["x"].set_string_value(
      std::string(15'000, 'x'));
  for (int64_t batch = 0; batch < 40; ++batch) {
    v1::AppendRequest request = Batch({});
    for (int i = 0; i < 50; ++i) {
      big.set_touchpoint_id(std::to_string(batch) + "." + std::to_string(i));
      *request.add_touchpoints() = big;
    }
    ASSERT_TRUE(Append(client, request).status.ok());
    while (PositionOf(fast.Next()) < (batch + 1) * 50) {
    }
  }
  int64_t position = 0;
  int64_t count = 0;
  while (position < 2000) {
    const auto message = slow.Next();
    position = PositionOf(message);
    count += message.events().events_size();
  }
  EXPECT_EQ(count, 2000);
}

}  // namespace
}  // namespace journey::testing
