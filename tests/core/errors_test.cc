#include "service/core/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "tests/core/violated_fields.h"

namespace journey::core {
namespace {

using testing::BadRequestOf;

template <typename Detail>
std::vector<Detail> DetailsOf(const absl::Status& status) {
  std::vector<Detail> found;
  const google::rpc::Status rpc_status = ToRpcStatus(status);
  for (const auto& any : rpc_status.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) found.push_back(detail);
  }
  return found;
}

TEST(ErrorsTest, EveryErrorHasExactlyOneErrorInfo) {
  Violations violations;
  violations.Add("a", "is bad");
  const struct {
    const char* desc;
    absl::Status status;
    absl::StatusCode code;
    v1::ErrorReason reason;
    const char* reason_name;
  } cases[] = {
      {"made by hand",
       MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_VERSION_MISMATCH,
                 "x", {{"current", "4"}}),
       absl::StatusCode::kAborted, v1::ERROR_REASON_VERSION_MISMATCH,
       "VERSION_MISMATCH"},
      {"overloaded", OverloadedError("x", "queue"),
       absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_OVERLOADED,
       "OVERLOADED"},
      {"slow reader", SlowReaderError(7), absl::StatusCode::kResourceExhausted,
       v1::ERROR_REASON_SLOW_READER, "SLOW_READER"},
      {"storage full", StorageFullError(), absl::StatusCode::kResourceExhausted,
       v1::ERROR_REASON_STORAGE_FULL, "STORAGE_FULL"},
      {"shutting down", ShuttingDownError(), absl::StatusCode::kUnavailable,
       v1::ERROR_REASON_SHUTTING_DOWN, "SHUTTING_DOWN"},
      {"outcome unknown", OutcomeUnknownError(), absl::StatusCode::kUnavailable,
       v1::ERROR_REASON_OUTCOME_UNKNOWN, "OUTCOME_UNKNOWN"},
      {"violations", violations.ToStatus(), absl::StatusCode::kInvalidArgument,
       v1::ERROR_REASON_VALIDATION_FAILED, "VALIDATION_FAILED"},
      {"conflict", violations.ToConflict(), absl::StatusCode::kAlreadyExists,
       v1::ERROR_REASON_TOUCHPOINT_CONFLICT, "TOUCHPOINT_CONFLICT"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.desc);
    EXPECT_EQ(c.status.code(), c.code);
    EXPECT_EQ(ReasonOf(c.status), c.reason);
    const auto infos = DetailsOf<google::rpc::ErrorInfo>(c.status);
    ASSERT_EQ(infos.size(), 1U);
    EXPECT_EQ(infos[0].domain(), "journey.v1");
    EXPECT_EQ(infos[0].reason(), c.reason_name);
    EXPECT_EQ(ToRpcStatus(c.status).code(), static_cast<int>(c.code));
    EXPECT_EQ(ToRpcStatus(c.status).message(), c.status.message());
  }
}

TEST(ErrorsTest, MetadataIsCarried) {
  const auto infos = DetailsOf<google::rpc::ErrorInfo>(
      MakeError(absl::StatusCode::kAborted, v1::ERROR_REASON_VERSION_MISMATCH,
                "x", {{"expected", "3"}, {"current", "4"}}));
  ASSERT_EQ(infos.size(), 1U);
  EXPECT_EQ(infos[0].metadata().at("expected"), "3");
  EXPECT_EQ(infos[0].metadata().at("current"), "4");
}

TEST(ErrorsTest, OverloadTellsTheLimitAndWhenToRetry) {
  const absl::Status status = OverloadedError("too much", "queue_bytes_max");
  const auto retries = DetailsOf<google::rpc::RetryInfo>(status);
  ASSERT_EQ(retries.size(), 1U);
  EXPECT_GT(retries[0].retry_delay().nanos(), 0);
  EXPECT_EQ(DetailsOf<google::rpc::ErrorInfo>(status)[0].metadata().at("limit"),
            "queue_bytes_max");
}

TEST(ErrorsTest, SlowReaderTellsThePositionAndWhenToRetry) {
  const absl::Status status = SlowReaderError(7);
  const auto retries = DetailsOf<google::rpc::RetryInfo>(status);
  ASSERT_EQ(retries.size(), 1U);
  EXPECT_EQ(retries[0].retry_delay().seconds(), 1);
  EXPECT_EQ(
      DetailsOf<google::rpc::ErrorInfo>(status)[0].metadata().at("position"),
      "7");
}

TEST(ErrorsTest, FullStorageTellsTheLimitAndWhenToRetry) {
  const absl::Status status = StorageFullError();
  const auto retries = DetailsOf<google::rpc::RetryInfo>(status);
  ASSERT_EQ(retries.size(), 1U);
  EXPECT_EQ(retries[0].retry_delay().seconds(), 30);
  EXPECT_EQ(retries[0].retry_delay().nanos(), 0);
  const auto metadata = DetailsOf<google::rpc::ErrorInfo>(status)[0].metadata();
  EXPECT_EQ(metadata.at("limit"), "free_space_bytes_min");
  EXPECT_EQ(metadata.at("value"), absl::StrCat(kFreeSpaceBytesMin));
  EXPECT_EQ(metadata.at("unit"), "bytes");
}

TEST(ErrorsTest, ErrorOfNoKnownReasonBecomesInternal) {
  const absl::Status status = absl::UnknownError("surprise");
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UNSPECIFIED);
  const auto infos = DetailsOf<google::rpc::ErrorInfo>(status);
  ASSERT_EQ(infos.size(), 1U);
  EXPECT_EQ(infos[0].reason(), "INTERNAL");
}

TEST(ErrorsTest, OkHasNoDetails) {
  EXPECT_EQ(ToRpcStatus(absl::OkStatus()).details_size(), 0);
  EXPECT_EQ(ToRpcStatus(absl::OkStatus()).code(), 0);
}

TEST(ViolationsTest, NoneIsOk) {
  const Violations violations;
  EXPECT_TRUE(violations.empty());
  EXPECT_TRUE(violations.ToStatus().ok());
  EXPECT_TRUE(violations.ToConflict().ok());
}

TEST(ViolationsTest, MessageNamesTheFirstAndCountsTheOthers) {
  Violations violations;
  violations.Add("a", "is bad");
  EXPECT_EQ(violations.ToStatus().message(), "a: is bad");
  violations.Add("b", "is worse");
  violations.Add("c", "is worst");
  EXPECT_FALSE(violations.empty());
  EXPECT_EQ(violations.ToStatus().message(), "a: is bad (and 2 more)");
  EXPECT_THAT(testing::ViolatedFields(violations.ToStatus()),
              ::testing::ElementsAre("a", "b", "c"));
}

TEST(ViolationsTest, AtMostAThousandAreListedAndTheRestCounted) {
  Violations violations;
  for (int i = 0; i < kViolationsMax + 5; ++i) {
    violations.Add(absl::StrCat("f[", i, "]"), "is bad");
  }
  EXPECT_EQ(BadRequestOf(violations.ToStatus()).field_violations_size(),
            kViolationsMax);
  EXPECT_EQ(violations.ToStatus().message(),
            absl::StrCat("f[0]: is bad (and ", kViolationsMax + 4, " more)"));
}

TEST(ErrorsTest, QuotedValueIsEscapedAndCut) {
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("a\nb"), "\"a\\nb\"");
  EXPECT_EQ(Quoted("Größe"), "\"Größe\"");
  const std::string longest(64, 'x');
  EXPECT_EQ(Quoted(longest), "\"" + longest + "\"");
  EXPECT_EQ(Quoted(longest + "x"), "\"" + longest + "…\"");
  // Not within a character.
  const std::string before(63, 'x');
  EXPECT_EQ(Quoted(before + "ü"), "\"" + before + "…\"");
}

}  // namespace
}  // namespace journey::core
