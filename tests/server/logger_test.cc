#include "service/server/logger.h"

#include <gtest/gtest.h>

namespace journey::server {
namespace {

constexpr core::Micros kNow = 1'767'225'600'500'000;

TEST(LoggerTest, TextQuotesWhatCouldBeMisread) {
  EXPECT_EQ(FormatLogLine(LogFormat::kText, kNow, "info", "ready",
                          {{"grpc", "[::1]:5"}, {"why", "a \"b\"\n"}}),
            "2026-01-01T00:00:00.5Z info ready grpc=[::1]:5 "
            "why=\"a \\\"b\\\"\\n\"");
  EXPECT_EQ(FormatLogLine(LogFormat::kText, kNow, "info", "it's",
                          {{"why", "o'clock"}, {"how", "\\' 'so'"}}),
            "2026-01-01T00:00:00.5Z info it's why=o'clock how=\"\\\\' 'so'\"");
}

TEST(LoggerTest, LineBreaksCannotForgeALine) {
  const std::string line =
      FormatLogLine(LogFormat::kText, kNow, "warn", "a\nb", {{"c", "d\re"}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\r'), std::string::npos);
}

TEST(LoggerTest, JsonIsEscaped) {
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, kNow, "error", "a\"b\\c\x01",
                          {{"k", ""}}),
            "{\"time\":\"2026-01-01T00:00:00.5Z\",\"level\":\"error\","
            "\"message\":\"a\\\"b\\\\c\\u0001\",\"k\":\"\"}");
}

}  // namespace
}  // namespace journey::server
