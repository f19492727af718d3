#include "service/server/watchdog.h"

#include <utility>

namespace journey::server {

using std::chrono::steady_clock;

Watchdog::Watchdog(std::chrono::milliseconds limit,
                   std::function<void()> on_timeout)
    : on_timeout_(std::move(on_timeout)),
      thread_([this, limit] { Run(limit); }) {}

Watchdog::~Watchdog() {
  {
    core::MutexLock lock(&mutex_);
    ended_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void Watchdog::Run(std::chrono::milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  {
    core::MutexLock lock(&mutex_);
    while (!ended_) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          deadline - steady_clock::now());
      if (left.count() <= 0) break;
      (void)changed_.WaitFor(&mutex_, left);
    }
    if (ended_) return;
  }
  on_timeout_();
}

}  // namespace journey::server
