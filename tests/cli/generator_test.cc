#include "cli/generator.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "cli/instants.h"
#include "cli/json.h"
#include "tests/cli/cli_run.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr int64_t kDay = int64_t{86'400} * 1'000'000;

cli::GeneratorOptions Options(uint64_t seed, int accounts) {
  cli::GeneratorOptions options;
  options.seed = seed;
  options.accounts = accounts;
  options.start_micros = kNowMicros;
  return options;
}

std::vector<std::string> Lines(const cli::GeneratorOptions& options) {
  std::vector<std::string> lines;
  cli::Generate(options,
                [&lines](const std::string& line) { lines.push_back(line); });
  return lines;
}

TEST(GeneratorTest, SampleIsWhatTheDefaultsPrint) {
  EXPECT_EQ(RunCli({"generate"}).out,
            ReadFile(JOURNEY_SOURCE_DIR "/deploy/samples/demo.ndjson"));
}

TEST(GeneratorTest, SameSeedSameBytesOtherSeedOtherBytes) {
  EXPECT_EQ(Lines(Options(7, 20)), Lines(Options(7, 20)));
  EXPECT_NE(Lines(Options(7, 20)), Lines(Options(8, 20)));
}

TEST(GeneratorTest, HistoryOfAnAccountDoesNotDependOnTheOthers) {
  const auto some = Lines(Options(3, 10));
  const auto more = Lines(Options(3, 11));
  EXPECT_GT(more.size(), some.size());
  const std::set<std::string> all(more.begin(), more.end());
  for (const std::string& line : some) EXPECT_EQ(all.count(line), 1u) << line;
}

TEST(GeneratorTest, IdsAreUniqueAndTimesWithinTheDays) {
  const cli::GeneratorOptions options = Options(5, 100);
  std::set<std::pair<std::string, std::string>> ids;
  for (int number = 1; number <= options.accounts; ++number) {
    for (const auto& touchpoint : cli::AccountHistory(options, number)) {
      EXPECT_TRUE(
          ids.emplace(touchpoint.source(), touchpoint.touchpoint_id()).second)
          << touchpoint.touchpoint_id();
      const int64_t at = cli::ToMicros(touchpoint.occurred_at());
      EXPECT_GE(at, options.start_micros);
      EXPECT_LT(at, options.start_micros + options.days * kDay);
    }
  }
}

TEST(GeneratorTest, LooksLikeLife) {
  std::map<std::string, int> copies;
  std::map<int, int> kinds;
  std::map<int, int> deal_actions;
  std::set<std::string> open_deals;
  int late = 0;
  int64_t newest = 0;
  for (const std::string& line : Lines(Options(1, 200))) {
    if (++copies[line] > 1) continue;
    v1::Touchpoint touchpoint;
    ASSERT_TRUE(cli::ParseJson(line, touchpoint).ok()) << line;
    ++kinds[touchpoint.payload_case()];
    const int64_t at = cli::ToMicros(touchpoint.occurred_at());
    if (at < newest - kDay) ++late;
    newest = std::max(newest, at);
    if (!touchpoint.has_deal()) continue;
    const auto action = touchpoint.deal().action();
    ++deal_actions[action];
    open_deals.insert(touchpoint.deal_id());
  }
  int repeated = 0;
  for (const auto& [line, count] : copies) repeated += count - 1;
  EXPECT_GT(repeated, 10);
  EXPECT_GT(late, 10);
  EXPECT_GT(kinds.size(), 14u);
  const int won = deal_actions[v1::DealChange::ACTION_WON];
  const int lost = deal_actions[v1::DealChange::ACTION_LOST];
  EXPECT_GT(won, 10);
  EXPECT_GT(lost, 10);
  EXPECT_GT(static_cast<int>(open_deals.size()), won + lost + 10)
      << "some deals die in silence";
}

}  // namespace
}  // namespace journey::testing
