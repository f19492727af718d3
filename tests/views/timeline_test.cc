// Which timelines there are, where their changes end, and what a page costs.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr int kEntriesPerQuestion = 64;

class TimelineTest : public ::testing::Test {
 protected:
  void Append(const std::string& id, const std::string& at,
              const std::string& fields) {
    ASSERT_TRUE(engine_->Append({Tp(id, at, fields)}).ok());
  }
  void Retract(const std::string& id) {
    ASSERT_TRUE(engine_->Retract(id).ok());
  }

  static v1::GetTimelineRequest Timeline(const std::string& account_id) {
    v1::GetTimelineRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
    request.mutable_subject()->set_id(account_id);
    return request;
  }

  // The number of entries; -1 where there is no journey.
  int EntriesOf(const v1::GetTimelineRequest& request) {
    const auto answer = engine_->views().GetTimeline(request, &absl::OkStatus);
    if (answer.ok()) return answer->entries_size();
    EXPECT_EQ(core::ReasonOf(answer.status()),
              v1::ERROR_REASON_SUBJECT_NOT_FOUND)
        << answer.status();
    return -1;
  }

  TempDir dir_;
  const std::unique_ptr<Engine> engine_ = Engine::Open({dir_.path()}).value();
};

TEST_F(TimelineTest, ChangesThatHaveNotHappenedAreNotShown) {
  // Half a day before the deal is inactive.
  engine_->clock().Set(At("2025-01-07T12:00:00Z"));
  Append("open", "2025-01-01",
         "account_id: 'A' deal_id: 'D' deal { action: ACTION_OPENED }");
  Append("call", "2025-01-08T08:00:00Z",
         "account_id: 'A' call { outcome: OUTCOME_BUSY }");
  Retract("call");
  Append("link", "2025-01-08T09:00:00Z",
         "account_id: 'A' contact_id: 'C' identity_link {}");
  auto request = Timeline("A");
  for (const bool show_retracted : {false, true}) {
    for (const bool newest_first : {false, true}) {
      for (const int page_size : {1, 100}) {
        request.set_show_retracted(show_retracted);
        request.set_newest_first(newest_first);
        request.set_page_size(page_size);
        request.clear_page_token();
        int touchpoints = 0;
        do {
          const auto page =
              engine_->views().GetTimeline(request, &absl::OkStatus);
          ASSERT_TRUE(page.ok()) << page.status();
          for (const v1::TimelineEntry& entry : page->entries()) {
            EXPECT_FALSE(entry.change().has_stall()) << entry.DebugString();
            touchpoints += static_cast<int>(entry.has_touchpoint());
          }
          request.set_page_token(page->next_page_token());
        } while (!request.page_token().empty());
        EXPECT_EQ(touchpoints, show_retracted ? 3 : 2);
      }
    }
  }
}

TEST_F(TimelineTest, ChangesUpToATouchpointInTheFutureAreShown) {
  engine_->clock().Set(At("2025-01-07T12:00:00Z"));
  Append("open", "2025-01-01",
         "account_id: 'A' deal_id: 'D' deal { action: ACTION_OPENED }");
  Append("mail", "2025-01-08T08:00:00Z",
         "account_id: 'A' owner_id: 'O' email { action: ACTION_SENT }");
  const auto answer =
      engine_->views().GetTimeline(Timeline("A"), &absl::OkStatus);
  ASSERT_TRUE(answer.ok()) << answer.status();
  int stalls = 0;
  for (const v1::TimelineEntry& entry : answer->entries()) {
    stalls += static_cast<int>(entry.change().has_stall());
  }
  EXPECT_EQ(stalls, 1);
}

TEST_F(TimelineTest, JourneyOfWhichNothingIsLeftIsNotFound) {
  Append("1", "2025-01-01", "account_id: 'A' call { outcome: OUTCOME_BUSY }");
  Retract("1");
  auto request = Timeline("A");
  EXPECT_EQ(EntriesOf(request), -1);
  request.set_show_retracted(true);
  EXPECT_EQ(EntriesOf(request), 1);
  *request.mutable_as_of() = core::ToTimestamp(At("2024-12-31"));
  EXPECT_EQ(EntriesOf(request), -1);
}

TEST_F(TimelineTest, DealRetractedBeforeItCameIsShownAsIfItHadBeenAfter) {
  for (const char* id : {"1", "2"}) {
    if (id[0] == '1') Retract(id);
    Append(id, "2025-01-01",
           absl::StrCat("deal_id: 'D", id, "' deal { action: ACTION_OPENED }"));
    if (id[0] == '2') Retract(id);
    auto request = Timeline(absl::StrCat("D", id));
    request.mutable_subject()->set_type(v1::SUBJECT_TYPE_DEAL);
    EXPECT_EQ(EntriesOf(request), -1) << id;
    request.set_show_retracted(true);
    EXPECT_EQ(EntriesOf(request), 1) << id;
  }
}

TEST_F(TimelineTest, JourneyThatIsOnlyLinkedHasATimeline) {
  Append("1", "2025-01-01", "account_id: 'A' contact_id: 'C' identity_link {}");
  EXPECT_EQ(EntriesOf(Timeline("A")), 1);
  Retract("1");
  EXPECT_EQ(EntriesOf(Timeline("A")), -1);
}

TEST_F(TimelineTest, FilterThatFindsNothingIsNoError) {
  Append("1", "2025-01-01", "account_id: 'A' call { outcome: OUTCOME_BUSY }");
  auto request = Timeline("A");
  request.set_without_changes(true);
  request.add_kinds(v1::TOUCHPOINT_KIND_OFFER);
  EXPECT_EQ(EntriesOf(request), 0);
}

// One account with many touchpoints and a few deals.
class LongTimelineTest : public TimelineTest {
 protected:
  static constexpr int kTouchpoints = 16'000;

  LongTimelineTest() {
    std::vector<v1::Touchpoint> batch;
    for (int i = 0; i < kTouchpoints; ++i) {
      batch.push_back(
          Tp(absl::StrCat(i),
             core::FormatInstant(At("2025-01-01") +
                                 i * int64_t{600} * core::kMicrosPerSecond),
             i % 200 == 0 ? absl::StrCat("account_id: 'A' deal_id: 'D", i,
                                         "' deal { action: ACTION_OPENED }")
                          : "account_id: 'A' site_visit {}"));
      if (batch.size() < core::kBatchTouchpointsMax) continue;
      EXPECT_TRUE(engine_->Append(batch).ok());
      batch.clear();
    }
    engine_->clock().Advance(core::kMicrosPerSecond);
  }
};

TEST_F(LongTimelineTest, PageFoldsATouchpointAFewTimes) {
  auto request = Timeline("A");
  // Finds no touchpoint, so that one page looks at all.
  request.add_kinds(v1::TOUCHPOINT_KIND_OFFER);
  request.set_page_size(core::kPageSizeMax);
  *request.mutable_known_at() = core::ToTimestamp(engine_->clock().Now() - 1);
  std::vector<std::string> entries[2];
  for (const bool newest_first : {false, true}) {
    request.set_newest_first(newest_first);
    int asked = 0;
    const auto count = [&] {
      ++asked;
      return absl::OkStatus();
    };
    const auto answer = engine_->views().GetTimeline(request, count);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->next_page_token(), "");
    // Rows are looked at and touchpoints folded: all of that together.
    EXPECT_LE(asked * kEntriesPerQuestion, 8 * kTouchpoints)
        << (newest_first ? "newest first" : "oldest first");
    for (const v1::TimelineEntry& entry : answer->entries()) {
      entries[newest_first ? 1 : 0].push_back(entry.DebugString());
    }
  }
  EXPECT_GT(entries[0].size(), 2 * kTouchpoints / 200);
  EXPECT_EQ(entries[0],
            std::vector<std::string>(entries[1].rbegin(), entries[1].rend()));
}

}  // namespace
}  // namespace journey::testing
