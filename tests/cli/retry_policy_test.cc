#include "cli/delivery/retry_policy.h"

#include <gtest/gtest.h>

namespace journey::testing {
namespace {

using cli::Attempts;
using cli::HttpAnswer;
using cli::Judge;
using cli::NextAttemptAt;
using cli::RetryPolicy;
using cli::Verdict;

constexpr absl::Duration kFirst = absl::Seconds(500);

HttpAnswer Answer(int status) {
  HttpAnswer answer;
  answer.status = status;
  return answer;
}

TEST(RetryPolicyTest, TheStatusDecides) {
  const struct {
    const char* desc;
    int status;
    Verdict verdict;
  } cases[] = {
      {"no answer", 0, Verdict::kRetry},
      {"ok", 200, Verdict::kDelivered},
      {"no content", 204, Verdict::kDelivered},
      {"a redirect, which nobody follows", 301, Verdict::kRefused},
      {"bad request", 400, Verdict::kRefused},
      {"not found", 404, Verdict::kRefused},
      {"request timeout", 408, Verdict::kRetry},
      {"gone", 410, Verdict::kRefused},
      {"too many requests", 429, Verdict::kRetry},
      {"internal error", 500, Verdict::kRetry},
      {"unavailable", 503, Verdict::kRetry},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(Judge(Answer(test.status)), test.verdict) << test.desc;
  }
}

TEST(RetryPolicyTest, DelaysDoubleUpToABound) {
  RetryPolicy policy;
  policy.delay_first = absl::Seconds(1);
  policy.delay_max = absl::Seconds(60);
  policy.retry_for = absl::Hours(24);
  const struct {
    int made;
    int seconds;
  } cases[] = {{1, 1}, {2, 2}, {3, 4}, {6, 32}, {7, 60}, {1'000'000, 60}};
  for (const auto& test : cases) {
    const Attempts attempts = {test.made, kFirst};
    EXPECT_EQ(NextAttemptAt(policy, attempts, Answer(500), kFirst, 0),
              kFirst + absl::Seconds(test.seconds))
        << test.made;
    EXPECT_EQ(NextAttemptAt(policy, attempts, Answer(500), kFirst, 1),
              kFirst + absl::Seconds(test.seconds) / 2)
        << test.made;
  }
}

TEST(RetryPolicyTest, TheReceiverMayAskForMore) {
  HttpAnswer answer = Answer(503);
  answer.retry_after = absl::Minutes(10);
  EXPECT_EQ(NextAttemptAt(RetryPolicy(), {1, kFirst}, answer, kFirst, 0.5),
            kFirst + absl::Minutes(10));
  answer.retry_after = absl::Milliseconds(1);
  EXPECT_EQ(NextAttemptAt(RetryPolicy(), {1, kFirst}, answer, kFirst, 0),
            kFirst + absl::Seconds(1));
}

TEST(RetryPolicyTest, TheLastAttemptIsMadeWhenTheTimeIsOver) {
  RetryPolicy policy;
  policy.retry_for = absl::Minutes(5);
  const absl::Duration last = kFirst + absl::Minutes(5);
  HttpAnswer answer = Answer(503);
  answer.retry_after = absl::Hours(1);
  EXPECT_EQ(NextAttemptAt(policy, {3, kFirst}, answer, kFirst, 0), last);
  EXPECT_EQ(NextAttemptAt(policy, {9, kFirst}, Answer(500),
                          last - absl::Seconds(1), 0),
            last);
  EXPECT_EQ(NextAttemptAt(policy, {10, kFirst}, Answer(500), last, 0),
            std::nullopt);
}

}  // namespace
}  // namespace journey::testing
