// How many calls the handlers have that have not ended.
#ifndef SERVICE_RPC_IN_FLIGHT_H_
#define SERVICE_RPC_IN_FLIGHT_H_

#include <atomic>
#include <chrono>
#include <cstdint>

#include "service/core/sync.h"

namespace journey::rpc {

// Thread-safe.
class InFlight {
 public:
  void Enter() { calls_.fetch_add(1, std::memory_order_relaxed); }

  void Leave() {
    if (calls_.fetch_sub(1, std::memory_order_seq_cst) > 1) return;
    if (!waited_for_.load(std::memory_order_seq_cst)) return;
    core::MutexLock lock(&mutex_);
    changed_.NotifyAll();
  }

  // Waits, for at most `limit`, until there is no call. Returns whether that
  // is so.
  bool WaitUntilNone(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    // Before the count is looked at, so that the last one to leave notifies.
    waited_for_.store(true, std::memory_order_seq_cst);
    core::MutexLock lock(&mutex_);
    while (calls_.load(std::memory_order_seq_cst) > 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      (void)changed_.WaitFor(&mutex_, left);
    }
    return true;
  }

 private:
  std::atomic<int64_t> calls_{0};
  std::atomic<bool> waited_for_{false};
  core::Mutex mutex_;
  core::CondVar changed_;
};

// One call from its beginning until gRPC is done with it.
class InFlightCall {
 public:
  explicit InFlightCall(InFlight* in_flight) : in_flight_(in_flight) {
    in_flight_->Enter();
  }
  ~InFlightCall() { in_flight_->Leave(); }
  InFlightCall(const InFlightCall&) = delete;
  InFlightCall& operator=(const InFlightCall&) = delete;

 private:
  InFlight* const in_flight_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_IN_FLIGHT_H_
