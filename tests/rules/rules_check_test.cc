// What Rules::Make refuses, and by which field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/rules/rules.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "tests/core/violated_fields.h"
#include "tests/rules/sample_rules.h"

namespace journey::projections {
namespace {

using ::testing::ElementsAreArray;

using Fields = std::vector<std::string>;

struct Case {
  const char* desc;
  std::function<void(v1::RuleSet&)> change;
  // None where the rule set stays valid.
  Fields refused;
};

void CheckCases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    v1::RuleSet rule_set = testing::SampleRules();
    c.change(rule_set);
    const auto rules = Rules::Make(rule_set);
    EXPECT_THAT(testing::ViolatedFields(rules.status()),
                ElementsAreArray(c.refused))
        << c.desc;
    if (!c.refused.empty()) {
      EXPECT_EQ(core::ReasonOf(rules.status()),
                v1::ERROR_REASON_VALIDATION_FAILED)
          << c.desc;
    }
  }
}

v1::LifecycleStage& Stage(v1::RuleSet& r, int i) {
  return *r.mutable_lifecycle()->mutable_stages(i);
}

v1::PipelineStage& PipelineStage(v1::RuleSet& r) {
  return *r.mutable_pipelines(0)->mutable_stages(1);
}

TEST(RulesCheckTest, EmptyRuleSetLacksWhatIsRequired) {
  EXPECT_THAT(testing::ViolatedFields(Rules::Make({}).status()),
              ElementsAreArray(
                  {"id", "version", "time_zone", "lifecycle", "pipelines"}));
}

TEST(RulesCheckTest, IdsHaveAForm) {
  CheckCases({
      {"all characters", [](auto& r) { r.set_id("az09-_"); }, {}},
      {"longest", [](auto& r) { r.set_id(std::string(63, 'a')); }, {}},
      {"too long", [](auto& r) { r.set_id(std::string(64, 'a')); }, {"id"}},
      {"empty", [](auto& r) { r.set_id(""); }, {"id"}},
      {"upper case", [](auto& r) { r.set_id("A"); }, {"id"}},
      {"space", [](auto& r) { r.set_id("a b"); }, {"id"}},
      {"stage",
       [](auto& r) { Stage(r, 2).set_id(""); },
       {"lifecycle.stages[2].id"}},
      {"pipeline",
       [](auto& r) { r.mutable_pipelines(1)->set_id("P"); },
       {"pipelines[1].id"}},
      {"pipeline stage",
       [](auto& r) { PipelineStage(r).set_id("é"); },
       {"pipelines[0].stages[1].id"}},
  });
}

TEST(RulesCheckTest, CalendarsHaveDaysThatThereAre) {
  const auto holidays = [](std::vector<std::string> days) {
    return [days = std::move(days)](v1::RuleSet& r) {
      for (const std::string& day : days)
        r.mutable_calendar()->add_holidays(day);
    };
  };
  CheckCases({
      {"holidays", holidays({"2024-02-29", "1970-01-01", "9999-12-31"}), {}},
      {"no such day", holidays({"2025-02-29"}), {"calendar.holidays[0]"}},
      {"another form", holidays({"2025-2-3"}), {"calendar.holidays[0]"}},
      {"German", holidays({"24.12.2025"}), {"calendar.holidays[0]"}},
      {"empty", holidays({""}), {"calendar.holidays[0]"}},
      {"long ago", holidays({"1969-12-31"}), {"calendar.holidays[0]"}},
      {"twice",
       holidays({"2025-12-24", "2025-12-25", "2025-12-24"}),
       {"calendar.holidays[2]"}},
      {"no day of the week",
       [](auto& r) {
         r.mutable_calendar()->add_working_days(v1::WEEKDAY_UNSPECIFIED);
       },
       {"calendar.working_days[0]"}},
      {"unknown day of the week",
       [](auto& r) {
         r.mutable_calendar()->add_working_days(static_cast<v1::Weekday>(8));
       },
       {"calendar.working_days[0]"}},
      {"a day of the week twice",
       [](auto& r) {
         r.mutable_calendar()->add_working_days(v1::WEEKDAY_MONDAY);
         r.mutable_calendar()->add_working_days(v1::WEEKDAY_MONDAY);
       },
       {"calendar.working_days[1]"}},
  });
}

TEST(RulesCheckTest, UntrustedSourcesAreNamedOnce) {
  const auto add = [](v1::RuleSet& r, const std::string& source) {
    r.mutable_clocks()->add_untrusted_sources(source);
  };
  CheckCases({
      {"none", [](auto& r) { r.mutable_clocks(); }, {}},
      {"longest", [&](auto& r) { add(r, std::string(128, 's')); }, {}},
      {"too long",
       [&](auto& r) { add(r, std::string(129, 's')); },
       {"clocks.untrusted_sources[0]"}},
      {"empty", [&](auto& r) { add(r, ""); }, {"clocks.untrusted_sources[0]"}},
      {"twice",
       [&](auto& r) {
         for (const char* source : {"a", "A", "a"}) add(r, source);
       },
       {"clocks.untrusted_sources[2]"}},
      {"most",
       [&](auto& r) {
         for (int i = 0; i < 1000; ++i) add(r, absl::StrCat("s", i));
       },
       {}},
      {"too many",
       [&](auto& r) {
         for (int i = 0; i < 1001; ++i) add(r, absl::StrCat("s", i));
       },
       {"clocks.untrusted_sources"}},
  });
}

TEST(RulesCheckTest, IdsAreUnique) {
  CheckCases({
      {"stages",
       [](auto& r) { Stage(r, 4).set_id("s1"); },
       {"lifecycle.stages[4].id"}},
      {"pipelines",
       [](auto& r) { r.mutable_pipelines(1)->set_id("p1"); },
       {"pipelines[1].id"}},
      {"pipeline stages",
       [](auto& r) { PipelineStage(r).set_id("open"); },
       {"pipelines[0].stages[1].id"}},
  });
}

TEST(RulesCheckTest, VersionsBeginAtOne) {
  CheckCases({
      {"one", [](auto& r) { r.set_version(1); }, {}},
      {"zero", [](auto& r) { r.set_version(0); }, {"version"}},
      {"negative", [](auto& r) { r.set_version(-1); }, {"version"}},
  });
}

TEST(RulesCheckTest, TimeZonesAreIanaNames) {
  for (const char* ok : {"UTC", "Europe/Berlin", "America/Port-au-Prince",
                         "Etc/GMT+5", "America/Argentina/Buenos_Aires"}) {
    CheckCases({{ok, [&](auto& r) { r.set_time_zone(ok); }, {}}});
  }
  for (const char* bad :
       {"", "Mars/Phobos", "localtime", "/etc/localtime", ":UTC",
        "../../../etc/localtime", "Fixed/UTC+01:00:00", "UTC ", "+01:00"}) {
    CheckCases({{bad, [&](auto& r) { r.set_time_zone(bad); }, {"time_zone"}}});
  }
}

TEST(RulesCheckTest, EachConditionLeadsIntoOneStageInOrder) {
  CheckCases({
      {"twice",
       [](auto& r) {
         Stage(r, 5).set_entered_when(v1::ENTRY_CONDITION_CONTACT_MADE);
       },
       {"lifecycle.stages[5].entered_when", "lifecycle.stages"}},
      {"unset",
       [](auto& r) { Stage(r, 5).clear_entered_when(); },
       {"lifecycle.stages[5].entered_when", "lifecycle.stages"}},
      {"unknown",
       [](auto& r) {
         Stage(r, 5).set_entered_when(static_cast<v1::EntryCondition>(99));
       },
       {"lifecycle.stages[5].entered_when", "lifecycle.stages"}},
      {"missing",
       [](auto& r) { r.mutable_lifecycle()->mutable_stages()->RemoveLast(); },
       {"lifecycle.stages"}},
      {"swapped",
       [](auto& r) {
         r.mutable_lifecycle()->mutable_stages()->SwapElements(1, 2);
       },
       {"lifecycle.stages[2].entered_when"}},
  });
}

TEST(RulesCheckTest, NamesAreRequiredAndBounded) {
  const std::string longest(core::kLabelBytesMax, 'x');
  const std::string too_long = longest + "x";
  CheckCases({
      {"longest",
       [&](auto& r) {
         Stage(r, 0).set_company_name(longest);
         Stage(r, 0).set_customer_name(longest);
         Stage(r, 0).set_led_by(longest);
         r.mutable_pipelines(0)->set_name(longest);
         PipelineStage(r).set_name(longest);
         PipelineStage(r).set_customer_name(longest);
       },
       {}},
      {"too long",
       [&](auto& r) {
         Stage(r, 0).set_company_name(too_long);
         Stage(r, 0).set_customer_name(too_long);
         Stage(r, 0).set_led_by(too_long);
         r.mutable_pipelines(0)->set_name(too_long);
         PipelineStage(r).set_name(too_long);
         PipelineStage(r).set_customer_name(too_long);
       },
       {"lifecycle.stages[0].company_name", "lifecycle.stages[0].customer_name",
        "lifecycle.stages[0].led_by", "pipelines[0].name",
        "pipelines[0].stages[1].name", "pipelines[0].stages[1].customer_name"}},
      {"missing",
       [](auto& r) {
         Stage(r, 0).clear_company_name();
         Stage(r, 0).clear_customer_name();
         r.mutable_pipelines(0)->clear_name();
         PipelineStage(r).clear_name();
       },
       {"lifecycle.stages[0].company_name", "lifecycle.stages[0].customer_name",
        "pipelines[0].name", "pipelines[0].stages[1].name"}},
  });
}

TEST(RulesCheckTest, StagesOfLostDealsComeLast) {
  CheckCases({
      {"no probability given",
       [](auto& r) {
         r.mutable_pipelines(0)
             ->mutable_stages(0)
             ->clear_win_probability_percent();
         PipelineStage(r).set_win_probability_percent(50);
       },
       {"pipelines[0].stages[0].win_probability_percent"}},
      {"lost before won",
       [](auto& r) {
         r.mutable_pipelines(0)
             ->mutable_stages(0)
             ->clear_win_probability_percent();
       },
       {}},
  });
}

void SetNumbers(v1::RuleSet& r, int hold, int percent, int days, int pushes) {
  r.mutable_lifecycle()->set_purchase_hold_days(hold);
  PipelineStage(r).set_win_probability_percent(percent);
  PipelineStage(r).set_stall_days(days);
  r.mutable_stalls()->mutable_unanswered_offer()->set_days(days);
  r.mutable_stalls()->mutable_slipped()->set_pushes(pushes);
  r.mutable_stalls()->mutable_neglected()->set_days(days);
}

TEST(RulesCheckTest, NumbersLieWithinTheirRanges) {
  const Fields all = {"lifecycle.purchase_hold_days",
                      "pipelines[0].stages[1].win_probability_percent",
                      "pipelines[0].stages[1].stall_days",
                      "stalls.unanswered_offer.days",
                      "stalls.slipped.pushes",
                      "stalls.neglected.days"};
  CheckCases({
      {"smallest", [](auto& r) { SetNumbers(r, 0, 0, 1, 1); }, {}},
      {"below", [](auto& r) { SetNumbers(r, -1, -1, 0, 0); }, all},
      {"largest", [](auto& r) { SetNumbers(r, 365, 100, 3650, 100); }, {}},
      {"above", [](auto& r) { SetNumbers(r, 366, 101, 3651, 101); }, all},
  });
}

TEST(RulesCheckTest, PipelinesAndStagesAreCounted) {
  const auto with_pipelines = [](int count) {
    return [count](v1::RuleSet& r) {
      for (int i = 2; i < count; ++i) {
        *r.add_pipelines() = r.pipelines(0);
        r.mutable_pipelines(i)->set_id(absl::StrCat("x", i));
      }
    };
  };
  const auto with_stages = [](int count) {
    return [count](v1::RuleSet& r) {
      auto& pipeline = *r.mutable_pipelines(0);
      for (int i = 2; i < count; ++i) {
        *pipeline.add_stages() = pipeline.stages(0);
        pipeline.mutable_stages(i)->set_id(absl::StrCat("x", i));
      }
    };
  };
  CheckCases({
      {"20 pipelines", with_pipelines(20), {}},
      {"21 pipelines", with_pipelines(21), {"pipelines"}},
      {"no pipeline", [](auto& r) { r.clear_pipelines(); }, {"pipelines"}},
      {"50 stages", with_stages(50), {}},
      {"51 stages", with_stages(51), {"pipelines[0].stages"}},
      {"no stage",
       [](auto& r) { r.mutable_pipelines(1)->clear_stages(); },
       {"pipelines[1].stages"}},
  });
}

TEST(RulesCheckTest, RequiredFieldsAreThoseOfADeal) {
  CheckCases({
      {"known",
       [](auto& r) {
         for (const char* name : {"amount", "products", "expected_close_date",
                                  "delivery_date", "contacts", "owner_id"}) {
           PipelineStage(r).add_required_fields(name);
         }
       },
       {}},
      {"unknown",
       [](auto& r) {
         PipelineStage(r).add_required_fields("amount");
         PipelineStage(r).add_required_fields("amonut");
         PipelineStage(r).add_required_fields("action");
         PipelineStage(r).add_required_fields("");
       },
       {"pipelines[0].stages[1].required_fields[1]",
        "pipelines[0].stages[1].required_fields[2]",
        "pipelines[0].stages[1].required_fields[3]"}},
      {"twice",
       [](auto& r) {
         PipelineStage(r).add_required_fields("amount");
         PipelineStage(r).add_required_fields("amount");
       },
       {"pipelines[0].stages[1].required_fields[1]"}},
  });
}

TEST(RulesCheckTest, IntentsAreKnownAndListedOnce) {
  CheckCases({
      {"none", [](auto& r) { r.clear_qualification(); }, {}},
      {"twice",
       [](auto& r) {
         r.mutable_qualification()->add_sql_form_intents(
             v1::FormSubmission::INTENT_DEMO);
       },
       {"qualification.sql_form_intents[1]"}},
      {"unset and unknown",
       [](auto& r) {
         r.mutable_qualification()->add_sql_form_intents(
             v1::FormSubmission::INTENT_UNSPECIFIED);
         r.mutable_qualification()->add_sql_form_intents(
             static_cast<v1::FormSubmission::Intent>(99));
       },
       {"qualification.sql_form_intents[1]",
        "qualification.sql_form_intents[2]"}},
  });
}

}  // namespace
}  // namespace journey::projections
