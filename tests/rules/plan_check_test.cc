// What Rules::Make refuses of the stages' texts and plans, and by which field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "projections/rules/rules.h"
#include "service/core/limits.h"
#include "tests/core/violated_fields.h"
#include "tests/rules/sample_rules.h"

namespace journey::projections {
namespace {

using ::testing::ElementsAreArray;

struct Case {
  const char* desc;
  // Changes the second stage, whose plan has one activity, and the third one.
  std::function<void(v1::LifecycleStage& stage, v1::LifecycleStage& next)>
      change;
  // Paths below "lifecycle.stages"; none where the rules stay valid.
  std::vector<std::string> refused;
};

void CheckCases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    v1::RuleSet rule_set = testing::SampleRules();
    auto& stages = *rule_set.mutable_lifecycle()->mutable_stages();
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        "id: 'a1' name: 'Call' kind: TOUCHPOINT_KIND_CALL "
        "actions: 'connected' direction: DIRECTION_OUTBOUND points: 10 "
        "expected_hours: 24",
        stages[1].add_plan()));
    c.change(stages[1], stages[2]);
    std::vector<std::string> refused;
    for (const std::string& field : c.refused) {
      refused.push_back("lifecycle.stages" + field);
    }
    EXPECT_THAT(testing::ViolatedFields(Rules::Make(rule_set).status()),
                ElementsAreArray(refused))
        << c.desc;
  }
}

v1::PlanActivity& First(v1::LifecycleStage& stage) {
  return *stage.mutable_plan(0);
}

TEST(PlanCheckTest, TextsHaveBounds) {
  CheckCases({
      {"longest",
       [](auto& s, auto&) { s.add_hints(std::string(512, 'x')); },
       {}},
      {"too long",
       [](auto& s, auto&) { s.add_hints(std::string(513, 'x')); },
       {"[1].hints[0]"}},
      {"empty",
       [](auto& s, auto&) {
         s.add_motivations("");
         s.add_feelings("");
         s.add_goals("");
         s.add_expectations("");
       },
       {"[1].motivations[0]", "[1].feelings[0]", "[1].goals[0]",
        "[1].expectations[0]"}},
      {"too many",
       [](auto& s, auto&) {
         for (int i = 0; i <= core::kStageTextsMax; ++i) s.add_goals("x");
       },
       {"[1].goals"}},
  });
}

TEST(PlanCheckTest, NumbersAndListsHaveBounds) {
  CheckCases({
      {"as they are", [](auto&, auto&) {}, {}},
      {"largest",
       [](auto& s, auto&) {
         First(s).set_points(1000);
         First(s).set_expected_hours(87'600);
       },
       {}},
      {"too large",
       [](auto& s, auto&) {
         First(s).set_points(1001);
         First(s).set_expected_hours(87'601);
       },
       {"[1].plan[0].points", "[1].plan[0].expected_hours"}},
      {"missing",
       [](auto& s, auto&) {
         First(s).clear_points();
         First(s).clear_expected_hours();
       },
       {"[1].plan[0].points", "[1].plan[0].expected_hours"}},
      {"negative",
       [](auto& s, auto&) { First(s).set_points(-1); },
       {"[1].plan[0].points"}},
      {"too many activities",
       [](auto& s, auto&) {
         for (int i = 0; i < core::kPlanActivitiesMax; ++i) {
           *s.add_plan() = First(s);
           s.mutable_plan(i + 1)->set_id("more" + std::to_string(i));
         }
       },
       {"[1].plan"}},
  });
}

TEST(PlanCheckTest, NamesAreResolved) {
  CheckCases({
      {"id twice, in another stage",
       [](auto& s, auto& next) { *next.add_plan() = First(s); },
       {"[2].plan[0].id"}},
      {"id without a form",
       [](auto& s, auto&) { First(s).set_id("Call"); },
       {"[1].plan[0].id"}},
      {"no name",
       [](auto& s, auto&) { First(s).clear_name(); },
       {"[1].plan[0].name"}},
      {"only a task does it",
       [](auto& s, auto&) {
         First(s).clear_kind();
         First(s).clear_actions();
         First(s).clear_direction();
       },
       {}},
      {"actions without a kind",
       [](auto& s, auto&) { First(s).clear_kind(); },
       {"[1].plan[0].actions"}},
      {"direction without a kind",
       [](auto& s, auto&) {
         First(s).clear_kind();
         First(s).clear_actions();
       },
       {"[1].plan[0].direction"}},
      {"unknown kind",
       [](auto& s, auto&) {
         First(s).set_kind(static_cast<v1::TouchpointKind>(99));
       },
       {"[1].plan[0].kind"}},
      {"kind without a journey",
       [](auto& s, auto&) { First(s).set_kind(v1::TOUCHPOINT_KIND_SPEND); },
       {"[1].plan[0].kind"}},
      {"action of another kind",
       [](auto& s, auto&) { First(s).add_actions("clicked"); },
       {"[1].plan[0].actions[1]"}},
      {"unknown direction",
       [](auto& s, auto&) {
         First(s).set_direction(static_cast<v1::Direction>(9));
       },
       {"[1].plan[0].direction"}},
  });
}

}  // namespace
}  // namespace journey::projections
