// The segments of the fold against the naive reference, on random histories
// and rules.
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "projections/segment/segment.h"
#include "service/core/time.h"
#include "tests/projections/random_segments.h"
#include "tests/projections/reference_segments.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::Micros;
using projections::SegmentInterval;

constexpr int kHistories = 500;
constexpr int kInstantsPerHistory = 6;

std::shared_ptr<const projections::Rules> RulesWith(
    const v1::SegmentRules& segments) {
  v1::RuleSet rule_set = TestRules()->rule_set();
  *rule_set.mutable_segments() = segments;
  return projections::Rules::Make(rule_set).value();
}

std::vector<v1::Touchpoint> UpTo(Micros instant,
                                 const std::vector<v1::Touchpoint>& history) {
  std::vector<v1::Touchpoint> past;
  for (const v1::Touchpoint& t : history) {
    if (core::ToMicros(t.occurred_at()) <= instant) past.push_back(t);
  }
  return past;
}

SegmentDates DatesOf(const std::vector<v1::SegmentStanding>& standings) {
  SegmentDates out;
  for (const v1::SegmentStanding& standing : standings) {
    EXPECT_TRUE(
        out.emplace(standing.segment(), core::ToMicros(standing.since()))
            .second);
    EXPECT_FALSE(standing.explanation().text().empty());
  }
  return out;
}

std::string Dump(const projections::Rules& rules,
                 const std::vector<v1::Touchpoint>& history, Micros instant) {
  std::string out =
      absl::StrCat("at ", core::FormatInstant(instant), "\n",
                   rules.rule_set().segments().ShortDebugString(), "\n");
  for (const v1::Touchpoint& t : history) {
    absl::StrAppend(&out, core::FormatInstant(core::ToMicros(t.occurred_at())),
                    " ", t.ShortDebugString(), "\n");
  }
  return out;
}

// The intervals known at one instant say what holds at a later one: every
// segment in its order, none twice, and each one's beginning.
void ExpectIntervalsSay(const std::vector<SegmentInterval>& intervals,
                        const SegmentDates& want, Micros instant,
                        const std::string& dump) {
  SegmentDates got;
  for (size_t i = 0; i < intervals.size(); ++i) {
    const SegmentInterval& interval = intervals[i];
    ASSERT_LT(interval.since, interval.until) << dump;
    if (i > 0) {
      ASSERT_LE(intervals[i - 1].segment, interval.segment) << dump;
    }
    if (interval.since > instant || interval.until <= instant) continue;
    ASSERT_TRUE(got.emplace(interval.segment, interval.since).second) << dump;
  }
  ASSERT_EQ(got, want) << dump;
}

TEST(SegmentReferenceTest, FoldConcludesWhatTheDefinitionsSay) {
  std::mt19937 random(TestSeed(20261201));
  std::map<v1::Segment, int> seen;
  for (int i = 0; i < kHistories; ++i) {
    const auto rules = RulesWith(RandomSegmentRules(random));
    const int days = 30 + i % 400;
    const auto history = RandomPurchases(random, 3 + i % 50, days);
    for (int k = 0; k < kInstantsPerHistory; ++k) {
      const Micros instant =
          At("2024-01-01") + std::uniform_int_distribution<int64_t>(
                                 0, 2 * days * core::kMicrosPerDay)(random);
      const auto past = UpTo(instant, history);
      const auto fold = FoldAll(*rules, AccountA(), past);
      const SegmentDates want =
          ReferenceSegments(rules->rule_set(), past, instant);
      const SegmentDates got =
          DatesOf(projections::SegmentsAt(*rules, fold.state(), instant));
      ASSERT_EQ(got, want) << Dump(*rules, past, instant);
      ASSERT_NO_FATAL_FAILURE(
          ExpectIntervalsSay(projections::SegmentIntervals(fold.state()), want,
                             instant, Dump(*rules, past, instant)));
      for (const auto& [segment, since] : want) ++seen[segment];
    }
  }
  for (int i = v1::SEGMENT_PROSPECT; i <= v1::Segment_MAX; ++i) {
    EXPECT_GT(seen[static_cast<v1::Segment>(i)], kHistories / 10) << i;
  }
}

// Exactly where time changes something, and one microsecond before.
TEST(SegmentReferenceTest, IntervalsEndAndBeginToTheMicrosecond) {
  std::mt19937 random(TestSeed(20261202));
  int edges = 0;
  for (int i = 0; i < kHistories; ++i) {
    const auto rules = RulesWith(RandomSegmentRules(random));
    const auto history = RandomPurchases(random, 3 + i % 40, 30 + i % 300);
    const auto fold = FoldAll(*rules, AccountA(), history);
    const Micros newest = fold.state().newest().at_us();
    for (const SegmentInterval& interval :
         projections::SegmentIntervals(fold.state())) {
      for (const Micros edge : {interval.since, interval.until}) {
        if (edge <= newest || edge == core::kNever) continue;
        ++edges;
        for (const Micros instant : {edge - 1, edge}) {
          ASSERT_EQ(
              DatesOf(projections::SegmentsAt(*rules, fold.state(), instant)),
              ReferenceSegments(rules->rule_set(), history, instant))
              << Dump(*rules, history, instant);
        }
      }
    }
  }
  EXPECT_GT(edges, kHistories / 2);
}

}  // namespace
}  // namespace journey::testing
