// Lists and counts of segments against the segments of the journeys, asked one
// by one, at many instants; and whatever the order of arrival.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/errors.h"
#include "tests/core/violated_fields.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;

using Names = std::set<std::string>;
using Counts = std::map<v1::Segment, int64_t>;

// Invoices come due, are paid late or never, and are given up.
void MakeBills(std::mt19937& random, std::vector<v1::Touchpoint>& history) {
  for (v1::Touchpoint& t : history) {
    if (!t.has_invoice()) continue;
    v1::Invoice& invoice = *t.mutable_invoice();
    invoice.set_invoice_id(absl::StrCat("I", random() % 40));
    const auto action = random() % 10;
    if (action < 6) invoice.set_action(v1::Invoice::ACTION_ISSUED);
    if (action == 9) invoice.set_action(v1::Invoice::ACTION_WRITTEN_OFF);
    if (random() % 2 == 0) {
      invoice.mutable_due_date()->set_year(2025);
      invoice.mutable_due_date()->set_month(1 + static_cast<int>(random() % 8));
      invoice.mutable_due_date()->set_day(1 + static_cast<int>(random() % 28));
    }
  }
}

// Windows that begin and end within the histories.
std::string ShortWindows() {
  std::ifstream file(JOURNEY_RULES_DIR "/default.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return absl::StrReplaceAll(text,
                             {{"regular: {purchases: 3, months: 12}",
                               "regular: {purchases: 2, months: 2}"},
                              {"    days: 365\n", "    days: 40\n"},
                              {"{gaps_min: 4, deviations: 2, days_min: 30}",
                               "{gaps_min: 2, deviations: 1, days_min: 5}"}});
}

class SegmentListTest : public ::testing::Test {
 protected:
  SegmentListTest() {
    std::ofstream(dir_.Join("rules.yaml")) << ShortWindows();
    engine_ = Open("first");
    RandomHistoryOptions options;
    options.touchpoints = 500;
    options.accounts = 12;
    options.contacts = 8;
    options.deals = 12;
    history_ = RandomHistory(random_, options);
    MakeBills(random_, history_);
    // Whatever the others buy.
    history_.push_back(Tp("asks", "2025-01-03", "account_id: 'P' chat {}"));
    Append(history_, *engine_);
  }

  std::unique_ptr<Engine> Open(const std::string& name) {
    EngineOptions options;
    options.directory = dir_.Join(name);
    options.rules_file = dir_.Join("rules.yaml");
    auto engine = Engine::Open(options);
    EXPECT_TRUE(engine.ok()) << engine.status();
    return *std::move(engine);
  }

  static void Append(const std::vector<v1::Touchpoint>& history,
                     Engine& engine) {
    for (const v1::Touchpoint& touchpoint : history) {
      ASSERT_TRUE(engine.Append({touchpoint}).ok());
    }
  }

  static std::vector<v1::Journey> Listed(
      Engine& engine, const v1::ListJourneysRequest& request) {
    const auto rows = AllPages(
        request, 2,
        [&](const auto& r) { return engine.views().ListJourneys(r, Always); },
        [](const auto& r) { return r.journeys(); });
    return {rows.begin(), rows.end()};
  }

  static Names NamesOf(const std::vector<v1::Journey>& journeys) {
    Names names;
    for (const v1::Journey& journey : journeys) {
      EXPECT_TRUE(names.insert(journey.subject().ShortDebugString()).second);
    }
    return names;
  }

  static Counts CountsOf(Engine& engine, std::optional<core::Micros> as_of) {
    const auto response = engine.views().CountSegments(
        RequestAt<v1::CountSegmentsRequest>(as_of), Always);
    EXPECT_TRUE(response.ok()) << response.status();
    Counts out;
    for (const v1::SegmentCount& count : response->counts()) {
      EXPECT_TRUE(out.emplace(count.segment(), count.journey_count()).second);
    }
    EXPECT_EQ(out.size(), v1::Segment_MAX);
    return out;
  }

  // What the journeys themselves say, one by one.
  static void ExpectIndexAgrees(Engine& engine,
                                std::optional<core::Micros> as_of,
                                Counts& seen) {
    std::map<v1::Segment, Names> want;
    for (const v1::Journey& journey :
         Listed(engine, RequestAt<v1::ListJourneysRequest>(as_of))) {
      for (const v1::SegmentStanding& standing : journey.segments()) {
        want[standing.segment()].insert(journey.subject().ShortDebugString());
      }
    }
    const Counts counts = CountsOf(engine, as_of);
    for (int i = v1::SEGMENT_PROSPECT; i <= v1::Segment_MAX; ++i) {
      const auto segment = static_cast<v1::Segment>(i);
      auto request = RequestAt<v1::ListJourneysRequest>(as_of);
      request.set_segment(segment);
      EXPECT_EQ(NamesOf(Listed(engine, request)), want[segment]) << i;
      EXPECT_EQ(counts.at(segment), static_cast<int64_t>(want[segment].size()))
          << i;
      seen[segment] += counts.at(segment);
    }
  }

  TempDir dir_;
  std::mt19937 random_{TestSeed(20261203)};
  std::unique_ptr<Engine> engine_;
  std::vector<v1::Touchpoint> history_;
};

TEST_F(SegmentListTest, IndexAgreesWithTheJourneysAtEveryInstant) {
  Counts past;
  Counts present;
  for (int day = 0; day < 400; day += 9) {
    const core::Micros instant =
        At("2024-12-28") + day * core::kMicrosPerDay + day % 2;
    const bool is_past = instant < At("2025-05-01");
    SCOPED_TRACE(absl::StrCat("day ", day));
    ExpectIndexAgrees(*engine_, instant, is_past ? past : present);
  }
  for (int i = v1::SEGMENT_PROSPECT; i <= v1::Segment_MAX; ++i) {
    EXPECT_GT(past[static_cast<v1::Segment>(i)], 0) << i;
    EXPECT_GT(present[static_cast<v1::Segment>(i)], 0) << i;
  }
}

// The clock is before the newest touchpoints of some journeys and behind those
// of others: each is seen at an instant of its own.
TEST_F(SegmentListTest, IndexAgreesWhileTouchpointsLieInTheFuture) {
  Counts seen;
  for (const char* now : {"2025-02-01", "2025-04-01", "2025-04-25"}) {
    engine_->clock().Set(At(now));
    SCOPED_TRACE(now);
    ExpectIndexAgrees(*engine_, std::nullopt, seen);
  }
  EXPECT_GT(seen[v1::SEGMENT_LOST], 0);
}

TEST_F(SegmentListTest, OrderOfArrivalDoesNotMatter) {
  for (int i = 0; i < 3; ++i) {
    std::vector<v1::Touchpoint> other = history_;
    std::shuffle(other.begin(), other.end(), random_);
    const auto engine = Open(absl::StrCat("other", i));
    Append(other, *engine);
    for (const char* day : {"2025-03-01", "2025-06-01", "2025-09-01"}) {
      EXPECT_EQ(CountsOf(*engine, At(day)), CountsOf(*engine_, At(day)));
    }
    EXPECT_EQ(engine->Digest(), engine_->Digest());
  }
}

TEST_F(SegmentListTest, RetractedTouchpointsLeaveTheCounts) {
  const auto engine = Open("less");
  std::vector<v1::Touchpoint> kept;
  for (size_t i = 0; i < history_.size(); ++i) {
    if (i % 3 == 0) {
      ASSERT_TRUE(engine_->Retract(history_[i].touchpoint_id()).ok());
    } else {
      kept.push_back(history_[i]);
    }
  }
  Append(kept, *engine);
  for (const char* day : {"2025-06-01", "2026-06-01"}) {
    EXPECT_EQ(CountsOf(*engine_, At(day)), CountsOf(*engine, At(day)));
  }
}

TEST(SegmentConditionTest, RuleSetWithoutSegmentsHasNoneToAskFor) {
  TempDir dir;
  EngineOptions options;
  options.directory = dir.Join("data");
  options.rules_file = JOURNEY_RULES_DIR "/crm_sales.yaml";
  const auto engine = Engine::Open(options).value();
  ASSERT_TRUE(
      engine->Append({Tp("1", "2025-01-01", "account_id: 'A' chat {}")}).ok());
  auto request = RequestAt<v1::ListJourneysRequest>(std::nullopt);
  request.set_segment(v1::SEGMENT_LOST);
  const absl::Status status =
      engine->views().ListJourneys(request, Always).status();
  EXPECT_EQ(core::ReasonOf(status), v1::ERROR_REASON_VALIDATION_FAILED);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("segment"));
  const auto counts = engine->views().CountSegments(
      RequestAt<v1::CountSegmentsRequest>(std::nullopt), Always);
  ASSERT_TRUE(counts.ok()) << counts.status();
  for (const v1::SegmentCount& count : counts->counts()) {
    EXPECT_EQ(count.journey_count(), 0);
  }
}

}  // namespace
}  // namespace journey::testing
