// Planned tasks, the follow-ups of deals, and who owns the account.
#include "projections/task/task.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::Micros;
using History = std::vector<v1::Touchpoint>;

constexpr int kHistories = 400;

std::string Due(const std::string& day) {
  return absl::StrCat("{ seconds: ", At(day) / core::kMicrosPerSecond, " }");
}

v1::Touchpoint Task(const std::string& day, const std::string& fields,
                    const std::string& subjects = "") {
  return Tp(absl::StrCat(day, fields), day,
            absl::StrCat("account_id: 'A' ", subjects, " task { task_id: 'T' ",
                         fields, " }"));
}

v1::Touchpoint Planned(const std::string& day, const std::string& due,
                       const std::string& subjects = "") {
  return Task(day, absl::StrCat("action: ACTION_PLANNED due_at ", Due(due)),
              subjects);
}

v1::Touchpoint Meeting(const std::string& day, const std::string& fields,
                       const std::string& subjects = "") {
  return Tp(
      absl::StrCat(day, fields), day,
      absl::StrCat("account_id: 'A' ", subjects, " meeting { ", fields, " }"));
}

v1::Touchpoint Booked(const std::string& day, const std::string& starts,
                      const std::string& subjects = "") {
  return Meeting(day,
                 absl::StrCat("meeting_id: 'M' action: ACTION_BOOKED "
                              "starts_at ",
                              Due(starts)),
                 subjects);
}

v1::Touchpoint Deal(const std::string& day, const std::string& deal_id,
                    const std::string& action) {
  return Tp(absl::StrCat(day, deal_id, action), day,
            absl::StrCat("account_id: 'A' deal_id: '", deal_id,
                         "' deal { action: ACTION_", action, " }"));
}

// "task:T 2025-01-03T00:00:00Z" and so on.
std::vector<std::string> FollowUpsOf(const std::string& deal_id,
                                     const History& history) {
  projections::JourneyFold fold = FoldAll(*TestRules(), AccountA(), history);
  std::vector<std::string> out;
  for (const auto& follow_up : fold.DealOf(deal_id).follow_ups()) {
    out.push_back(absl::StrCat(follow_up.key(), " ",
                               core::FormatInstant(follow_up.due_us())));
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST(PlannedTasks, TakeTheNewContentWhenPlannedAgain) {
  const History history = {
      Task("2025-01-01",
           "action: ACTION_PLANNED plan_activity_id: 'call' due_at " +
               Due("2025-01-05"),
           "deal_id: 'D' owner_id: 'O'"),
      Task("2025-01-02", "action: ACTION_PLANNED", "owner_id: 'P'")};
  const auto fold = FoldAll(*TestRules(), AccountA(), history);
  ASSERT_EQ(fold.state().planned_tasks_size(), 1);
  const auto& task = fold.state().planned_tasks(0);
  EXPECT_EQ(task.due_us(), 0);
  EXPECT_EQ(task.deal_id(), "");
  EXPECT_EQ(task.owner_id(), "P");
  EXPECT_EQ(task.plan_activity_id(), "");
  EXPECT_EQ(task.planned().at_us(), At("2025-01-02"));
}

TEST(PlannedTasks, EndWhenDoneOrCancelledWhateverTheOrderOfArrival) {
  for (const char* action : {"ACTION_DONE", "ACTION_CANCELLED"}) {
    History history = {Planned("2025-01-01", "2025-01-05"),
                       Task("2025-01-02", absl::StrCat("action: ", action))};
    for (int i = 0; i < 2; ++i) {
      const auto fold = FoldAll(*TestRules(), AccountA(), history);
      EXPECT_EQ(fold.state().planned_tasks_size(), 0) << action;
      std::swap(history[0], history[1]);
    }
  }
}

TEST(PlannedTasks, ForgetTheOneThatWasPlannedLongestAgo) {
  History history;
  for (int i = 0; i <= core::kPlannedTasksMax; ++i) {
    history.push_back(Planned("2025-01-01", "2025-01-05"));
    history.back().mutable_task()->set_task_id(absl::StrCat("T", 10000 + i));
    history.back().set_touchpoint_id(absl::StrCat("t", 10000 + i));
  }
  const auto fold = FoldAll(*TestRules(), AccountA(), history);
  EXPECT_EQ(fold.state().planned_tasks_size(), core::kPlannedTasksMax);
  EXPECT_EQ(fold.state().planned_tasks(0).task_id(), "T10001");
}

TEST(FollowUps, WithoutADealCountForEveryOpenDeal) {
  const History history = {
      Deal("2025-01-01", "D", "OPENED"), Deal("2025-01-01", "E", "OPENED"),
      Planned("2025-01-02", "2025-01-09"), Deal("2025-01-03", "F", "OPENED")};
  const Texts want = {"task:T 2025-01-09T00:00:00Z"};
  EXPECT_EQ(FollowUpsOf("D", history), want);
  EXPECT_EQ(FollowUpsOf("E", history), want);
  EXPECT_EQ(FollowUpsOf("F", history), Texts());
}

TEST(FollowUps, WithADealCountForThatDealOnlyEvenBeforeItIsOpened) {
  const History history = {Deal("2025-01-01", "E", "OPENED"),
                           Booked("2025-01-02", "2025-01-09", "deal_id: 'D'"),
                           Deal("2025-01-03", "D", "OPENED")};
  EXPECT_EQ(FollowUpsOf("D", history), Texts{"meeting:M 2025-01-09T00:00:00Z"});
  EXPECT_EQ(FollowUpsOf("E", history), Texts());
}

TEST(FollowUps, EndWhenDoneOrCancelledOrHeldOrMissed) {
  const v1::Touchpoint opened = Deal("2025-01-01", "D", "OPENED");
  for (const char* action : {"DONE", "CANCELLED"}) {
    EXPECT_EQ(
        FollowUpsOf(
            "D", {opened, Planned("2025-01-02", "2025-01-09", "deal_id: 'D'"),
                  Task("2025-01-03", absl::StrCat("action: ACTION_", action))}),
        Texts())
        << action;
  }
  for (const char* action : {"HELD", "CANCELLED", "NO_SHOW"}) {
    EXPECT_EQ(FollowUpsOf("D", {opened, Booked("2025-01-02", "2025-01-09"),
                                Meeting("2025-01-09",
                                        absl::StrCat("meeting_id: 'M' action: "
                                                     "ACTION_",
                                                     action),
                                        "deal_id: 'D'")}),
              Texts())
        << action;
  }
}

TEST(FollowUps, MoveWhenAMeetingIsBookedAgain) {
  EXPECT_EQ(FollowUpsOf("D", {Deal("2025-01-01", "D", "OPENED"),
                              Booked("2025-01-02", "2025-01-09"),
                              Booked("2025-01-03", "2025-01-20")}),
            Texts{"meeting:M 2025-01-20T00:00:00Z"});
}

TEST(FollowUps, MoveToTheDealForWhichTheyArePlannedAgain) {
  const History history = {Deal("2025-01-01", "D", "OPENED"),
                           Deal("2025-01-01", "E", "OPENED"),
                           Planned("2025-01-02", "2025-01-09"),
                           Planned("2025-01-03", "2025-01-10", "deal_id: 'E'")};
  EXPECT_EQ(FollowUpsOf("D", history), Texts());
  EXPECT_EQ(FollowUpsOf("E", history), Texts{"task:T 2025-01-10T00:00:00Z"});
}

TEST(FollowUps, NeedADate) {
  EXPECT_EQ(FollowUpsOf("D", {Deal("2025-01-01", "D", "OPENED"),
                              Planned("2025-01-02", "2025-01-09"),
                              Task("2025-01-03", "action: ACTION_PLANNED")}),
            Texts());
}

TEST(FollowUps, ForgetTheOneThatWasPlannedLongestAgo) {
  History history = {Deal("2025-01-01", "D", "OPENED")};
  for (int i = 0; i <= core::kFollowUpsMax; ++i) {
    history.push_back(Planned("2025-01-02", "2025-01-09"));
    history.back().mutable_task()->set_task_id(absl::StrCat("T", 1000 + i));
    history.back().set_touchpoint_id(absl::StrCat("t", 1000 + i));
  }
  const Texts got = FollowUpsOf("D", history);
  EXPECT_EQ(got.size(), core::kFollowUpsMax);
  EXPECT_EQ(got[0], "task:T1001 2025-01-09T00:00:00Z");
}

std::string AccountOwner(const std::string& deal_id, const History& history) {
  projections::JourneyFold fold = FoldAll(*TestRules(), AccountA(), history);
  return fold.DealOf(deal_id).account_owner_id();
}

TEST(AccountOwner, IsKnownToDealsThatAreOpenedBeforeAndAfter) {
  const auto owned = [](const std::string& day, const std::string& owner_id) {
    return Tp(
        day, day,
        absl::StrCat("account_id: 'A' owner_id: '", owner_id, "' profile {}"));
  };
  History history = {Deal("2025-01-01", "D", "OPENED"),
                     owned("2025-01-02", "O"),
                     Deal("2025-01-03", "E", "OPENED")};
  EXPECT_EQ(AccountOwner("D", history), "O");
  EXPECT_EQ(AccountOwner("E", history), "O");
  history.push_back(Deal("2025-01-04", "D", "LOST"));
  history.push_back(owned("2025-01-05", "P"));
  EXPECT_EQ(AccountOwner("E", history), "P");
  history.push_back(Deal("2025-01-06", "D", "REOPENED"));
  EXPECT_EQ(AccountOwner("D", history), "P");
}

// What follows from a history in canonical order, by looking at all of it
// again.
class Reference {
 public:
  explicit Reference(const History& history) : history_(history) {}

  bool IsOpen(const std::string& deal_id, size_t end) const {
    v1::DealStatus status = v1::DEAL_STATUS_UNSPECIFIED;
    for (size_t i = 0; i < end; ++i) {
      const v1::Touchpoint& t = history_[i];
      if (!t.has_deal() || t.deal_id() != deal_id) continue;
      const auto action = t.deal().action();
      if (action == v1::DealChange::ACTION_WON) {
        status = v1::DEAL_STATUS_WON;
      } else if (action == v1::DealChange::ACTION_LOST) {
        status = v1::DEAL_STATUS_LOST;
      } else if (action == v1::DealChange::ACTION_REOPENED ||
                 status == v1::DEAL_STATUS_UNSPECIFIED) {
        status = v1::DEAL_STATUS_OPEN;
      }
    }
    return status == v1::DEAL_STATUS_OPEN;
  }

  // By id, when each planned task is due; 0 where it has no date.
  std::map<std::string, Micros> Tasks() const {
    std::map<std::string, Micros> out;
    for (const v1::Touchpoint& t : history_) {
      if (!t.has_task()) continue;
      out.erase(t.task().task_id());
      if (t.task().action() == v1::Task::ACTION_PLANNED) {
        out[t.task().task_id()] = core::ToMicros(t.task().due_at());
      }
    }
    return out;
  }

  // By key, when each follow-up of an open deal is due.
  std::map<std::string, Micros> FollowUps(const std::string& deal_id) const {
    std::map<std::string, Micros> out;
    for (size_t i = 0; i < history_.size(); ++i) {
      const v1::Touchpoint& t = history_[i];
      const bool names_it = t.deal_id() == deal_id;
      if (!names_it && !IsOpen(deal_id, i)) continue;
      const std::string key = t.has_task()
                                  ? "task:" + t.task().task_id()
                                  : "meeting:" + t.meeting().meeting_id();
      if (!t.has_task() && !t.has_meeting()) continue;
      out.erase(key);
      const bool is_for_it = names_it || t.deal_id().empty();
      if (is_for_it && t.task().action() == v1::Task::ACTION_PLANNED &&
          t.task().has_due_at()) {
        out[key] = core::ToMicros(t.task().due_at());
      }
      if (is_for_it && t.meeting().action() == v1::Meeting::ACTION_BOOKED &&
          t.meeting().has_starts_at()) {
        out[key] = core::ToMicros(t.meeting().starts_at());
      }
    }
    return out;
  }

  std::string AccountOwner() const {
    std::string owner_id;
    for (const v1::Touchpoint& t : history_) {
      if (t.has_profile() && !t.owner_id().empty()) owner_id = t.owner_id();
    }
    return owner_id;
  }

 private:
  const History& history_;
};

// Every third touchpoint that is no change of a deal becomes a task or a
// meeting.
History RandomPlans(std::mt19937& random, const RandomHistoryOptions& options) {
  const auto pick = [&](int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random);
  };
  History history = RandomHistory(random, options);
  for (v1::Touchpoint& t : history) {
    if (t.has_deal() || pick(3) > 0) continue;
    const Micros due =
        At("2025-01-01") + pick(options.days) * core::kMicrosPerDay;
    if (pick(2) == 0) {
      v1::Task& task = *t.mutable_task();
      task.set_task_id(absl::StrCat("T", pick(4)));
      task.set_action(static_cast<v1::Task::Action>(1 + pick(3)));
      if (pick(4) > 0) *task.mutable_due_at() = core::ToTimestamp(due);
    } else {
      v1::Meeting& meeting = *t.mutable_meeting();
      meeting.set_action(static_cast<v1::Meeting::Action>(1 + pick(4)));
      if (pick(4) > 0) meeting.set_meeting_id(absl::StrCat("M", pick(3)));
      if (pick(4) > 0) *meeting.mutable_starts_at() = core::ToTimestamp(due);
    }
  }
  std::sort(history.begin(), history.end(), [](const auto& a, const auto& b) {
    return core::OrderKeyOf(a) < core::OrderKeyOf(b);
  });
  return history;
}

TEST(Tasks, AreWhatTheDefinitionsSay) {
  std::mt19937 random(TestSeed(20261124));
  const auto rules = TestRules();
  int tasks = 0;
  int follow_ups = 0;
  for (int i = 0; i < kHistories; ++i) {
    RandomHistoryOptions options;
    options.touchpoints = 5 + i % 60;
    options.deals = 1 + i % 3;
    options.days = 3 + i % 60;
    const History history = RandomPlans(random, options);
    const Reference want(history);
    const auto fold = FoldAll(*rules, AccountA(), history);
    std::map<std::string, Micros> got;
    for (const auto& task : fold.state().planned_tasks()) {
      got[task.task_id()] = task.due_us();
    }
    ASSERT_EQ(got, want.Tasks());
    tasks += static_cast<int>(got.size());
    for (const auto& [deal_id, deal] : fold.deals()) {
      if (!want.IsOpen(deal_id, history.size())) continue;
      got.clear();
      for (const auto& follow_up : deal.state->follow_ups()) {
        got[follow_up.key()] = follow_up.due_us();
      }
      ASSERT_EQ(got, want.FollowUps(deal_id)) << deal_id;
      ASSERT_EQ(deal.state->account_owner_id(), want.AccountOwner());
      follow_ups += static_cast<int>(got.size());
    }
  }
  // The histories are worth something.
  EXPECT_GT(tasks, kHistories / 2);
  EXPECT_GT(follow_ups, kHistories / 4);
}

}  // namespace
}  // namespace journey::testing
