#include "cli/instants.h"

#include <gtest/gtest.h>

#include "tests/cli/cli_run.h"

namespace journey::testing {
namespace {

TEST(InstantsTest, AcceptsTheFormsThatPeopleWrite) {
  const struct {
    const char* text;
    const char* instant;
  } cases[] = {
      {"2025-03-01T08:15:00Z", "2025-03-01T08:15:00Z"},
      {"2025-03-01T08:15:00.123456789Z", "2025-03-01T08:15:00.123456Z"},
      {"2025-03-01T08:15:00+01:30", "2025-03-01T06:45:00Z"},
      {"2025-03-01 08:15:00", "2025-03-01T08:15:00Z"},
      {"2025-03-01T08:15:00", "2025-03-01T08:15:00Z"},
      {"2025-03-01 08:15", "2025-03-01T08:15:00Z"},
      {" 2025-03-01 ", "2025-03-01T00:00:00Z"},
      {"now", "2025-03-01T00:00:00Z"},
      {"-7d", "2025-02-22T00:00:00Z"},
      {"-36h", "2025-02-27T12:00:00Z"},
      {"+2w", "2025-03-15T00:00:00Z"},
      {"-90m", "2025-02-28T22:30:00Z"},
      {"-30s", "2025-02-28T23:59:30Z"},
  };
  for (const auto& test : cases) {
    const auto instant = cli::ParseInstant(test.text, kNowMicros);
    ASSERT_TRUE(instant.ok()) << test.text;
    EXPECT_EQ(cli::Rfc3339(*instant), test.instant) << test.text;
  }
}

TEST(InstantsTest, RefusesEverythingElse) {
  for (const char* text :
       {"", "yesterday", "2025", "2025-3-1", "2025-02-30", "2025-13-01",
        "01.03.2025", "infinite-past", "-d", "-7y", "7d", "--7d", "-+7d",
        "-1.5d", "2025-03-01T25:00:00Z", "2025-03-01 junk", "99999-01-01"}) {
    EXPECT_FALSE(cli::ParseInstant(text, kNowMicros).ok()) << text;
  }
}

TEST(InstantsTest, TimestampsBeforeNineteenSeventyKeepTheirOrder) {
  const auto timestamp = cli::FromMicros(-1);
  EXPECT_EQ(timestamp.seconds(), -1);
  EXPECT_EQ(timestamp.nanos(), 999'999'000);
  EXPECT_EQ(cli::ToMicros(timestamp), -1);
}

TEST(InstantsTest, ParsesTimeLimits) {
  EXPECT_EQ(*cli::ParseTimeout("30"), absl::Seconds(30));
  EXPECT_EQ(*cli::ParseTimeout("0.5"), absl::Milliseconds(500));
  EXPECT_EQ(*cli::ParseTimeout("500ms"), absl::Milliseconds(500));
  EXPECT_EQ(*cli::ParseTimeout("2m"), absl::Minutes(2));
  for (const char* text : {"", "0", "-1s", "x", "inf", "25h"}) {
    EXPECT_FALSE(cli::ParseTimeout(text).ok()) << text;
  }
}

TEST(InstantsTest, ShortDurationsUseTheLargestWholeUnit) {
  constexpr int64_t kSecond = 1'000'000;
  constexpr int64_t kDay = 86'400 * kSecond;
  EXPECT_EQ(cli::ShortDuration(0), "0s");
  EXPECT_EQ(cli::ShortDuration(59 * kSecond), "59s");
  EXPECT_EQ(cli::ShortDuration(60 * kSecond), "1m");
  EXPECT_EQ(cli::ShortDuration(3'599 * kSecond), "59m");
  EXPECT_EQ(cli::ShortDuration(3'600 * kSecond), "1h");
  EXPECT_EQ(cli::ShortDuration(12 * kDay), "12d");
  EXPECT_EQ(cli::ShortDuration(-2 * kDay), "-2d");
}

}  // namespace
}  // namespace journey::testing
