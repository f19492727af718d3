#include <gtest/gtest.h>

#include <future>

#include "service/rpc/histogram.h"
#include "service/server/metric_family.h"
#include "service/server/watchdog.h"

namespace journey::server {
namespace {

TEST(HistogramTest, BucketsAreCumulativeAndIncludeTheirBound) {
  rpc::Histogram histogram(rpc::kEventsBounds);
  for (const double value : {0.0, 1.0, 2.0, 3.0, 100'000.0}) {
    histogram.Observe(value);
  }
  prometheus::MetricFamily family = HistogramFamily("h", "help");
  AddHistogram(family, histogram);
  const auto& out = family.metric.at(0).histogram;
  EXPECT_EQ(out.sample_count, 5);
  EXPECT_EQ(out.sample_sum, 100'006);
  EXPECT_EQ(out.bucket.at(0).cumulative_count, 2);
  EXPECT_EQ(out.bucket.at(1).cumulative_count, 3);
  EXPECT_EQ(out.bucket.at(2).cumulative_count, 4);
  EXPECT_EQ(out.bucket.back().cumulative_count, 5);
}

TEST(WatchdogTest, CallsAfterItsLimit) {
  std::promise<void> called;
  Watchdog watchdog(std::chrono::milliseconds(1), [&] { called.set_value(); });
  called.get_future().wait();
}

TEST(WatchdogTest, IsSilentWhenDestroyedInTime) {
  bool called = false;
  {
    Watchdog watchdog(std::chrono::hours(1), [&] { called = true; });
  }
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace journey::server
