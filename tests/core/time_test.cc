#include "service/core/time.h"

#include <gtest/gtest.h>

#include "service/core/limits.h"

namespace journey::core {
namespace {

TEST(TimeTest, InstantsKeepTheirMicroseconds) {
  for (const Micros instant : {Micros{0}, Micros{1}, kMicrosPerSecond - 1,
                               kMicrosPerSecond, kInstantMicrosMax, Micros{-1},
                               -kMicrosPerSecond, -kMicrosPerSecond - 1}) {
    const auto timestamp = ToTimestamp(instant);
    EXPECT_GE(timestamp.nanos(), 0) << instant;
    EXPECT_LT(timestamp.nanos(), 1'000'000'000) << instant;
    EXPECT_EQ(ToMicros(timestamp), instant);
  }
}

TEST(TimeTest, FinerDigitsAreDroppedTowardsThePast) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(-1);
  timestamp.set_nanos(1'999);
  EXPECT_EQ(ToMicros(timestamp), -kMicrosPerSecond + 1);
}

TEST(TimeTest, DurationsKeepTheirMicroseconds) {
  const auto duration = ToDuration(3 * kMicrosPerSecond + 5);
  EXPECT_EQ(duration.seconds(), 3);
  EXPECT_EQ(duration.nanos(), 5'000);
}

TEST(TimeTest, InstantsAreWrittenInRfc3339) {
  struct {
    Micros instant;
    const char* want;
  } const cases[] = {
      {0, "1970-01-01T00:00:00Z"},
      {1, "1970-01-01T00:00:00.000001Z"},
      {500'000, "1970-01-01T00:00:00.5Z"},
      {kInstantMicrosMax, "9999-12-31T23:59:59.999999Z"},
  };
  for (const auto& c : cases) EXPECT_EQ(FormatInstant(c.instant), c.want);
}

}  // namespace
}  // namespace journey::core
