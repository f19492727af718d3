#include <chrono>
#include <vector>

#include "service/core/limits.h"
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
