// Lists of signals and tasks.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SignalListTest : public ::testing::Test {
 protected:
  SignalListTest() : engine_(Engine::Open({dir_.path()}).value()) {
    std::vector<v1::Touchpoint> batch;
    for (int i = 0; i < 10; ++i) {
      batch.push_back(
          Tp(absl::StrCat("o", i), absl::StrCat("2025-01-0", 1 + i % 5),
             absl::StrCat("account_id: 'A", i, "' deal_id: 'D", i,
                          "' owner_id: '", i % 2 == 0 ? "anna" : "bert",
                          "' deal { action: ACTION_OPENED }")));
    }
    batch.push_back(Tp("t", "2025-01-02",
                       "account_id: 'A0' owner_id: 'anna' task { action: "
                       "ACTION_PLANNED task_id: 'T' title: 'Call back' due_at "
                       "{ seconds: 1736467200 } } attributes { fields { key: "
                       "'room' value { string_value: '7' } } }"));
    batch.push_back(Tp("u", "2025-01-02",
                       "account_id: 'A1' owner_id: 'bert' task { action: "
                       "ACTION_PLANNED task_id: 'U' title: 'Some day' }"));
    engine_->clock().Set(At("2025-01-06"));
    EXPECT_TRUE(engine_->Append(batch).ok());
    engine_->clock().Set(At("2025-01-13"));
    EXPECT_TRUE(engine_->Announce().ok());
  }

  v1::ListSignalsRequest Request() {
    v1::ListSignalsRequest request;
    request.set_tenant_id(Engine::kTenant);
    return request;
  }

  std::vector<v1::Signal> List(const v1::ListSignalsRequest& request,
                               int page_size = 3) {
    const auto rows = AllPages(
        request, page_size,
        [&](const auto& r) { return engine_->views().ListSignals(r, Always); },
        [](const auto& r) { return r.signals(); });
    return {rows.begin(), rows.end()};
  }

  std::vector<v1::ActionItem> Tasks(v1::ListTasksRequest request,
                                    int page_size = 3) {
    request.set_tenant_id(Engine::kTenant);
    const auto rows = AllPages(
        request, page_size,
        [&](const auto& r) { return engine_->views().ListTasks(r, Always); },
        [](const auto& r) { return r.items(); });
    return {rows.begin(), rows.end()};
  }

  TempDir dir_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(SignalListTest, OldestFirstWhateverThePage) {
  const auto all = List(Request(), 1000);
  // Ten deals that have been silent for 7 days, of which some also changed the
  // stage of their journey.
  EXPECT_GE(all.size(), 10U);
  for (size_t i = 1; i < all.size(); ++i) {
    EXPECT_LE(core::ToMicros(all[i - 1].since()),
              core::ToMicros(all[i].since()));
  }
  for (const int page_size : {1, 2, 7}) {
    const auto paged = List(Request(), page_size);
    ASSERT_EQ(paged.size(), all.size());
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(paged[i].signal_id(), all[i].signal_id());
    }
  }
}

TEST_F(SignalListTest, Filters) {
  v1::ListSignalsRequest request = Request();
  request.mutable_filter()->add_types(v1::SIGNAL_TYPE_STALL);
  EXPECT_THAT(List(request), SizeIs(10));
  request.mutable_filter()->add_owner_ids("anna");
  EXPECT_THAT(List(request), SizeIs(5));
  request.mutable_filter()->add_owner_ids("bert");
  EXPECT_THAT(List(request), SizeIs(10));
  request.mutable_filter()->set_severity_min(v1::SIGNAL_SEVERITY_CRITICAL);
  EXPECT_THAT(List(request), IsEmpty());
  request.mutable_filter()->clear_severity_min();
  request.set_deal_id("D3");
  EXPECT_THAT(List(request), SizeIs(1));
  request.clear_deal_id();
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id("A3");
  EXPECT_THAT(List(request), SizeIs(1));
  request.clear_subject();
  request.mutable_filter()->add_segments(v1::SEGMENT_LOST);
  EXPECT_THAT(List(request), IsEmpty());
  request.mutable_filter()->set_segments(0, v1::SEGMENT_PROSPECT);
  EXPECT_THAT(List(request), SizeIs(10));
}

TEST_F(SignalListTest, FinishedAndWithdrawnOnesAreListedOnRequest) {
  v1::ListSignalsRequest request = Request();
  request.mutable_filter()->add_types(v1::SIGNAL_TYPE_STALL);
  const std::string id = List(request)[0].signal_id();
  ASSERT_TRUE(engine_->Act(id, v1::SIGNAL_CHANGE_FINISHED).ok());
  EXPECT_THAT(List(request), SizeIs(9));
  request.set_handling(v1::SIGNAL_HANDLING_FINISHED);
  EXPECT_THAT(List(request), SizeIs(1));
  request.clear_handling();
  ASSERT_TRUE(engine_
                  ->Append({Tp("r", "2025-01-13",
                               "account_id: 'A9' deal_id: 'D9' email { action: "
                               "ACTION_REPLIED }")})
                  .ok());
  ASSERT_TRUE(engine_->Announce().ok());
  EXPECT_THAT(List(request), SizeIs(8));
  request.set_include_withdrawn(true);
  EXPECT_THAT(List(request), SizeIs(9));
}

TEST_F(SignalListTest, MergedAccountIsOne) {
  ASSERT_TRUE(
      engine_
          ->Append({Tp("m", "2025-01-13",
                       "account_id: 'A0' account_merge { other_account_id: "
                       "'A1' }")})
          .ok());
  v1::ListSignalsRequest request = Request();
  request.mutable_filter()->add_types(v1::SIGNAL_TYPE_STALL);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id("A1");
  const auto signals = List(request);
  ASSERT_THAT(signals, SizeIs(2));
  EXPECT_EQ(signals[0].journey().id(), "A0");
  EXPECT_EQ(signals[1].journey().id(), "A0");
}

TEST_F(SignalListTest, SubjectThatIsNotKnownHasNoSignalsAndNoTickets) {
  for (const v1::SubjectType type :
       {v1::SUBJECT_TYPE_ACCOUNT, v1::SUBJECT_TYPE_CONTACT,
        v1::SUBJECT_TYPE_VISITOR, v1::SUBJECT_TYPE_DEAL}) {
    SCOPED_TRACE(v1::SubjectType_Name(type));
    v1::ListSignalsRequest signals = Request();
    signals.mutable_subject()->set_type(type);
    signals.mutable_subject()->set_id("nobody");
    const auto none = engine_->views().ListSignals(signals, Always);
    ASSERT_TRUE(none.ok()) << none.status();
    EXPECT_EQ(none->signals_size(), 0);
    EXPECT_GT(none->signal_position(), 0);
    v1::ListTicketsRequest tickets;
    tickets.set_tenant_id(Engine::kTenant);
    *tickets.mutable_subject() = signals.subject();
    const auto no_tickets = engine_->views().ListTickets(tickets, Always);
    ASSERT_TRUE(no_tickets.ok()) << no_tickets.status();
    EXPECT_EQ(no_tickets->tickets_size(), 0);
    EXPECT_GT(no_tickets->log_position(), 0);
  }
}

TEST_F(SignalListTest, TasksOfBothOriginsByWhenTheyAreDue) {
  v1::ListTasksRequest request;
  request.set_owner_id("anna");
  const auto tasks = Tasks(request, 2);
  std::vector<std::string> planned;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].has_planned()) planned.push_back(tasks[i].planned().title());
    if (i > 0) {
      EXPECT_LE(core::ToMicros(tasks[i - 1].due_at()),
                core::ToMicros(tasks[i].due_at()));
    }
    EXPECT_TRUE(tasks[i].overdue());
  }
  EXPECT_THAT(planned, ElementsAre("Call back"));
  EXPECT_GE(tasks.size(), 6U);
  request.set_owner_id("bert");
  // One without a date comes last, and is never overdue.
  const auto others = Tasks(request);
  ASSERT_FALSE(others.empty());
  EXPECT_EQ(others.back().planned().title(), "Some day");
  EXPECT_FALSE(others.back().overdue());
  EXPECT_FALSE(others.back().has_due_at());
}

TEST_F(SignalListTest, TasksByAttributeTypePriorityAndDue) {
  v1::ListTasksRequest request;
  (*request.mutable_attributes()->mutable_fields())["room"].set_string_value(
      "7");
  EXPECT_THAT(Tasks(request), SizeIs(1));
  (*request.mutable_attributes()->mutable_fields())["room"].set_string_value(
      "8");
  EXPECT_THAT(Tasks(request), IsEmpty());
  request.clear_attributes();
  request.add_types(v1::SIGNAL_TYPE_STALL);
  EXPECT_THAT(Tasks(request), SizeIs(10));
  *request.mutable_due_by() = core::ToTimestamp(At("2025-01-08"));
  EXPECT_THAT(Tasks(request), SizeIs(2));
  request.set_priority_min(v1::SIGNAL_PRIORITY_HIGH);
  EXPECT_THAT(Tasks(request), IsEmpty());
}

TEST_F(SignalListTest, DoneTaskIsGone) {
  ASSERT_TRUE(engine_
                  ->Append({Tp("t2", "2025-01-13",
                               "account_id: 'A0' task { action: ACTION_DONE "
                               "task_id: 'T' }")})
                  .ok());
  v1::ListTasksRequest request;
  (*request.mutable_attributes()->mutable_fields())["room"].set_string_value(
      "7");
  EXPECT_THAT(Tasks(request), IsEmpty());
}

}  // namespace
}  // namespace journey::testing
