// Sums of money in one currency.
#ifndef PROJECTIONS_AMOUNTS_H_
#define PROJECTIONS_AMOUNTS_H_

#include <cstdint>
#include <limits>

namespace journey::projections {

// The sum of two amounts in minor units, the second one without its sign; it
// stays within the range. Payments and credits are reported with either sign.
[[nodiscard]] inline int64_t AddUpTo(int64_t sum, int64_t amount) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  if (amount == std::numeric_limits<int64_t>::min()) return kMax;
  const int64_t size = amount < 0 ? -amount : amount;
  return sum > kMax - size ? kMax : sum + size;
}

}  // namespace journey::projections

#endif  // PROJECTIONS_AMOUNTS_H_
