// The plan of a stage: what is done, overdue, and how fast.
#include "projections/plan/plan.h"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::Micros;
using History = std::vector<v1::Touchpoint>;
using Rules = projections::Rules;

constexpr Micros kHour = Micros{3600} * core::kMicrosPerSecond;

// The default rules, in which only these stages have plans; each activity in
// protobuf text format.
std::shared_ptr<const Rules> RulesWith(
    const std::map<std::string, std::vector<std::string>>& plans) {
  v1::RuleSet rule_set = TestRules()->rule_set();
  for (auto& stage : *rule_set.mutable_lifecycle()->mutable_stages()) {
    stage.clear_plan();
    const auto plan = plans.find(stage.id());
    if (plan == plans.end()) continue;
    for (const std::string& text : plan->second) {
      EXPECT_TRUE(
          google::protobuf::TextFormat::ParseFromString(text, stage.add_plan()))
          << text;
    }
  }
  const auto rules = Rules::Make(rule_set);
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

std::string Activity(const std::string& id, int expected_hours,
                     const std::string& match = "") {
  return absl::StrCat("id: '", id, "' name: 'Do ", id,
                      "' points: 10 expected_hours: ", expected_hours, " ",
                      match);
}

constexpr char kCall[] =
    "kind: TOUCHPOINT_KIND_CALL actions: 'connected' direction: "
    "DIRECTION_OUTBOUND";

v1::Journey Concluded(const Rules& rules, absl::string_view instant,
                      const History& history) {
  return projections::ConcludeJourney(
      rules, FoldAll(rules, AccountA(), history), At(instant));
}

// "call done 2025-01-02T00:00:00Z by 2", "offer overdue", "task open".
std::vector<std::string> Activities(const v1::Plan& plan) {
  std::vector<std::string> out;
  for (const auto& activity : plan.activities()) {
    std::string text = absl::StrCat(activity.activity_id(),
                                    activity.overdue() ? " overdue" : " open");
    if (activity.has_done_at()) {
      EXPECT_FALSE(activity.overdue());
      text =
          absl::StrCat(activity.activity_id(), " done ",
                       core::FormatInstant(core::ToMicros(activity.done_at())),
                       " by ", activity.cause().touchpoint_id());
    }
    out.push_back(std::move(text));
  }
  return out;
}

using Texts = std::vector<std::string>;

v1::Touchpoint Form(const std::string& id, const std::string& at) {
  return Tp(id, at,
            "account_id: 'A' form_submission { intent: INTENT_CONTACT }");
}

v1::Touchpoint Called(const std::string& id, const std::string& at) {
  return Tp(id, at,
            "account_id: 'A' direction: DIRECTION_OUTBOUND call { outcome: "
            "OUTCOME_CONNECTED }");
}

TEST(Plan, IsDoneByTheFirstMatchingTouchpointOfTheVisit) {
  const auto rules =
      RulesWith({{"lead",
                  {Activity("call", 24, kCall),
                   Activity("mail", 48, "kind: TOUCHPOINT_KIND_EMAIL")}}});
  const History history = {
      Called("0", "2024-12-31"),
      Form("1", "2025-01-01"),
      Tp("2", "2025-01-02",
         "account_id: 'A' direction: DIRECTION_OUTBOUND call { outcome: "
         "OUTCOME_NO_ANSWER }"),
      Tp("3", "2025-01-02",
         "account_id: 'A' call { outcome: OUTCOME_CONNECTED }"),
      Called("4", "2025-01-03"),
      Called("5", "2025-01-04")};
  const v1::Journey journey = Concluded(*rules, "2025-01-05", history);
  ASSERT_EQ(journey.stage().stage_id(), "lead");
  const v1::Plan& plan = journey.plan();
  EXPECT_EQ(plan.stage_id(), "lead");
  EXPECT_EQ(core::ToMicros(plan.entered_at()), At("2025-01-01"));
  EXPECT_EQ(Activities(plan),
            (Texts{"call done 2025-01-03T00:00:00Z by 4", "mail overdue"}));
  EXPECT_EQ(plan.points_done(), 10);
  EXPECT_EQ(plan.points(), 20);
  // 24 of 48 hours, and 48 of 96.
  EXPECT_DOUBLE_EQ(plan.momentum(), 0.5);
  EXPECT_EQ(plan.activities(0).name(), "Do call");
  EXPECT_EQ(core::ToMicros(plan.activities(1).expected_at()), At("2025-01-03"));
}

TEST(Plan, IsOverdueFromTheExpectedInstantOn) {
  const auto rules = RulesWith({{"lead", {Activity("call", 24, kCall)}}});
  const History history = {Form("1", "2025-01-01")};
  v1::Plan plan = Concluded(*rules, "2025-01-01T23:59:59Z", history).plan();
  EXPECT_EQ(Activities(plan), Texts{"call open"});
  EXPECT_FALSE(plan.has_momentum());
  plan = Concluded(*rules, "2025-01-02", history).plan();
  EXPECT_EQ(Activities(plan), Texts{"call overdue"});
  EXPECT_EQ(plan.momentum(), 1);
  EXPECT_DOUBLE_EQ(Concluded(*rules, "2025-01-05", history).plan().momentum(),
                   0.25);
}

TEST(Plan, CountsTheTouchpointThatLeadsIntoTheStageForTheNewVisit) {
  const auto rules = RulesWith(
      {{"lead",
        {Activity("form", 24, "kind: TOUCHPOINT_KIND_FORM_SUBMISSION"),
         Activity("invoice", 24, "kind: TOUCHPOINT_KIND_INVOICE")}},
       {"purchase",
        {Activity("bill", 24,
                  "kind: TOUCHPOINT_KIND_INVOICE actions: 'issued'")}}});
  History history = {Form("1", "2025-01-01")};
  EXPECT_EQ(Activities(Concluded(*rules, "2025-01-01", history).plan()),
            (Texts{"form done 2025-01-01T00:00:00Z by 1", "invoice open"}));
  history.push_back(Tp("2", "2025-01-05",
                       "account_id: 'A' invoice { invoice_id: 'I' action: "
                       "ACTION_ISSUED }"));
  const v1::Plan plan = Concluded(*rules, "2025-01-05", history).plan();
  EXPECT_EQ(Activities(plan), Texts{"bill done 2025-01-05T00:00:00Z by 2"});
  EXPECT_EQ(plan.momentum(), 1);
}

TEST(Plan, BeginsAnewWithEveryVisitAlsoByTimeAlone) {
  const auto rules = RulesWith({{"purchase", {Activity("a", 1, kCall)}},
                                {"service", {Activity("b", 24, kCall)}}});
  History history = {Tp("1", "2025-01-01",
                        "account_id: 'A' invoice { invoice_id: 'I' action: "
                        "ACTION_ISSUED }"),
                     Called("2", "2025-01-01T01:00:00Z")};
  EXPECT_EQ(
      Activities(Concluded(*rules, "2025-01-01T12:00:00Z", history).plan()),
      Texts{"a done 2025-01-01T01:00:00Z by 2"});
  EXPECT_EQ(Activities(Concluded(*rules, "2025-01-02", history).plan()),
            Texts{"b open"});
  // A touchpoint of the instant at which the hold ends is of the new visit.
  history.push_back(Called("3", "2025-01-02"));
  EXPECT_EQ(Activities(Concluded(*rules, "2025-01-02", history).plan()),
            Texts{"b done 2025-01-02T00:00:00Z by 3"});
  history.push_back(Tp("4", "2025-01-03",
                       "account_id: 'A' stage_set { stage_id: 'service' }"));
  EXPECT_EQ(Activities(Concluded(*rules, "2025-01-03", history).plan()),
            Texts{"b open"});
}

TEST(Plan, IsDoneByTasksThatNameTheActivity) {
  const auto rules = RulesWith({{"lead", {Activity("visit", 24)}}});
  const auto task = [](const std::string& id, const std::string& at,
                       const std::string& fields) {
    return Tp(id, at, absl::StrCat("account_id: 'A' task { ", fields, " }"));
  };
  const v1::Touchpoint form = Form("1", "2025-01-01");
  const v1::Touchpoint planned =
      task("2", "2025-01-02",
           "task_id: 'T' action: ACTION_PLANNED plan_activity_id: 'visit'");
  const v1::Touchpoint done =
      task("3", "2025-01-03", "task_id: 'T' action: ACTION_DONE");
  EXPECT_EQ(Activities(Concluded(*rules, "2025-01-04", {form, planned}).plan()),
            Texts{"visit overdue"});
  EXPECT_EQ(
      Activities(Concluded(*rules, "2025-01-04", {form, planned, done}).plan()),
      Texts{"visit done 2025-01-03T00:00:00Z by 3"});
  EXPECT_EQ(Activities(Concluded(*rules, "2025-01-04", {form, done}).plan()),
            Texts{"visit overdue"});
  EXPECT_EQ(Activities(Concluded(*rules, "2025-01-04",
                                 {form, task("4", "2025-01-03",
                                             "task_id: 'U' action: ACTION_DONE "
                                             "plan_activity_id: 'visit'")})
                           .plan()),
            Texts{"visit done 2025-01-03T00:00:00Z by 4"});
  EXPECT_EQ(Activities(Concluded(*rules, "2025-01-04",
                                 {form, planned,
                                  task("5", "2025-01-03",
                                       "task_id: 'T' action: "
                                       "ACTION_CANCELLED")})
                           .plan()),
            Texts{"visit overdue"});
}

TEST(Plan, IsUnsetWhereTheStageHasNone) {
  const auto rules = RulesWith({{"service", {Activity("call", 24, kCall)}}});
  EXPECT_FALSE(
      Concluded(*rules, "2025-01-04", {Form("1", "2025-01-01")}).has_plan());
}

// An activity in the words of a rule, and what does it.
struct Sample {
  const char* match;
  std::function<bool(const v1::Touchpoint&)> is_met;
};

const std::vector<Sample>& Samples() {
  static const auto* const kSamples = new std::vector<Sample>{
      {"", [](const auto&) { return false; }},
      {kCall,
       [](const auto& t) {
         return t.has_call() && t.direction() == v1::DIRECTION_OUTBOUND &&
                t.call().outcome() == v1::Call::OUTCOME_CONNECTED;
       }},
      {"kind: TOUCHPOINT_KIND_CALL",
       [](const auto& t) { return t.has_call(); }},
      {"kind: TOUCHPOINT_KIND_OFFER actions: 'sent' actions: 'accepted'",
       [](const auto& t) {
         return t.offer().action() == v1::Offer::ACTION_SENT ||
                t.offer().action() == v1::Offer::ACTION_ACCEPTED;
       }},
      {"kind: TOUCHPOINT_KIND_EMAIL actions: 'sent'",
       [](const auto& t) {
         return t.email().action() == v1::Email::ACTION_SENT;
       }},
      {"kind: TOUCHPOINT_KIND_MEETING actions: 'held'",
       [](const auto& t) {
         return t.meeting().action() == v1::Meeting::ACTION_HELD;
       }},
      {"kind: TOUCHPOINT_KIND_INVOICE actions: 'issued'",
       [](const auto& t) {
         return t.invoice().action() == v1::Invoice::ACTION_ISSUED;
       }},
      {"kind: TOUCHPOINT_KIND_SITE_VISIT",
       [](const auto& t) { return t.has_site_visit(); }}};
  return *kSamples;
}

// Random plans for all stages, and which sample each activity is.
struct RandomPlans {
  std::shared_ptr<const Rules> rules;
  std::map<std::string, const Sample*> samples;
};

RandomPlans MakePlans(std::mt19937& random) {
  RandomPlans out;
  std::map<std::string, std::vector<std::string>> plans;
  const auto default_rules = TestRules();
  for (const auto& stage : default_rules->rule_set().lifecycle().stages()) {
    for (size_t i = random() % 5; i > 0; --i) {
      const std::string id = absl::StrCat("a", out.samples.size());
      const Sample& sample = Samples()[random() % Samples().size()];
      out.samples[id] = &sample;
      plans[stage.id()].push_back(
          Activity(id, 1 + static_cast<int>(random() % 200), sample.match));
    }
  }
  out.rules = RulesWith(plans);
  return out;
}

// Every fifth touchpoint becomes a task for some activity.
History WithTasks(std::mt19937& random, size_t activities, History history) {
  for (v1::Touchpoint& t : history) {
    if (t.has_deal() || random() % 5 > 0) continue;
    v1::Task& task = *t.mutable_task();
    task.set_task_id(absl::StrCat("T", random() % 3));
    task.set_action(static_cast<v1::Task::Action>(1 + random() % 3));
    if (random() % 3 > 0) {
      task.set_plan_activity_id(absl::StrCat("a", random() % (activities + 1)));
    }
  }
  std::sort(history.begin(), history.end(), [](const auto& a, const auto& b) {
    return core::OrderKeyOf(a) < core::OrderKeyOf(b);
  });
  return history;
}

// The activity that a finished task names, by itself or when it was planned
// last; `i` is its place in the history.
std::string NamedBy(const History& history, size_t i) {
  const v1::Task& task = history[i].task();
  if (task.action() != v1::Task::ACTION_DONE) return "";
  if (!task.plan_activity_id().empty()) return task.plan_activity_id();
  for (; i > 0; --i) {
    const v1::Task& before = history[i - 1].task();
    if (!history[i - 1].has_task() || before.task_id() != task.task_id()) {
      continue;
    }
    return before.action() == v1::Task::ACTION_PLANNED
               ? before.plan_activity_id()
               : "";
  }
  return "";
}

// The place of the first touchpoint of the journey's current visit: the one
// that led there, else the first one since time alone did.
size_t BeginOfVisit(const v1::StageVisit& visit, const History& history) {
  const std::string& cause = visit.explanation().causes(0).touchpoint_id();
  for (size_t i = 0; i < history.size(); ++i) {
    const Micros at = core::ToMicros(history[i].occurred_at());
    if (at != core::ToMicros(visit.entered_at())) continue;
    if (history[i].touchpoint_id() == cause) return i;
  }
  for (size_t i = 0; i < history.size(); ++i) {
    if (core::ToMicros(history[i].occurred_at()) >=
        core::ToMicros(visit.entered_at())) {
      return i;
    }
  }
  return history.size();
}

// The plan by the definition, from what the journey says of its visit.
v1::Plan Reference(const RandomPlans& plans, const v1::StageVisit& visit,
                   const History& history, Micros instant) {
  v1::Plan out;
  out.set_stage_id(visit.stage_id());
  *out.mutable_entered_at() = visit.entered_at();
  const Micros entered = core::ToMicros(visit.entered_at());
  std::vector<double> paces;
  for (const auto& stage : plans.rules->rule_set().lifecycle().stages()) {
    if (stage.id() != visit.stage_id()) continue;
    for (const auto& rule : stage.plan()) {
      auto& activity = *out.add_activities();
      activity.set_activity_id(rule.id());
      activity.set_name(rule.name());
      activity.set_points(rule.points());
      const Micros expected = rule.expected_hours() * kHour;
      *activity.mutable_expected_at() = core::ToTimestamp(entered + expected);
      out.set_points(out.points() + rule.points());
      Micros took = instant - entered;
      for (size_t i = BeginOfVisit(visit, history);
           i < history.size() && !activity.has_done_at(); ++i) {
        if (!plans.samples.at(rule.id())->is_met(history[i]) &&
            NamedBy(history, i) != rule.id()) {
          continue;
        }
        *activity.mutable_done_at() = history[i].occurred_at();
        activity.mutable_cause()->set_source(history[i].source());
        activity.mutable_cause()->set_touchpoint_id(history[i].touchpoint_id());
        out.set_points_done(out.points_done() + rule.points());
        took = core::ToMicros(history[i].occurred_at()) - entered;
      }
      activity.set_overdue(!activity.has_done_at() && took >= expected);
      if (activity.has_done_at() || activity.overdue()) {
        paces.push_back(took == 0
                            ? 1
                            : std::min(1.0, static_cast<double>(expected) /
                                                static_cast<double>(took)));
      }
    }
  }
  double sum = 0;
  for (const double pace : paces) sum += pace;
  if (!paces.empty()) {
    out.set_momentum(sum / static_cast<double>(paces.size()));
  }
  return out;
}

TEST(Plan, IsWhatTheDefinitionSaysAtAnyInstant) {
  std::mt19937 random(TestSeed(20261124));
  int done = 0;
  int by_task = 0;
  int overdue = 0;
  int later_visits = 0;
  constexpr int kHistories = 300;
  for (int i = 0; i < kHistories; ++i) {
    const RandomPlans plans = MakePlans(random);
    RandomHistoryOptions options;
    options.touchpoints = 5 + i % 60;
    options.deals = 1 + i % 3;
    options.days = 3 + i % 60;
    const History all =
        WithTasks(random, plans.samples.size(), RandomHistory(random, options));
    for (int k = 0; k < 5; ++k) {
      const Micros instant =
          core::ToMicros(all[0].occurred_at()) +
          std::uniform_int_distribution<int64_t>(
              0, (options.days + 10) * core::kMicrosPerDay)(random);
      History past;
      for (const v1::Touchpoint& t : all) {
        if (core::ToMicros(t.occurred_at()) <= instant) past.push_back(t);
      }
      const v1::Journey journey = projections::ConcludeJourney(
          *plans.rules, FoldAll(*plans.rules, AccountA(), past), instant);
      const v1::Plan want = Reference(plans, journey.stage(), past, instant);
      ASSERT_EQ(journey.has_plan(), want.activities_size() > 0);
      if (!journey.has_plan()) continue;
      ASSERT_EQ(journey.plan().DebugString(), want.DebugString());
      later_visits += journey.stage_visit_count() > 1 ? 1 : 0;
      for (const auto& activity : want.activities()) {
        done += activity.has_done_at() ? 1 : 0;
        overdue += activity.overdue() ? 1 : 0;
        by_task +=
            activity.has_done_at() &&
                    std::any_of(past.begin(), past.end(),
                                [&](const auto& t) {
                                  return t.has_task() &&
                                         t.touchpoint_id() ==
                                             activity.cause().touchpoint_id();
                                })
                ? 1
                : 0;
      }
    }
  }
  // The histories are worth something.
  EXPECT_GT(done, kHistories / 2);
  EXPECT_GT(by_task, kHistories / 20);
  EXPECT_GT(overdue, kHistories / 2);
  EXPECT_GT(later_visits, kHistories);
}

}  // namespace
}  // namespace journey::testing
