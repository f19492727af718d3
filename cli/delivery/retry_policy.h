// What follows from a receiver's answer. Pure.
#ifndef CLI_DELIVERY_RETRY_POLICY_H_
#define CLI_DELIVERY_RETRY_POLICY_H_

#include <optional>

#include "absl/time/time.h"
#include "cli/delivery/http_client.h"

namespace journey::cli {

enum class Verdict {
  // 2xx.
  kDelivered,
  // 408, 429, 5xx, and no answer at all: another attempt may succeed.
  kRetry,
  // Everything else: the receiver does not want this event.
  kRefused,
};

[[nodiscard]] Verdict Judge(const HttpAnswer& answer);

struct RetryPolicy {
  // Between the first attempt and the second; doubles from one to the next.
  absl::Duration delay_first = absl::Seconds(1);
  absl::Duration delay_max = absl::Minutes(1);
  // From the first attempt on; the last one is made at its end.
  absl::Duration retry_for = absl::Hours(24);
};

// One event's attempts; instants count from any fixed one.
struct Attempts {
  int made = 0;
  absl::Duration first_at;
};

// When to try again after an answer that may be followed by a better one; none
// when `retry_for` is over. Not before the receiver wants it, unless that is
// later than the last attempt. `jitter` in [0, 1] shortens the delay by up to
// half, so that what failed together does not come back together.
[[nodiscard]] std::optional<absl::Duration> NextAttemptAt(
    const RetryPolicy& policy, const Attempts& attempts,
    const HttpAnswer& answer, absl::Duration now, double jitter);

}  // namespace journey::cli

#endif  // CLI_DELIVERY_RETRY_POLICY_H_
