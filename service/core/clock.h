// Time as an argument: whatever needs "now" is given a Clock.
#ifndef SERVICE_CORE_CLOCK_H_
#define SERVICE_CORE_CLOCK_H_

#include <cstdint>
#include <limits>

namespace journey::core {

// Microseconds since 1970 UTC, the only form of an instant inside the service.
using Micros = int64_t;

// An instant that never comes.
inline constexpr Micros kNever = std::numeric_limits<Micros>::max();

inline constexpr Micros kMicrosPerSecond = 1'000'000;
inline constexpr Micros kMicrosPerDay = Micros{86'400} * kMicrosPerSecond;

// Tells the time. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // The present instant. May go back when the machine's clock is set.
  [[nodiscard]] virtual Micros Now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Micros Now() const override;
};

}  // namespace journey::core

#endif  // SERVICE_CORE_CLOCK_H_
