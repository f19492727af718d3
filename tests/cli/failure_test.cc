#include "cli/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

using grpc::StatusCode;

TEST(FailureTest, EveryErrorHasItsExitCode) {
  const struct {
    const char* desc;
    absl::Status status;
    int code;
  } cases[] = {
      {"ok", absl::OkStatus(), cli::kExitOk},
      {"usage", cli::UsageError("x"), cli::kExitUsage},
      {"local", cli::LocalError("x"), cli::kExitFailed},
      {"interrupted", absl::CancelledError("x"), cli::kExitInterrupted},
      {"no server", cli::FromGrpc({StatusCode::UNAVAILABLE, "x"}),
       cli::kExitUnreachable},
      {"too slow", cli::FromGrpc({StatusCode::DEADLINE_EXCEEDED, "x"}),
       cli::kExitUnreachable},
      {"not found", cli::FromGrpc({StatusCode::NOT_FOUND, "x"}),
       cli::kExitNotFound},
      {"invalid", cli::FromGrpc({StatusCode::INVALID_ARGUMENT, "x"}),
       cli::kExitRefused},
      {"conflict", cli::FromGrpc({StatusCode::ALREADY_EXISTS, "x"}),
       cli::kExitRefused},
      {"internal", cli::FromGrpc({StatusCode::INTERNAL, "x"}),
       cli::kExitFailed},
      {"overloaded",
       cli::FromRpc(MakeError(StatusCode::RESOURCE_EXHAUSTED,
                              v1::ERROR_REASON_OVERLOADED, "x", {}, 1)),
       cli::kExitUnreachable},
      {"too large",
       cli::FromRpc(MakeError(StatusCode::RESOURCE_EXHAUSTED,
                              v1::ERROR_REASON_QUERY_TOO_LARGE, "x")),
       cli::kExitRefused},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(cli::ExitCodeOf(test.status), test.code) << test.desc;
  }
}

TEST(FailureTest, SaysWhatWhichFieldsAndWhatToDo) {
  const absl::Status status = cli::FromGrpc(ToGrpc(
      MakeError(StatusCode::INVALID_ARGUMENT,
                v1::ERROR_REASON_VALIDATION_FAILED, "2 fields are wrong",
                {{"page_size", "is above 1,000"}, {"as_of", "is broken"}})));
  EXPECT_EQ(cli::Describe(status),
            "journeyctl: refused: 2 fields are wrong\n"
            "  page_size: is above 1,000\n"
            "  as_of: is broken\n"
            "What to do: correct what is named above, then repeat the "
            "command.\n");
}

TEST(FailureTest, DoesNotRepeatASingleMistake) {
  const absl::Status status = cli::FromGrpc(ToGrpc(MakeError(
      StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_VALIDATION_FAILED,
      "page_size: is above 1,000", {{"page_size", "is above 1,000"}})));
  EXPECT_EQ(cli::Describe(status),
            "journeyctl: refused: page_size: is above 1,000\n"
            "What to do: correct what is named above, then repeat the "
            "command.\n");
}

TEST(FailureTest, KeepsAFieldThatTheMessageDoesNotName) {
  const absl::Status status = cli::FromGrpc(ToGrpc(MakeError(
      StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_VALIDATION_FAILED,
      "the value is above 1,000", {{"page_size", "is above 1,000"}})));
  EXPECT_THAT(cli::Describe(status),
              HasSubstr("\n  page_size: is above 1,000\n"));
}

TEST(FailureTest, OnlyAServerThatDoesNotAnswerIsUnreachable) {
  EXPECT_THAT(cli::Describe(cli::FromGrpc({StatusCode::UNAVAILABLE, "x"})),
              HasSubstr("server unreachable: x"));
  EXPECT_THAT(cli::Describe(cli::FromRpc(
                  MakeError(StatusCode::UNAVAILABLE,
                            v1::ERROR_REASON_SHUTTING_DOWN, "is stopping"))),
              HasSubstr("not now: is stopping"));
  EXPECT_THAT(
      cli::Describe(cli::FromGrpc({StatusCode::DEADLINE_EXCEEDED, "slow"})),
      HasSubstr("not now: slow"));
}

TEST(FailureTest, EveryReasonHasAdvice) {
  const auto& reasons = *v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    const auto reason =
        static_cast<v1::ErrorReason>(reasons.value(i)->number());
    const absl::Status status =
        cli::FromRpc(MakeError(StatusCode::INTERNAL, reason, "x"));
    EXPECT_EQ(cli::ReasonOf(status), reason);
    EXPECT_NE(cli::Describe(status).find("What to do: "), std::string::npos)
        << reasons.value(i)->name();
  }
}

TEST(FailureTest, ShowsTheFirstTwentyOfManyMistakes) {
  std::vector<std::pair<std::string, std::string>> fields;
  fields.reserve(25);
  for (int i = 0; i < 25; ++i) {
    fields.emplace_back("touchpoints[" + std::to_string(i) + "]", "is bad");
  }
  const std::string text = cli::Describe(cli::FromRpc(
      MakeError(StatusCode::INVALID_ARGUMENT,
                v1::ERROR_REASON_VALIDATION_FAILED, "many", fields)));
  EXPECT_NE(text.find("touchpoints[19]"), std::string::npos);
  EXPECT_EQ(text.find("touchpoints[20]"), std::string::npos);
  EXPECT_NE(text.find("and 5 more"), std::string::npos);
}

TEST(FailureTest, SurvivesDetailsThatAreNoDetails) {
  const absl::Status status =
      cli::FromGrpc({StatusCode::NOT_FOUND, "gone", "\xFF\xFF nonsense"});
  EXPECT_TRUE(cli::FieldMistakesOf(status).empty());
  EXPECT_EQ(cli::ExitCodeOf(status), cli::kExitNotFound);
}

}  // namespace
}  // namespace journey::testing
