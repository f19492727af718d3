#include "cli/append_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using cli::AppendSender;
using cli::SenderOptions;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

v1::Touchpoint WithId(const std::string& id) {
  v1::Touchpoint touchpoint;
  touchpoint.set_touchpoint_id(id);
  return touchpoint;
}

// Names each touchpoint whose id begins with "bad".
google::rpc::Status NameBadRows(const v1::AppendRequest& batch) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (int i = 0; i < batch.touchpoints_size(); ++i) {
    if (absl::StartsWith(batch.touchpoints(i).touchpoint_id(), "bad")) {
      fields.emplace_back(absl::StrCat("touchpoints[", i, "].source"),
                          "is required");
    }
  }
  if (fields.empty()) return {};
  return MakeError(grpc::StatusCode::INVALID_ARGUMENT,
                   v1::ERROR_REASON_VALIDATION_FAILED, "bad", fields);
}

class AppendSenderTest : public ::testing::Test {
 protected:
  AppendSender& Make(int batch_touchpoints, bool stop_at_refusal = false) {
    stub_ = v1::TouchpointService::NewStub(grpc::CreateChannel(
        server_.address(), grpc::InsecureChannelCredentials()));
    SenderOptions options;
    options.tenant = "acme";
    options.batch_touchpoints = batch_touchpoints;
    options.stop_at_refusal = stop_at_refusal;
    if (stop_at_refusal) options.window_batches = 1;
    sender_ = std::make_unique<AppendSender>(
        *stub_, options,
        [this](int64_t row, const std::string& reason) {
          refused_[row] = reason;
        },
        [this](absl::Duration length) {
          waits_.push_back(length);
          return true;
        });
    return *sender_;
  }

  FakeServer server_;
  std::unique_ptr<v1::TouchpointService::StubInterface> stub_;
  std::unique_ptr<AppendSender> sender_;
  std::map<int64_t, std::string> refused_;
  std::vector<absl::Duration> waits_;
};

TEST_F(AppendSenderTest, SendsEverythingInOrderAndInBatches) {
  AppendSender& sender = Make(10);
  std::vector<std::string> ids;
  for (int i = 0; i < 95; ++i) {
    ids.push_back(absl::StrCat("t", i));
    ASSERT_TRUE(sender.Add(i, WithId(ids.back())).ok());
  }
  ASSERT_TRUE(sender.Finish().ok());
  EXPECT_EQ(server_.touchpoints.stored_ids(), ids);
  EXPECT_EQ(server_.touchpoints.batches(), 10);
  EXPECT_EQ(sender.totals().appended, 95);
  EXPECT_EQ(sender.unanswered(), 0);
}

TEST_F(AppendSenderTest, CountsRepeats) {
  AppendSender& sender = Make(2);
  for (const char* id : {"a", "b", "a", "b", "c"}) {
    ASSERT_TRUE(sender.Add(1, WithId(id)).ok());
  }
  ASSERT_TRUE(sender.Finish().ok());
  EXPECT_EQ(sender.totals().appended, 3);
  EXPECT_EQ(sender.totals().repeated, 2);
}

TEST_F(AppendSenderTest, ResendsTheBatchWithoutTheRowsNamed) {
  server_.touchpoints.judge = NameBadRows;
  AppendSender& sender = Make(5);
  int row = 0;
  for (const char* id : {"a", "bad1", "b", "bad2", "c"}) {
    ASSERT_TRUE(sender.Add(++row, WithId(id)).ok());
  }
  ASSERT_TRUE(sender.Finish().ok());
  EXPECT_THAT(server_.touchpoints.stored_ids(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(refused_, ElementsAre(Pair(2, "source: is required"),
                                    Pair(4, "source: is required")));
  EXPECT_EQ(sender.totals().refused, 2);
}

TEST_F(AppendSenderTest, HalvesABatchRefusedWithoutNamingARow) {
  server_.touchpoints.judge = [](const v1::AppendRequest& batch) {
    for (const v1::Touchpoint& touchpoint : batch.touchpoints()) {
      if (touchpoint.touchpoint_id() == "full") {
        return MakeError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                         v1::ERROR_REASON_SUBJECT_FULL, "subject is full");
      }
    }
    return google::rpc::Status();
  };
  AppendSender& sender = Make(7);
  int row = 0;
  for (const char* id : {"a", "b", "c", "d", "full", "e", "f"}) {
    ASSERT_TRUE(sender.Add(++row, WithId(id)).ok());
  }
  ASSERT_TRUE(sender.Finish().ok());
  EXPECT_THAT(server_.touchpoints.stored_ids(),
              UnorderedElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_THAT(refused_, ElementsAre(Pair(5, "subject is full")));
}

TEST_F(AppendSenderTest, EndsWhenTheRequestItselfIsRefused) {
  server_.touchpoints.judge = [](const v1::AppendRequest& /*batch*/) {
    return MakeError(grpc::StatusCode::INVALID_ARGUMENT,
                     v1::ERROR_REASON_VALIDATION_FAILED, "tenant",
                     {{"tenant_id", "has an upper-case letter"}});
  };
  AppendSender& sender = Make(2);
  ASSERT_TRUE(sender.Add(1, WithId("a")).ok());
  const absl::Status status = sender.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(sender.unanswered(), 1);
  EXPECT_TRUE(refused_.empty());
}

TEST_F(AppendSenderTest, WaitsAsLongAsAnOverloadedServerAsks) {
  int calls = 0;
  server_.touchpoints.judge = [&calls](const v1::AppendRequest& /*batch*/) {
    if (++calls > 2) return google::rpc::Status();
    return MakeError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                     v1::ERROR_REASON_OVERLOADED, "busy", {}, 3);
  };
  AppendSender& sender = Make(2);
  ASSERT_TRUE(sender.Add(1, WithId("a")).ok());
  ASSERT_TRUE(sender.Finish().ok());
  EXPECT_THAT(waits_, ElementsAre(absl::Seconds(3), absl::Seconds(3)));
  EXPECT_THAT(server_.touchpoints.stored_ids(), ElementsAre("a"));
}

TEST_F(AppendSenderTest, SendsAgainAfterAnInterruptedStream) {
  server_.touchpoints.break_after = 3;
  server_.touchpoints.break_with =
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping");
  AppendSender& sender = Make(1);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(sender.Add(i, WithId(absl::StrCat("t", i))).ok());
  }
  ASSERT_TRUE(sender.Finish().ok());
  EXPECT_EQ(server_.touchpoints.stored_ids().size(), 20u);
  EXPECT_EQ(sender.totals().appended, 20);
  EXPECT_FALSE(waits_.empty());
}

TEST_F(AppendSenderTest, FailsAtOnceWhenTheServerNeverAnswered) {
  server_.touchpoints.break_after = 0;
  server_.touchpoints.break_with =
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping");
  AppendSender& sender = Make(1);
  EXPECT_TRUE(sender.Add(1, WithId("a")).ok());
  EXPECT_EQ(sender.Finish().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(waits_.empty());
}

TEST_F(AppendSenderTest, StrictSendsNothingAfterTheFirstRefusedRow) {
  server_.touchpoints.judge = NameBadRows;
  AppendSender& sender = Make(4, /*stop_at_refusal=*/true);
  int row = 0;
  for (const char* id : {"a", "bad1", "b", "c", "d"}) {
    ASSERT_TRUE(sender.Add(++row, WithId(id)).ok());
  }
  ASSERT_TRUE(sender.Finish().ok());
  EXPECT_THAT(server_.touchpoints.stored_ids(), ElementsAre("a"));
  EXPECT_EQ(sender.totals().refused, 1);
}

}  // namespace
}  // namespace journey::testing
