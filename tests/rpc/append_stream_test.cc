#include <thread>
#include <vector>

#include "service/core/limits.h"
#include "tests/rpc/rpc_fixture.h"

namespace journey::testing {
namespace {

class AppendStreamTest : public RpcTest {
 protected:
  AppendStreamTest() {
    stub_ = v1::TouchpointService::NewStub(channel_);
    stream_ = stub_->AppendStream(&context_);
  }
  ~AppendStreamTest() override { context_.TryCancel(); }

  bool Send(const std::string& id) {
    v1::AppendStreamRequest request;
    request.mutable_batch()->set_tenant_id("acme");
    *request.mutable_batch()->add_touchpoints() = Visit(id);
    return stream_->Write(request);
  }

  v1::AppendStreamResponse Receive() {
    v1::AppendStreamResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }

  std::unique_ptr<v1::TouchpointService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::AppendStreamRequest,
                                           v1::AppendStreamResponse>>
      stream_;
};

TEST_F(AppendStreamTest, AnswersInOrderWhenBatchesFinishInAnother) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Send(id));
  writer_.WaitForQueued(3);
  EXPECT_EQ(writer_.IdAt(0), "a");
  EXPECT_EQ(writer_.IdAt(2), "c");
  writer_.Finish(2);
  writer_.Finish(1);
  writer_.Finish(0);
  for (int64_t i = 0; i < 3; ++i) {
    const auto response = Receive();
    EXPECT_EQ(response.batch_index(), i);
    // The fake gives positions in the order in which it finishes.
    EXPECT_EQ(response.appended().results(0).position(), 3 - i);
  }
  stream_->WritesDone();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(AppendStreamTest, RefusedBatchDoesNotEndTheCall) {
  ASSERT_TRUE(Send("a"));
  ASSERT_TRUE(Send(""));
  ASSERT_TRUE(Send("c"));
  writer_.WaitForQueued(2);
  writer_.Finish(0, core::MakeError(absl::StatusCode::kAborted,
                                    v1::ERROR_REASON_VERSION_MISMATCH, "no"));
  writer_.Finish(0);
  EXPECT_EQ(ReasonOf(Receive().refused()), "VERSION_MISMATCH");
  const auto invalid = Receive();
  EXPECT_EQ(invalid.refused().code(), 3);
  EXPECT_EQ(ReasonOf(invalid.refused()), "VALIDATION_FAILED");
  EXPECT_TRUE(Receive().has_appended());
  stream_->WritesDone();
  EXPECT_TRUE(stream_->Finish().ok());
}

TEST_F(AppendStreamTest, WaitsWhileTheQueueIsFull) {
  writer_.SetCapacity(1);
  ASSERT_TRUE(Send("a"));
  ASSERT_TRUE(Send("b"));
  writer_.WaitForOverloaded(3);
  writer_.Finish(0);
  writer_.WaitForQueued(1);
  EXPECT_EQ(writer_.IdAt(0), "b");
  writer_.Finish(0);
  EXPECT_TRUE(Receive().has_appended());
  EXPECT_TRUE(Receive().has_appended());
}

TEST_F(AppendStreamTest, StopsReadingAtTheBoundOfBatchesInFlight) {
  constexpr size_t kMax = core::kStreamBatchesInFlightMax;
  std::thread sender([&] {
    for (size_t i = 0; i < kMax + 5; ++i) {
      ASSERT_TRUE(Send("t" + std::to_string(i)));
    }
  });
  writer_.WaitForQueued(kMax);
  sender.join();
  // An answer makes room for exactly one more.
  writer_.Finish(0);
  (void)Receive();
  writer_.WaitForQueued(kMax);
  EXPECT_EQ(writer_.queue_depth(), kMax);
  EXPECT_EQ(writer_.IdAt(kMax - 1), "t" + std::to_string(kMax));
}

TEST_F(AppendStreamTest, ShutdownAnswersWhatWasAcceptedAndEnds) {
  ASSERT_TRUE(Send("a"));
  writer_.WaitForQueued(1);
  streams_.Drain();
  writer_.Finish(0);
  EXPECT_TRUE(Receive().has_appended());
  v1::AppendStreamResponse response;
  EXPECT_FALSE(stream_->Read(&response));
  const grpc::Status status = stream_->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "SHUTTING_DOWN");
}

TEST_F(AppendStreamTest, CancelWithBatchesUnderWayIsHarmless) {
  ASSERT_TRUE(Send("a"));
  writer_.WaitForQueued(1);
  context_.TryCancel();
  EXPECT_EQ(stream_->Finish().error_code(), grpc::StatusCode::CANCELLED);
  writer_.Finish(0);
}

}  // namespace
}  // namespace journey::testing
