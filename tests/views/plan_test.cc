// Plans as queries show them: the present, the past, and whatever the order in
// which the touchpoints arrived.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/errors.h"
#include "tests/views/query_fixture.h"

namespace journey::testing {
namespace {

constexpr int kHistories = 6;
constexpr int kInstants = 5;
// One of each stage's plan in the default rules, which journeys of random
// touchpoints leave alone else.
constexpr std::array<const char*, 5> kActivities = {
    "first_call", "contract_sent", "handover", "welcome_call",
    "recommendation"};

// All of one account, with tasks for activities of the default rules.
std::vector<v1::Touchpoint> MakeHistory(std::mt19937& random, int days) {
  RandomHistoryOptions options;
  options.touchpoints = 60;
  options.deals = 2;
  options.days = days;
  auto history = RandomHistory(random, options);
  for (v1::Touchpoint& t : history) {
    t.set_account_id("A");
    t.clear_contact_id();
    t.clear_anonymous_id();
    if (t.has_deal() || random() % 4 > 0) continue;
    v1::Task& task = *t.mutable_task();
    task.set_task_id(absl::StrCat("T", random() % 2));
    task.set_action(random() % 3 == 0 ? v1::Task::ACTION_PLANNED
                                      : v1::Task::ACTION_DONE);
    task.set_plan_activity_id(kActivities[random() % kActivities.size()]);
  }
  return history;
}

template <typename Request>
Request About(std::optional<core::Micros> as_of) {
  auto request = RequestAt<Request>(as_of);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id("A");
  return request;
}

absl::StatusOr<v1::GetPlanResponse> PlanIn(Engine& engine,
                                           std::optional<core::Micros> as_of) {
  return engine.views().GetPlan(About<v1::GetPlanRequest>(as_of), Always);
}

std::unique_ptr<Engine> EngineWith(const std::string& directory,
                                   const std::vector<v1::Touchpoint>& history) {
  auto engine = Engine::Open({directory});
  EXPECT_TRUE(engine.ok()) << engine.status();
  for (const v1::Touchpoint& touchpoint : history) {
    EXPECT_TRUE((*engine)->Append({touchpoint}).ok());
  }
  return *std::move(engine);
}

TEST(PlanQueryTest, ThePastIsAsThePresentWasInAnyOrderOfArrival) {
  std::mt19937 random(TestSeed(20261124));
  int with_plan = 0;
  for (int i = 0; i < kHistories; ++i) {
    const int days = 10 + 15 * i;
    auto history = MakeHistory(random, days);
    const TempDir dir;
    const auto engine = EngineWith(dir.path(), history);
    for (int k = 0; k < kInstants; ++k) {
      const core::Micros instant =
          At("2025-01-01") + std::uniform_int_distribution<int64_t>(
                                 0, (days + 5) * core::kMicrosPerDay)(random);
      std::vector<v1::Touchpoint> past;
      for (const v1::Touchpoint& t : history) {
        if (core::ToMicros(t.occurred_at()) <= instant) past.push_back(t);
      }
      std::shuffle(past.begin(), past.end(), random);
      const TempDir other_dir;
      const auto other = EngineWith(other_dir.path(), past);
      other->clock().Set(instant);
      const auto was = PlanIn(*other, std::nullopt);
      auto is = PlanIn(*engine, instant);
      ASSERT_EQ(is.ok(), was.ok()) << is.status() << was.status();
      if (!is.ok()) continue;
      is->set_log_position(was->log_position());
      ASSERT_EQ(is->DebugString(), was->DebugString());
      with_plan += is->plan().points_done() > 0 ? 1 : 0;
      const auto journey = engine->views().GetJourney(
          About<v1::GetJourneyRequest>(instant), Always);
      ASSERT_TRUE(journey.ok()) << journey.status();
      ASSERT_EQ(journey->journey().plan().DebugString(),
                is->plan().DebugString());
    }
  }
  EXPECT_GT(with_plan, kHistories * kInstants / 5);
}

TEST(PlanQueryTest, ShowsAllStagesOfTheTemplate) {
  const TempDir dir;
  const auto engine = EngineWith(
      dir.path(), {Tp("1", "2025-01-01", "account_id: 'A' chat {}")});
  const auto response = PlanIn(*engine, At("2025-01-02"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->journey().id(), "A");
  EXPECT_EQ(response->plan().stage_id(), "lead");
  ASSERT_EQ(response->stages_size(), 6);
  EXPECT_EQ(response->stages(5).id(), "loyalty");
  EXPECT_GT(response->stages(5).hints_size(), 0);
  EXPECT_EQ(response->log_position(), 1);
}

TEST(PlanQueryTest, NobodyHasNoPlan) {
  const TempDir dir;
  const auto engine = EngineWith(dir.path(), {});
  EXPECT_EQ(core::ReasonOf(PlanIn(*engine, std::nullopt).status()),
            v1::ERROR_REASON_SUBJECT_NOT_FOUND);
}

}  // namespace
}  // namespace journey::testing
