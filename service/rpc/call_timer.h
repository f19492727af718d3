// Counts one call for metrics.
#ifndef SERVICE_RPC_CALL_TIMER_H_
#define SERVICE_RPC_CALL_TIMER_H_

#include <chrono>

#include "absl/status/status.h"
#include "service/rpc/call_stats.h"

namespace journey::rpc {

class CallTimer {
 public:
  CallTimer(CallStats* stats, Method method)
      : all_(stats),
        stats_(stats->of(method)),
        start_(std::chrono::steady_clock::now()) {
    Add(stats_.started);
  }

  void Received() { Add(stats_.received); }
  void Sent() { Add(stats_.sent); }

  // To be called once, when the outcome is known.
  void Handled(const absl::Status& status) {
    // A call that its client gave up was not refused.
    if (!status.ok() && !absl::IsCancelled(status)) {
      all_->CountRefusal(status);
    }
    const auto index = static_cast<size_t>(status.code());
    Add(stats_.handled[index < kCodeCount ? index : kUnknown]);
    stats_.seconds.Observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_)
            .count());
  }

 private:
  static constexpr size_t kUnknown = 2;

  static void Add(std::atomic<int64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
  }

  CallStats* const all_;
  MethodStats& stats_;
  const std::chrono::steady_clock::time_point start_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_CALL_TIMER_H_
