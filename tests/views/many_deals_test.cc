// Questions about how a journey with thousands of open deals went.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr int kDeals = 3000;
// How many entries are looked at for one question whether the answer is still
// wanted.
constexpr int kEntriesPerQuestion = 64;

// One account whose deals were opened a minute apart and stall by time alone.
class ManyDealsTest : public ::testing::Test {
 protected:
  ManyDealsTest() {
    std::vector<v1::Touchpoint> batch;
    for (int i = 0; i < kDeals; ++i) {
      batch.push_back(
          Tp(absl::StrCat("open", i),
             core::FormatInstant(At("2025-01-01") +
                                 i * int64_t{60} * core::kMicrosPerSecond),
             absl::StrCat("account_id: 'A' deal_id: 'D", i,
                          "' deal { action: ACTION_OPENED }")));
      if (batch.size() < core::kBatchTouchpointsMax && i + 1 < kDeals) continue;
      EXPECT_TRUE(engine_->Append(batch).ok());
      batch.clear();
    }
  }

  static v1::DiffJourneyRequest Difference(const std::string& from,
                                           const std::string& to) {
    v1::DiffJourneyRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
    request.mutable_subject()->set_id("A");
    *request.mutable_from() = core::ToTimestamp(At(from));
    *request.mutable_to() = core::ToTimestamp(At(to));
    return request;
  }

  // A deal at an instant; the reason where it is not found.
  static std::string DealAt(Engine& engine, int number,
                            const std::string& as_of) {
    v1::GetDealRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.set_deal_id(absl::StrCat("D", number));
    *request.mutable_as_of() = core::ToTimestamp(At(as_of));
    const auto answer = engine.views().GetDeal(request, &absl::OkStatus);
    return answer.ok() ? answer->deal().DebugString()
                       : std::string(answer.status().message());
  }

  // How often a question asks whether its answer is still wanted.
  int Asked(const v1::DiffJourneyRequest& request) {
    int asked = 0;
    const auto count = [&] {
      ++asked;
      return absl::OkStatus();
    };
    const auto answer = engine_->views().DiffJourney(request, count);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return asked;
  }

  TempDir dir_;
  const std::unique_ptr<Engine> engine_ = Engine::Open({dir_.path()}).value();
};

TEST_F(ManyDealsTest, ChangesCostAsMuchAsTheDealsTheyConcern) {
  const int before = Asked(Difference("2025-01-05", "2025-01-05"));
  const int asked = Asked(Difference("2025-01-05", "2025-03-01")) - before;
  // Each deal becomes inactive, and is neglected.
  EXPECT_GE(asked, 2 * kDeals / kEntriesPerQuestion);
  EXPECT_LE(asked, 3 * kDeals / kEntriesPerQuestion);
}

TEST_F(ManyDealsTest, QuestionEndsWhileItFindsChanges) {
  const auto request = Difference("2025-01-05", "2025-03-01");
  int left = Asked(request);
  const auto stop_at_last = [&] {
    return --left == 0 ? absl::CancelledError("") : absl::OkStatus();
  };
  EXPECT_EQ(engine_->views().DiffJourney(request, stop_at_last).status().code(),
            absl::StatusCode::kCancelled);
}

TEST_F(ManyDealsTest, NewestChangesAreKept) {
  const auto answer = engine_->views().DiffJourney(
      Difference("2024-12-01", "2025-03-01"), &absl::OkStatus);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->changes_size(), core::kDiffChangesMax);
  // Two stalls a deal, awareness and opportunity, and the lead's beginning.
  EXPECT_EQ(answer->changes_left_out() + answer->changes_size(),
            2 * kDeals + 2);
  const v1::JourneyChange& last = *answer->changes().rbegin();
  EXPECT_EQ(last.stall().deal_id(), absl::StrCat("D", kDeals - 1));
  EXPECT_EQ(last.stall().reason(), v1::STALL_REASON_NEGLECTED);
}

// Deals that the journey no longer lists as open are the same whether or not
// there are snapshots.
TEST_F(ManyDealsTest, DealsAreInThePastAsTheyWere) {
  TempDir dir;
  EngineOptions options{dir.path()};
  options.snapshot_touchpoints = 1'000'000;
  const auto other = Engine::Open(options).value();
  std::vector<v1::Touchpoint> batch;
  const auto events = engine_->event_log().ReadRange(
      Engine::kTenant, 1, /*backwards=*/false, 1'000'000, size_t{1} << 30);
  ASSERT_TRUE(events.ok()) << events.status();
  for (const log::LogEvent& event : *events) {
    batch.push_back(*event.touchpoint);
    if (batch.size() < core::kBatchTouchpointsMax) continue;
    ASSERT_TRUE(other->Append(batch).ok());
    batch.clear();
  }
  const std::vector<v1::Touchpoint> calls = {
      Tp("call", "2025-01-01T20:00:00Z", "account_id: 'A' call {}"),
      Tp("later", "2025-01-04", "account_id: 'A' call {}")};
  ASSERT_TRUE(engine_->Append(calls).ok());
  batch.insert(batch.end(), calls.begin(), calls.end());
  ASSERT_TRUE(other->Append(batch).ok());
  for (const int number : {0, 150, 199, 500, 1199, 1500, 1999, 2000, 2999}) {
    for (const char* as_of : {"2025-01-01T18:00:00Z", "2025-01-01T23:00:00Z",
                              "2025-01-03T12:00:00Z", "2025-02-01"}) {
      EXPECT_EQ(DealAt(*engine_, number, as_of), DealAt(*other, number, as_of))
          << number << " at " << as_of;
    }
  }
  EXPECT_NE(DealAt(*engine_, 500, "2025-01-01T23:00:00Z").find("stage"),
            std::string::npos);
}

}  // namespace
}  // namespace journey::testing
