// Clients that open a stream and do not read it.
#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/rpc/rpc_fixture.h"
#include "tests/support/wait_until.h"

namespace journey::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{30};
// Far more than flow control lets through to a client that does not read.
constexpr int kEvents = 2000;
constexpr size_t kEventBytes = 15'000;

// The last position in a message with events.
template <typename Response>
int64_t LastPosition(const Response& response) {
  return response.events().events().rbegin()->position();
}
int64_t LastPosition(const v1::ReadResponse& response) {
  return response.events().rbegin()->position();
}

class SlowReaderTest : public RpcTest {
 protected:
  SlowReaderTest() {
    v1::Touchpoint visit = Visit("a");
    visit.mutable_site_visit()->set_url(std::string(kEventBytes, 'x'));
    const auto touchpoint = std::make_shared<v1::Touchpoint>(visit);
    const auto signal = std::make_shared<v1::SignalEvent>();
    signal->mutable_signal()->set_action(std::string(kEventBytes, 'x'));
    for (int i = 0; i < kEvents; ++i) {
      log_.Add(touchpoint);
      log_.AddSignal(signal);
    }
    subscribe_.set_tenant_id("acme");
    watch_.set_tenant_id("acme");
    read_.set_tenant_id("acme");
    env_.slow_reader_timeout = milliseconds(200);
    env_.slow_reader_grace = std::chrono::hours(1);
  }
  ~SlowReaderTest() override { context_.TryCancel(); }

  [[nodiscard]] int64_t given_up() const {
    return stats_.refusals(v1::ERROR_REASON_SLOW_READER);
  }
  [[nodiscard]] ::testing::AssertionResult IsGivenUp() const {
    return WaitUntil([this] { return given_up() > 0; }, kPatience);
  }

  // Reads to the end, which must come before the last event and name the last
  // position that came.
  template <typename Response>
  void ExpectTold(grpc::ClientReader<Response>& stream) {
    int64_t position = 0;
    for (Response response; stream.Read(&response);) {
      position = LastPosition(response);
    }
    EXPECT_GT(position, 0);
    EXPECT_LT(position, kEvents);
    const grpc::Status status = stream.Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    google::rpc::Status details;
    ASSERT_TRUE(details.ParseFromString(status.error_details()));
    ASSERT_EQ(details.details_size(), 2);
    google::rpc::ErrorInfo info;
    ASSERT_TRUE(details.details(0).UnpackTo(&info) ||
                details.details(1).UnpackTo(&info));
    EXPECT_EQ(info.reason(), "SLOW_READER");
    EXPECT_EQ(info.metadata().at("position"), absl::StrCat(position));
    EXPECT_THAT(status.error_details(), ::testing::HasSubstr("RetryInfo"));
  }

  std::unique_ptr<v1::TouchpointService::Stub> touchpoints_stub_ =
      v1::TouchpointService::NewStub(channel_);
  std::unique_ptr<v1::SignalService::Stub> signals_stub_ =
      v1::SignalService::NewStub(channel_);
  grpc::ClientContext context_;
  v1::SubscribeRequest subscribe_;
  v1::WatchSignalsRequest watch_;
  v1::ReadRequest read_;
};

TEST_F(SlowReaderTest, OfTouchpointsIsToldOnceItReadsAgain) {
  const auto stream = touchpoints_stub_->Subscribe(&context_, subscribe_);
  ASSERT_TRUE(IsGivenUp());
  ExpectTold(*stream);
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
  const auto& stats = stats_.of(rpc::Method::kSubscribe);
  EXPECT_EQ(
      stats.handled[static_cast<size_t>(absl::StatusCode::kResourceExhausted)],
      1);
  EXPECT_EQ(given_up(), 1);
}

TEST_F(SlowReaderTest, OfSignalsIsToldOnceItReadsAgain) {
  const auto stream = signals_stub_->WatchSignals(&context_, watch_);
  ASSERT_TRUE(IsGivenUp());
  ExpectTold(*stream);
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
}

TEST_F(SlowReaderTest, OfAReadIsToldOnceItReadsAgain) {
  const auto stream = touchpoints_stub_->Read(&context_, read_);
  ASSERT_TRUE(IsGivenUp());
  ExpectTold(*stream);
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
  const auto& stats = stats_.of(rpc::Method::kRead);
  EXPECT_EQ(
      stats.handled[static_cast<size_t>(absl::StatusCode::kResourceExhausted)],
      1);
  EXPECT_EQ(given_up(), 1);
}

TEST_F(SlowReaderTest, OfAReadIsCutOffWhenItNeverReads) {
  env_.slow_reader_grace = milliseconds(200);
  const auto stream = touchpoints_stub_->Read(&context_, read_);
  ASSERT_TRUE(IsGivenUp());
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
  for (v1::ReadResponse response; stream->Read(&response);) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(SlowReaderTest, ReadThatIsTakenEndsAtTheHead) {
  env_.slow_reader_timeout = std::chrono::hours(1);
  const auto stream = touchpoints_stub_->Read(&context_, read_);
  int64_t position = 0;
  for (v1::ReadResponse response; stream->Read(&response);) {
    position = LastPosition(response);
  }
  EXPECT_EQ(position, kEvents);
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(given_up(), 0);
}

TEST_F(SlowReaderTest, IsCutOffWhenItNeverReads) {
  env_.slow_reader_grace = milliseconds(200);
  const auto stream = touchpoints_stub_->Subscribe(&context_, subscribe_);
  ASSERT_TRUE(IsGivenUp());
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
  EXPECT_EQ(views_.listener_count(), 0u);
  EXPECT_EQ(subscribers_.load(), 0);
  // The client finds out once it has read what reached it.
  for (v1::SubscribeResponse response; stream->Read(&response);) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  // One outcome, not another one when it is cut off.
  const auto& stats = stats_.of(rpc::Method::kSubscribe);
  EXPECT_EQ(
      stats.handled[static_cast<size_t>(absl::StatusCode::kResourceExhausted)],
      1);
  EXPECT_EQ(stats.handled[static_cast<size_t>(absl::StatusCode::kCancelled)],
            0);
}

TEST_F(SlowReaderTest, HoldsUpNobodyElse) {
  const auto slow = touchpoints_stub_->Subscribe(&context_, subscribe_);
  ASSERT_TRUE(IsGivenUp());
  // What this one is sent fits into the buffers of the connection, so that the
  // time that it takes to read it is of no consequence.
  subscribe_.mutable_filter()->add_sources("crm");
  grpc::ClientContext context;
  const auto other = touchpoints_stub_->Subscribe(&context, subscribe_);
  v1::SubscribeResponse message;
  ASSERT_TRUE(other->Read(&message));
  EXPECT_EQ(message.caught_up().position(), kEvents);
  v1::Touchpoint visit = Visit("b");
  visit.set_source("crm");
  log_.Add(std::make_shared<v1::Touchpoint>(visit));
  views_.Publish();
  ASSERT_TRUE(other->Read(&message));
  EXPECT_EQ(message.events().events(0).position(), kEvents + 1);
  context.TryCancel();
}

TEST_F(SlowReaderTest, ClientThatIsGoneIsNoSlowReader) {
  env_.slow_reader_timeout = std::chrono::hours(1);
  const auto stream = touchpoints_stub_->Subscribe(&context_, subscribe_);
  log_.WaitForReads(1);
  context_.TryCancel();
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
  EXPECT_EQ(given_up(), 0);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace journey::testing
