// Ends what takes too long.
#ifndef SERVICE_SERVER_WATCHDOG_H_
#define SERVICE_SERVER_WATCHDOG_H_

#include <chrono>
#include <functional>
#include <thread>

#include "service/core/sync.h"

namespace journey::server {

// Calls `on_timeout`, from a thread of its own, unless it is destroyed
// within `limit`.
class Watchdog {
 public:
  Watchdog(std::chrono::milliseconds limit, std::function<void()> on_timeout);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void Run(std::chrono::milliseconds limit);

  const std::function<void()> on_timeout_;
  core::Mutex mutex_;
  core::CondVar changed_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace journey::server

#endif  // SERVICE_SERVER_WATCHDOG_H_
