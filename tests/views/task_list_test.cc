// Pages of tasks: each task once and in order, wherever a page ends.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

// A task of a contact, without a date unless `more` has one.
v1::Touchpoint Task(const std::string& contact, const std::string& task,
                    const std::string& more = "",
                    const std::string& attributes = "") {
  return Tp(absl::StrCat(contact, "/", task), "2025-01-02",
            absl::StrCat("contact_id: '", contact,
                         "' task { action: ACTION_PLANNED task_id: '", task,
                         "' ", more, " } ", attributes));
}

std::string Attribute(const std::string& key) {
  return absl::StrCat("fields { key: '", key,
                      "' value { string_value: '7' } } ");
}

// "T100", "T101" and so on.
std::vector<std::string> TaskIds(int count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (int i = 0; i < count; ++i) ids.push_back(absl::StrCat("T", 100 + i));
  return ids;
}

class TaskListTest : public ::testing::Test {
 protected:
  void Append(const std::vector<v1::Touchpoint>& touchpoints) {
    constexpr size_t kBatch = core::kBatchTouchpointsMax;
    for (size_t i = 0; i < touchpoints.size(); i += kBatch) {
      const auto from = touchpoints.begin() + static_cast<ptrdiff_t>(i);
      const auto to =
          touchpoints.begin() +
          static_cast<ptrdiff_t>(std::min(i + kBatch, touchpoints.size()));
      ASSERT_TRUE(engine_->Append({from, to}).ok());
    }
  }

  // All pages, of tasks their ids and of signals their deals.
  std::vector<std::string> List(v1::ListTasksRequest request, int page_size,
                                const views::StillWanted& wanted = Always) {
    request.set_tenant_id(Engine::kTenant);
    pages_ = 0;
    const auto rows = AllPages(
        request, page_size,
        [&](const auto& r) {
          ++pages_;
          return engine_->views().ListTasks(r, wanted);
        },
        [](const auto& r) { return r.items(); });
    std::vector<std::string> out;
    for (const v1::ActionItem& item : rows) {
      out.push_back(item.has_planned() ? item.planned().task_id()
                                       : item.signal().deal_id());
    }
    return out;
  }

  TempDir dir_;
  const std::unique_ptr<Engine> engine_ = Engine::Open({dir_.path()}).value();
  // Of the last list.
  int pages_ = 0;
};

TEST_F(TaskListTest, TokenIsGoodWhateverTheOrderOfTheAttributes) {
  const std::vector<std::string> keys = {"room", "floor", "house", "street"};
  std::string attributes = "attributes { ";
  v1::ListTasksRequest request;
  for (const std::string& key : keys) {
    attributes += Attribute(key);
    (*request.mutable_attributes()->mutable_fields())[key].set_string_value(
        "7");
  }
  const std::vector<std::string> ids = TaskIds(20);
  std::vector<v1::Touchpoint> tasks;
  for (const std::string& id : ids) {
    tasks.push_back(Task("C", id, "", attributes + "}"));
  }
  Append(tasks);
  EXPECT_THAT(List(request, 1), ElementsAreArray(ids));
}

TEST_F(TaskListTest, LaterPagesDoNotLookAtWhatWasShown) {
  const std::vector<std::string> ids = TaskIds(300);
  std::vector<v1::Touchpoint> tasks;
  for (const std::string& id : ids) tasks.push_back(Task("C", id));
  Append(tasks);
  // A query asks once for many entries; a page of ten never looks at so many.
  int asked = 0;
  const auto count = [&] {
    ++asked;
    return absl::OkStatus();
  };
  EXPECT_THAT(List({}, 10, count), ElementsAreArray(ids));
  EXPECT_EQ(asked, 0);
  EXPECT_THAT(List({}, 1000, count), ElementsAreArray(ids));
  EXPECT_GT(asked, 0);
}

TEST_F(TaskListTest, BothOriginsAtOneInstantWhateverThePage) {
  std::vector<v1::Touchpoint> batch;
  // Stalled at the instant at which the tasks are due.
  for (const char* deal : {"D1", "D2", "D3"}) {
    batch.push_back(Tp(deal, "2025-01-01",
                       absl::StrCat("account_id: 'A' deal_id: '", deal,
                                    "' deal { action: ACTION_OPENED }")));
  }
  const std::string due = absl::StrCat(
      "due_at { seconds: ", At("2025-01-08") / core::kMicrosPerSecond, " }");
  for (const std::string& id : TaskIds(3)) batch.push_back(Task("C", id, due));
  batch.push_back(Task("C", "last"));
  engine_->clock().Set(At("2025-01-02"));
  Append(batch);
  engine_->clock().Set(At("2025-01-08"));
  ASSERT_TRUE(engine_->Announce().ok());
  v1::ListTasksRequest request;
  const std::vector<std::string> all = List(request, 1000);
  // At one instant planned ones come first.
  ASSERT_GE(all.size(), 7U);
  EXPECT_EQ(std::count_if(all.begin(), all.end(),
                          [](const std::string& id) { return id[0] == 'D'; }),
            3);
  EXPECT_EQ(all.back(), "last");
  for (int page_size = 1; page_size < 8; ++page_size) {
    EXPECT_EQ(List(request, page_size), all) << page_size;
  }
}

TEST_F(TaskListTest, PageThatIsCutShortIsContinuedBehindWhatItShowed) {
  const std::vector<std::string> ids = TaskIds(200);
  std::vector<v1::Touchpoint> tasks;
  for (const std::string& id : ids) tasks.push_back(Task("C", id));
  Append(tasks);
  // The clock runs for longer than a query may take whenever one asks.
  const auto let_time_pass = [this] {
    engine_->clock().Advance((core::kQuerySecondsMax + 1) *
                             core::kMicrosPerSecond);
    return absl::OkStatus();
  };
  EXPECT_THAT(List({}, 1000, let_time_pass), ElementsAreArray(ids));
  EXPECT_GT(pages_, 1);
}

TEST_F(TaskListTest, PageLooksAtSoManyEntries) {
  std::vector<v1::Touchpoint> tasks;
  for (int i = 0; i < core::kListEntriesScannedMax - 1; ++i) {
    tasks.push_back(Task(absl::StrCat("C", i), "T"));
  }
  // The last one that the first page looks at, and the one behind.
  const std::string attributes =
      absl::StrCat("attributes { ", Attribute("room"), "}");
  tasks.push_back(Task("Z", "T1", "", attributes));
  tasks.push_back(Task("Z", "T2", "", attributes));
  Append(tasks);
  v1::ListTasksRequest request;
  (*request.mutable_attributes()->mutable_fields())["room"].set_string_value(
      "7");
  EXPECT_THAT(List(request, 1000), ElementsAre("T1", "T2"));
  EXPECT_EQ(pages_, 2);
}

}  // namespace
}  // namespace journey::testing
