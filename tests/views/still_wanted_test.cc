// Queries end when nobody wants their answer any more, or when they take too
// long.
#include <functional>
#include <memory>
#include <string>
#include <utility>
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

constexpr int kAccounts = 200;

// Many accounts with an open deal each, and touchpoints before and after the
// instant kThen.
class StillWantedTest : public ::testing::Test {
 protected:
  static constexpr char kThen[] = "2025-01-15";

  StillWantedTest() {
    std::vector<v1::Touchpoint> touchpoints;
    for (int i = 0; i < kAccounts; ++i) {
      const std::string who =
          absl::StrCat("account_id: 'A", i, "' deal_id: 'D", i, "' ");
      touchpoints.push_back(
          Tp(absl::StrCat("open", i), "2025-01-01",
             who + "deal { action: ACTION_OPENED pipeline_id: 'p' }"));
      touchpoints.push_back(Tp(absl::StrCat("call", i), "2025-02-01",
                               who + "call { outcome: OUTCOME_BUSY }"));
    }
    for (int i = 0; i < kAccounts; ++i) {
      touchpoints.push_back(Tp(absl::StrCat("visit", i), "2025-01-02",
                               "account_id: 'BUSY' site_visit {}"));
    }
    EXPECT_TRUE(engine_->Append(touchpoints).ok());
  }

  template <typename Request>
  static Request Past() {
    auto request = Present<Request>();
    *request.mutable_as_of() = core::ToTimestamp(At(kThen));
    return request;
  }
  template <typename Request>
  static Request Present() {
    Request request;
    request.set_tenant_id(Engine::kTenant);
    return request;
  }

  static v1::BatchGetJourneysRequest PastBatch() {
    auto request = Past<v1::BatchGetJourneysRequest>();
    for (int i = 0; i < core::kBatchGetMax; ++i) {
      auto* subject = request.add_subjects();
      subject->set_type(v1::SUBJECT_TYPE_ACCOUNT);
      subject->set_id(absl::StrCat("A", i));
    }
    return request;
  }
  static v1::GetTimelineRequest Timeline() {
    auto request = Present<v1::GetTimelineRequest>();
    request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
    request.mutable_subject()->set_id("BUSY");
    return request;
  }
  static v1::DiffJourneyRequest Difference() {
    auto request = Present<v1::DiffJourneyRequest>();
    *request.mutable_subject() = Timeline().subject();
    *request.mutable_from() = core::ToTimestamp(At(kThen));
    return request;
  }
  static v1::ExplainJourneyRequest Explanation() {
    auto request = Present<v1::ExplainJourneyRequest>();
    *request.mutable_subject() = Timeline().subject();
    return request;
  }
  static v1::ListContactsRequest Contacts() {
    auto request = Present<v1::ListContactsRequest>();
    *request.mutable_subject() = Timeline().subject();
    return request;
  }
  static v1::GetBoardRequest Board(v1::GetBoardRequest request) {
    request.set_pipeline_id("p");
    return request;
  }

  static v1::ListSignalsRequest Signals() {
    auto request = Present<v1::ListSignalsRequest>();
    request.set_include_withdrawn(true);
    request.set_include_historical(true);
    return request;
  }

  // What is to be done, besides.
  void PlanTasksAndAnnounce() {
    std::vector<v1::Touchpoint> touchpoints;
    for (int i = 0; i < kAccounts; ++i) {
      touchpoints.push_back(
          Tp(absl::StrCat("task", i), "2025-02-01",
             absl::StrCat("account_id: 'A", i,
                          "' task { action: ACTION_PLANNED task_id: 'T", i,
                          "' }")));
    }
    ASSERT_TRUE(engine_->Append(touchpoints).ok());
    ASSERT_TRUE(engine_->Announce().ok());
  }

  TempDir dir_;
  const std::unique_ptr<Engine> engine_ = Engine::Open({dir_.path()}).value();
};

// A query of the engine's views, of which only the outcome counts.
struct QueryCase {
  const char* desc;
  std::function<absl::Status(const views::StillWanted&)> query;
};

TEST_F(StillWantedTest, QueryEndsAsSoonAsItIsToldTo) {
  PlanTasksAndAnnounce();
  const views::Views& views = engine_->views();
  const QueryCase cases[] = {
      {"journeys then",
       [&](const auto& wanted) {
         return views.ListJourneys(Past<v1::ListJourneysRequest>(), wanted)
             .status();
       }},
      {"journeys now",
       [&](const auto& wanted) {
         return views.ListJourneys(Present<v1::ListJourneysRequest>(), wanted)
             .status();
       }},
      {"journeys one by one",
       [&](const auto& wanted) {
         return views.BatchGetJourneys(PastBatch(), wanted).status();
       }},
      {"timeline",
       [&](const auto& wanted) {
         return views.GetTimeline(Timeline(), wanted).status();
       }},
      {"difference",
       [&](const auto& wanted) {
         return views.DiffJourney(Difference(), wanted).status();
       }},
      {"explanation",
       [&](const auto& wanted) {
         return views.ExplainJourney(Explanation(), wanted).status();
       }},
      {"contacts",
       [&](const auto& wanted) {
         return views.ListContacts(Contacts(), wanted).status();
       }},
      {"segments then",
       [&](const auto& wanted) {
         return views.CountSegments(Past<v1::CountSegmentsRequest>(), wanted)
             .status();
       }},
      {"segments now",
       [&](const auto& wanted) {
         return views.CountSegments(Present<v1::CountSegmentsRequest>(), wanted)
             .status();
       }},
      {"deals then",
       [&](const auto& wanted) {
         return views.ListDeals(Past<v1::ListDealsRequest>(), wanted).status();
       }},
      {"deals now",
       [&](const auto& wanted) {
         return views.ListDeals(Present<v1::ListDealsRequest>(), wanted)
             .status();
       }},
      {"stalls then",
       [&](const auto& wanted) {
         return views
             .ListStalledDeals(Past<v1::ListStalledDealsRequest>(), wanted)
             .status();
       }},
      {"stalls now",
       [&](const auto& wanted) {
         return views
             .ListStalledDeals(Present<v1::ListStalledDealsRequest>(), wanted)
             .status();
       }},
      {"board then",
       [&](const auto& wanted) {
         return views.GetBoard(Board(Past<v1::GetBoardRequest>()), wanted)
             .status();
       }},
      {"board now",
       [&](const auto& wanted) {
         return views.GetBoard(Board(Present<v1::GetBoardRequest>()), wanted)
             .status();
       }},
      {"signals",
       [&](const auto& wanted) {
         return views.ListSignals(Signals(), wanted).status();
       }},
      {"tasks",
       [&](const auto& wanted) {
         return views.ListTasks(Present<v1::ListTasksRequest>(), wanted)
             .status();
       }},
  };
  for (const QueryCase& test : cases) {
    SCOPED_TRACE(test.desc);
    int asked = 0;
    const auto stop_at_once = [&] {
      ++asked;
      return core::ShuttingDownError();
    };
    EXPECT_EQ(core::ReasonOf(test.query(stop_at_once)),
              v1::ERROR_REASON_SHUTTING_DOWN);
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(test.query(&absl::OkStatus).ok());
  }
}

TEST_F(StillWantedTest, PastQueryAsksBeforeEachJourneyItFolds) {
  int left = 10;
  const auto stop_at_last = [&] {
    return --left == 0 ? absl::CancelledError("") : absl::OkStatus();
  };
  const auto answer = engine_->views().ListStalledDeals(
      Past<v1::ListStalledDealsRequest>(), stop_at_last);
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(left, 0);
}

class SlowQueryTest : public StillWantedTest {
 protected:
  // Lets the clock run for longer than a query may take whenever one asks.
  const views::StillWanted let_time_pass_ = [this] {
    engine_->clock().Advance((core::kQuerySecondsMax + 1) *
                             core::kMicrosPerSecond);
    return absl::OkStatus();
  };
};

TEST_F(SlowQueryTest, AnswerThatCannotBeCutIsRefused) {
  const views::Views& views = engine_->views();
  for (const absl::Status& status :
       {views
            .ListStalledDeals(Past<v1::ListStalledDealsRequest>(),
                              let_time_pass_)
            .status(),
        views.GetBoard(Board(Past<v1::GetBoardRequest>()), let_time_pass_)
            .status(),
        views.GetBoard(Board(Present<v1::GetBoardRequest>()), let_time_pass_)
            .status(),
        views.CountSegments(Past<v1::CountSegmentsRequest>(), let_time_pass_)
            .status(),
        views.CountSegments(Present<v1::CountSegmentsRequest>(), let_time_pass_)
            .status(),
        views.BatchGetJourneys(PastBatch(), let_time_pass_).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_EQ(core::ReasonOf(status), v1::ERROR_REASON_QUERY_TOO_LARGE);
  }
}

TEST_F(SlowQueryTest, PageIsCutShortAndCanBeContinued) {
  auto request = Past<v1::ListDealsRequest>();
  const auto first = engine_->views().ListDeals(request, let_time_pass_);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->deals_size(), 1);
  request.set_page_token(first->next_page_token());
  const auto second = engine_->views().ListDeals(request, &absl::OkStatus);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->deals_size(), core::kPageSizeDefault);
}

TEST_F(SlowQueryTest, TimelineIsCutShortAndCanBeContinued) {
  auto request = Timeline();
  request.set_without_changes(true);
  const auto first = engine_->views().GetTimeline(request, let_time_pass_);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->entries_size(), 1);
  request.set_page_token(first->next_page_token());
  const auto second = engine_->views().GetTimeline(request, &absl::OkStatus);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(second->entries_size(), core::kPageSizeDefault);
  EXPECT_NE(second->entries(0).position(), first->entries(0).position());
}

}  // namespace
}  // namespace journey::testing
