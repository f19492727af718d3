#include "service/server/progress.h"

#include <chrono>
#include <memory>
#include <string>

namespace journey::server {

std::function<void(int64_t, int64_t)> ProgressLog(Logger* logger) {
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kInterval(2);
  auto last = std::make_shared<Clock::time_point>(Clock::now());
  return [logger, last](int64_t done, int64_t all) {
    if (Clock::now() - *last < kInterval) return;
    *last = Clock::now();
    logger->Info("replaying the log into the views",
                 {{"groups_done", std::to_string(done)},
                  {"groups", std::to_string(all)}});
  };
}

}  // namespace journey::server
