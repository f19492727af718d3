// A clock that tests set.
#ifndef TESTS_SUPPORT_MANUAL_CLOCK_H_
#define TESTS_SUPPORT_MANUAL_CLOCK_H_

#include <atomic>

#include "service/core/clock.h"

namespace journey::testing {

// Thread-safe. Begins at 2026-01-01 00:00 UTC unless told otherwise.
class ManualClock final : public core::Clock {
 public:
  static constexpr core::Micros kStart = 1'767'225'600 * core::kMicrosPerSecond;

  explicit ManualClock(core::Micros now = kStart) : now_(now) {}

  [[nodiscard]] core::Micros Now() const override { return now_.load(); }

  void Set(core::Micros now) { now_.store(now); }
  void Advance(core::Micros by) { now_.fetch_add(by); }

 private:
  std::atomic<core::Micros> now_;
};

}  // namespace journey::testing

#endif  // TESTS_SUPPORT_MANUAL_CLOCK_H_
