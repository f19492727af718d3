// Delivers events to one receiver, at least once each.
#ifndef CLI_DELIVERY_DELIVERY_H_
#define CLI_DELIVERY_DELIVERY_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cli/delivery/checkpoint_file.h"
#include "cli/delivery/dead_letters.h"
#include "cli/delivery/delivery_queue.h"
#include "cli/delivery/http_client.h"
#include "cli/delivery/retry_policy.h"

namespace journey::cli {

struct DeliveryOptions {
  std::string url;
  // For one attempt.
  absl::Duration timeout = absl::Seconds(30);
  // Attempts under way at the same time.
  int parallel = 8;
  RetryPolicy retry;
  DeliveryBounds bounds;
  // Empty: nothing is signed.
  std::string secret;
  // Microseconds since 1970 UTC, for signatures and dead letters.
  std::function<int64_t()> now_micros;
  // Called from any thread, one call at a time, with a line for people.
  std::function<void(const std::string&)> report;
  // Called from any thread as often as something was done, one call at a time,
  // with the number of events delivered.
  std::function<void(int64_t)> on_progress;
  // Called from any thread when no more can be done because a file cannot be
  // written; Finish() tells why.
  std::function<void()> on_failure;
};

struct DeliveryTotals {
  int64_t delivered = 0;
  int64_t dead_letters = 0;
  // Not done.
  int64_t open = 0;
};

// Threads of its own send events, and write down what was done. Between an
// event's delivery and the next write of the checkpoint, and no longer, a
// crash lets it be sent again. Add(), Skip(), Drain() and Finish() are for one
// thread, Stop() for any.
class Delivery {
 public:
  // Goes on from what the checkpoint holds. Both files outlive the delivery.
  Delivery(DeliveryOptions options, const DeliveryProgress& restored,
           const CheckpointFile& checkpoint, const DeadLetterFile& letters);
  // As Finish().
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Takes an event, or skips it where an earlier run has delivered it. Blocks
  // while there are too many. False after Stop() or a failure: not taken.
  bool Add(OutboundEvent event);
  // Nothing else is to come up to this position.
  void Skip(int64_t position);
  // Blocks until everything is delivered or a dead letter; false where Stop()
  // or a failure came first.
  bool Drain();

  // No attempt begins any more.
  void Stop();
  // Stops, waits for the attempts under way and writes down what they did.
  // Returns what went wrong here, not at the receiver.
  absl::Status Finish();
  // After Finish().
  [[nodiscard]] DeliveryTotals totals() const;

 private:
  // What the threads do.
  void SendUntilStopped();
  void SaveUntilFinished();

  void Settle(const DeliveryQueue::Attempt& attempt, const HttpAnswer& answer);
  // False when the time for further attempts is over.
  bool TryAgain(const DeliveryQueue::Attempt& attempt,
                const HttpAnswer& answer);
  void GiveUp(const DeliveryQueue::Attempt& attempt, const HttpAnswer& answer);
  void MarkDone(int64_t position, int64_t& counter);
  void Fail(const absl::Status& status);
  // With `mutex_` held: tells of failing attempts, but not of each.
  void ReportTrouble(const HttpAnswer& answer, absl::Duration now);

  const DeliveryOptions options_;
  const CheckpointFile& checkpoint_;
  const DeadLetterFile& letters_;

  // Guards everything below up to the threads. `changed_` is signalled with
  // each change.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  DeliveryQueue queue_;
  DeliveryTotals totals_;
  bool stopping_ = false;
  bool finished_ = false;
  absl::Status failure_;
  // Something was done that the checkpoint does not tell yet.
  bool unsaved_ = false;
  // Before it, trouble has been reported just now.
  absl::Duration quiet_until_;
  std::mt19937 jitter_;

  // Dead letters are written one at a time, without `mutex_`.
  std::mutex letters_mutex_;

  std::vector<std::thread> senders_;
  std::thread saver_;
};

}  // namespace journey::cli

#endif  // CLI_DELIVERY_DELIVERY_H_
