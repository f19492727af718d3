// A histogram that costs two relaxed additions an observation.
#ifndef SERVICE_RPC_HISTOGRAM_H_
#define SERVICE_RPC_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace journey::rpc {

inline constexpr size_t kHistogramBounds = 14;
using HistogramBounds = std::array<double, kHistogramBounds>;

// From a tenth of a millisecond to ten seconds.
inline constexpr HistogramBounds kSecondsBounds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.025,  0.05,    0.1,    0.25,  1,      2.5,   10};

// From one event to a full commit group.
inline constexpr HistogramBounds kEventsBounds = {
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192};

// Thread-safe.
class Histogram {
 public:
  explicit constexpr Histogram(const HistogramBounds& bounds)
      : bounds_(bounds) {}

  void Observe(double value) {
    size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    // Millionths as integers: adding doubles atomically would need a loop.
    sum_millionths_.fetch_add(static_cast<int64_t>(value * 1e6),
                              std::memory_order_relaxed);
  }

  [[nodiscard]] const HistogramBounds& bounds() const { return bounds_; }
  // Observations in one bucket; the last one, at kHistogramBounds, has no
  // upper bound.
  [[nodiscard]] int64_t count(size_t bucket) const {
    return counts_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] double sum() const {
    return static_cast<double>(
               sum_millionths_.load(std::memory_order_relaxed)) /
           1e6;
  }

 private:
  const HistogramBounds bounds_;
  std::array<std::atomic<int64_t>, kHistogramBounds + 1> counts_{};
  std::atomic<int64_t> sum_millionths_{0};
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_HISTOGRAM_H_
