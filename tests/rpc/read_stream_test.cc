#include <chrono>

#include "tests/rpc/rpc_fixture.h"

namespace journey::testing {
namespace {

constexpr std::chrono::seconds kPatience{10};

// A Read whose filter hides all of a log that never ends.
class EndlessReadTest : public RpcTest {
 protected:
  EndlessReadTest() {
    log_.Add(std::make_shared<v1::Touchpoint>(Visit("a")));
    log_.SetEndless();
    v1::ReadRequest request;
    request.set_tenant_id("acme");
    request.mutable_filter()->add_sources("nobody");
    stub_ = v1::TouchpointService::NewStub(channel_);
    stream_ = stub_->Read(&context_, request);
    log_.WaitForReads(1);
  }

  std::unique_ptr<v1::TouchpointService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::ReadResponse>> stream_;
};

TEST_F(EndlessReadTest, StopsWhenItsClientIsGone) {
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
}

class LostEventsTest : public RpcTest {};

TEST_F(LostEventsTest, LogThatEndsBeforeItsHeadIsDamaged) {
  log_.Add(std::make_shared<v1::Touchpoint>(Visit("a")));
  log_.LoseEvents();
  const auto stub = v1::TouchpointService::NewStub(channel_);
  v1::ReadRequest read;
  read.set_tenant_id("acme");
  grpc::ClientContext read_context;
  const auto reading = stub->Read(&read_context, read);
  const grpc::Status read_status = reading->Finish();
  EXPECT_EQ(read_status.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(ReasonOf(read_status), "DATA_DAMAGED");
  v1::SubscribeRequest subscribe;
  subscribe.set_tenant_id("acme");
  grpc::ClientContext subscribe_context;
  const auto subscription = stub->Subscribe(&subscribe_context, subscribe);
  const grpc::Status subscribe_status = subscription->Finish();
  EXPECT_EQ(subscribe_status.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(ReasonOf(subscribe_status), "DATA_DAMAGED");
}

TEST_F(EndlessReadTest, StopsWhenTheServerStops) {
  streams_.Drain();
  EXPECT_EQ(ReasonOf(stream_->Finish()), "SHUTTING_DOWN");
  EXPECT_TRUE(in_flight_.WaitUntilNone(kPatience));
}

}  // namespace
}  // namespace journey::testing
