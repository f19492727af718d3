// Sums of money in one currency.
#ifndef PROJECTIONS_AMOUNTS_H_
#define PROJECTIONS_AMOUNTS_H_

#include <cstdint>
#include <limits>

namespace journey::projections {

// The sum of two amounts in minor units, none of them negative; it stays within
// the range.
[[nodiscard]] inline int64_t AddUpTo(int64_t sum, int64_t amount) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return sum > kMax - amount ? kMax : sum + amount;
}

}  // namespace journey::projections

#endif  // PROJECTIONS_AMOUNTS_H_
