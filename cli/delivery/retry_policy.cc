#include "cli/delivery/retry_policy.h"

#include <algorithm>

namespace journey::cli {
namespace {

absl::Duration Backoff(const RetryPolicy& policy, int attempts_made) {
  absl::Duration delay = policy.delay_first;
  for (int i = 1; i < attempts_made && delay < policy.delay_max; ++i) {
    delay *= 2;
  }
  return std::min(delay, policy.delay_max);
}

}  // namespace

Verdict Judge(const HttpAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) return Verdict::kDelivered;
  const bool may_pass = answer.status == 0 || answer.status == 408 ||
                        answer.status == 429 || answer.status >= 500;
  return may_pass ? Verdict::kRetry : Verdict::kRefused;
}

std::optional<absl::Duration> NextAttemptAt(const RetryPolicy& policy,
                                            const Attempts& attempts,
                                            const HttpAnswer& answer,
                                            absl::Duration now, double jitter) {
  const absl::Duration last_at = attempts.first_at + policy.retry_for;
  if (now >= last_at) return std::nullopt;
  const absl::Duration delay =
      std::max(Backoff(policy, attempts.made) * (1 - jitter / 2),
               answer.retry_after.value_or(absl::ZeroDuration()));
  return std::min(now + delay, last_at);
}

}  // namespace journey::cli
