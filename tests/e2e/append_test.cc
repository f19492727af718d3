#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/calls.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;

class AppendTest : public ::testing::Test {
 protected:
  TestServer server_;
  Client& client_ = server_.client();
};

TEST_F(AppendTest, EffectIsSeenByTheNextQuery) {
  ASSERT_TRUE(Append(client_, Batch({Call("1"), Call("2", 1)})).status.ok());
  const auto journey = GetAccount(client_, "globex");
  ASSERT_TRUE(journey.status.ok()) << journey.status.error_message();
  EXPECT_EQ(journey.response.journey().touchpoint_count(), 2);
  EXPECT_EQ(journey.response.log_position(), 2);
  EXPECT_EQ(journey.response.subject_version(), 2);
}

TEST_F(AppendTest, RepeatReturnsTheFirstPosition) {
  ASSERT_TRUE(Append(client_, Batch({Call("1"), Call("2")})).status.ok());
  const auto answer = Append(client_, Batch({Call("2"), Call("3")}));
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.response.results(0).position(), 2);
  EXPECT_TRUE(answer.response.results(0).repeated());
  EXPECT_EQ(answer.response.results(1).position(), 3);
  EXPECT_FALSE(answer.response.results(1).repeated());
}

TEST_F(AppendTest, RepeatIsKnownAfterARestart) {
  ASSERT_TRUE(Append(client_, Batch({Call("1")})).status.ok());
  server_.Restart();
  const auto answer = Append(server_.client(), Batch({Call("1")}));
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.response.results(0).position(), 1);
  EXPECT_TRUE(answer.response.results(0).repeated());
}

TEST_F(AppendTest, ConflictNamesEveryTouchpointAndStoresNothing) {
  ASSERT_TRUE(Append(client_, Batch({Call("1"), Call("2")})).status.ok());
  const auto answer =
      Append(client_, Batch({Call("1", 5), Call("3"), Call("2", 6)}));
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Reason(answer.status), "TOUCHPOINT_CONFLICT");
  const auto fields = BadFields(answer.status);
  ASSERT_EQ(fields.size(), 2);
  EXPECT_EQ(fields[0].rfind("touchpoints[0]", 0), 0) << fields[0];
  EXPECT_EQ(fields[1].rfind("touchpoints[2]", 0), 0) << fields[1];
  EXPECT_EQ(EventCount(client_), 2);
}

TEST_F(AppendTest, VersionMismatchTellsTheCurrentVersion) {
  ASSERT_TRUE(Append(client_, Batch({Call("1")})).status.ok());
  v1::AppendRequest request = Batch({Call("2")});
  auto& expected = *request.add_expected_versions();
  expected.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  expected.mutable_subject()->set_id("globex");
  expected.set_exact(7);
  const auto refused = Append(client_, request);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(Reason(refused.status), "VERSION_MISMATCH");
  request.mutable_expected_versions(0)->set_exact(1);
  const auto answer = Append(client_, request);
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.response.versions(0).version(), 2);
  // A batch of repeats is answered before any version is looked at.
  EXPECT_TRUE(Append(client_, request).status.ok());
}

TEST_F(AppendTest, TenantsHavePositionsOfTheirOwn) {
  ASSERT_TRUE(Append(client_, Batch({Call("1"), Call("2")})).status.ok());
  v1::AppendRequest other = Batch({Call("1")});
  other.set_tenant_id("initech");
  const auto answer = Append(client_, other);
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.response.results(0).position(), 1);
  EXPECT_FALSE(answer.response.results(0).repeated());
}

TEST_F(AppendTest, StreamAnswersInOrderAndGoesOnAfterARefusal) {
  grpc::ClientContext context;
  auto stream = client_.touchpoints->AppendStream(&context);
  v1::AppendStreamRequest request;
  for (const char* id : {"1", "2", "", "3", "1"}) {
    *request.mutable_batch() = Batch({Call(id)});
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  std::vector<int64_t> positions;
  v1::AppendStreamResponse response;
  for (int64_t index = 0; stream->Read(&response); ++index) {
    EXPECT_EQ(response.batch_index(), index);
    positions.push_back(
        response.has_refused() ? 0 : response.appended().results(0).position());
    if (!response.has_refused()) continue;
    EXPECT_EQ(Reason(response.refused()), "VALIDATION_FAILED");
    EXPECT_THAT(BadFields(response.refused()),
                ElementsAre("touchpoints[0].touchpoint_id"));
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(positions, ElementsAre(1, 2, 0, 3, 1));
}

TEST_F(AppendTest, LongStreamAppendsEveryBatchOnceAndInOrder) {
  constexpr int kBatches = 2000;
  grpc::ClientContext context;
  auto stream = client_.touchpoints->AppendStream(&context);
  std::thread sender([&] {
    v1::AppendStreamRequest request;
    for (int i = 0; i < kBatches; ++i) {
      *request.mutable_batch() = Batch({Call(std::to_string(i))});
      ASSERT_TRUE(stream->Write(request));
    }
    stream->WritesDone();
  });
  v1::AppendStreamResponse response;
  int64_t count = 0;
  while (stream->Read(&response)) {
    ASSERT_EQ(response.batch_index(), count++);
    ASSERT_EQ(response.appended().results(0).position(), count);
  }
  sender.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(count, kBatches);
  v1::ReadRequest read;
  read.set_tenant_id(kTenant);
  const auto events = Read(client_, read).response;
  ASSERT_EQ(events.size(), kBatches);
  for (int i = 0; i < kBatches; ++i) {
    ASSERT_EQ(events[i].touchpoint().touchpoint_id(), std::to_string(i));
  }
}

TEST_F(AppendTest, RetractionWithdrawsBeforeAndAfterTheTouchpoint) {
  ASSERT_TRUE(Append(client_, Batch({Call("1"), Call("2")})).status.ok());
  const auto after = Retract(client_, "1");
  ASSERT_TRUE(after.status.ok());
  EXPECT_EQ(after.response.results(0).position(), 3);
  EXPECT_EQ(GetAccount(client_, "globex").response.journey().touchpoint_count(),
            1);

  ASSERT_TRUE(Retract(client_, "3").status.ok());
  ASSERT_TRUE(Append(client_, Batch({Call("3")})).status.ok());
  EXPECT_EQ(GetAccount(client_, "globex").response.journey().touchpoint_count(),
            1);

  const auto again = Retract(client_, "1");
  ASSERT_TRUE(again.status.ok());
  EXPECT_EQ(again.response.results(0).position(), 3);
  EXPECT_TRUE(again.response.results(0).repeated());
}

TEST_F(AppendTest, DurableOnlyIsAcknowledgedToo) {
  v1::AppendRequest request = Batch({Call("1")});
  request.set_ack(v1::ACK_DURABLE_ONLY);
  const auto answer = Append(client_, request);
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.response.results(0).position(), 1);
}

TEST_F(AppendTest, DealIsListedAndFound) {
  ASSERT_TRUE(Append(client_, Batch({DealStep("1", "d1",
                                              v1::DealChange::ACTION_OPENED)}))
                  .status.ok());
  const auto deals = ListDeals(client_);
  ASSERT_TRUE(deals.status.ok()) << deals.status.error_message();
  ASSERT_EQ(deals.response.deals_size(), 1);
  EXPECT_EQ(deals.response.deals(0).deal_id(), "d1");
}

}  // namespace
}  // namespace journey::testing
