#include "projections/rules/rules_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/message_differencer.h"
#include "service/core/limits.h"
#include "tests/rules/sample_rules.h"
#include "tests/support/temp_dir.h"

namespace journey::projections {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The message about the sample with one text replaced by another.
std::string MistakesWith(const std::string& old_text,
                         const std::string& new_text) {
  EXPECT_THAT(testing::SampleRulesYaml(), HasSubstr(old_text));
  const auto rules = ParseRuleSetYaml(
      absl::StrReplaceAll(testing::SampleRulesYaml(), {{old_text, new_text}}),
      "r.yaml");
  if (rules.ok()) return "";
  EXPECT_EQ(rules.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(rules.status().message());
}

std::string MistakesOf(const std::string& text) {
  return std::string(ParseRuleSetYaml(text, "r.yaml").status().message());
}

TEST(RulesYamlTest, ValuesArriveInTheirFields) {
  const v1::RuleSet rules = testing::SampleRules();
  EXPECT_EQ(rules.id(), "sample");
  EXPECT_EQ(rules.version(), 3);
  EXPECT_EQ(rules.lifecycle().stages_size(), 6);
  EXPECT_EQ(rules.lifecycle().stages(2).entered_when(),
            v1::ENTRY_CONDITION_DEAL_OPEN);
  EXPECT_EQ(rules.qualification().sql_form_intents(0),
            v1::FormSubmission::INTENT_DEMO);
  EXPECT_EQ(rules.pipelines(1).stages(0).stall_days(), 9);
  EXPECT_TRUE(rules.stalls().has_inactive());
  EXPECT_EQ(rules.stalls().neglected().severity(), v1::STALL_SEVERITY_CRITICAL);
}

TEST(RulesYamlTest, OtherWaysToWriteTheSameAreAccepted) {
  const struct {
    const char* desc;
    const char* old_text;
    const char* new_text;
  } cases[] = {
      {"full name of an enum", "severity: critical",
       "severity: STALL_SEVERITY_CRITICAL"},
      {"nested enum", "[demo]", "[INTENT_DEMO]"},
      {"quotes around text", "id: sample", "id: \"sample\""},
      {"quotes around an enum", "[demo]", "['demo']"},
      {"block list", "sql_form_intents: [demo]",
       "sql_form_intents:\n    - demo"},
      {"document markers", "id: sample", "---\nid: sample"},
      {"comment", "version: 3", "version: 3  # the third"},
  };
  for (const auto& c : cases) {
    const auto rules =
        ParseRuleSetYaml(absl::StrReplaceAll(testing::SampleRulesYaml(),
                                             {{c.old_text, c.new_text}}),
                         "r.yaml");
    ASSERT_TRUE(rules.ok()) << c.desc << ": " << rules.status();
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
        *rules, testing::SampleRules()))
        << c.desc;
  }
}

TEST(RulesYamlTest, MistakeIsToldWithItsPlaceAndTheWayOut) {
  const struct {
    const char* desc;
    const char* old_text;
    const char* new_text;
    const char* mistake;
  } cases[] = {
      {"misspelled field", "time_zone:", "timezone: UTC\ntime_zone:",
       "r.yaml:3:1: timezone: is not known here; the fields are id, version, "
       "time_zone, lifecycle, qualification, pipelines, stalls"},
      {"repeated key", "version: 3", "version: 3\nversion: 4",
       "r.yaml:3:1: version: is given twice; remove one"},
      {"repeated key in a flow mapping", "{days: 21}", "{days: 21, days: 2}",
       "r.yaml:25:32: stalls.unanswered_offer.days: is given twice; remove "
       "one"},
      {"quoted number", "version: 3", "version: \"3\"",
       "r.yaml:2:10: version: must be a whole number, without quotes"},
      {"fraction", "version: 3", "version: 3.5",
       "r.yaml:2:10: version: must be a whole number, without quotes"},
      {"word for a number", "pushes: 2", "pushes: two",
       "r.yaml:27:21: stalls.slipped.pushes: must be a whole number, without "
       "quotes"},
      {"too large for its field", "pushes: 2", "pushes: 2147483648",
       "r.yaml:27:21: stalls.slipped.pushes: is out of range; -2147483648 to "
       "2147483647 can be stored"},
      {"too large for any", "version: 3", "version: 99999999999999999999",
       "r.yaml:2:10: version: is out of range; -9223372036854775808 to "
       "9223372036854775807 can be stored"},
      {"list for a text", "id: sample", "id: [a]",
       "r.yaml:1:1: id: must be a text"},
      {"text for a list", "[demo]", "demo",
       "r.yaml:13:21: qualification.sql_form_intents: must be a list: one "
       "line with \"- \" for each element"},
      {"text for a mapping", "inactive: {}", "inactive: on",
       "r.yaml:26:13: stalls.inactive: must be a mapping of severity"},
      {"list for a mapping", "inactive: {}", "inactive: []",
       "r.yaml:26:3: stalls.inactive: must be a mapping of severity"},
      {"nothing", "inactive: {}", "inactive:",
       "stalls.inactive: has no value; give one ({} for an empty mapping), or "
       "remove the line"},
      {"nothing in a list", "[demo]", "[~]",
       "r.yaml:13:22: qualification.sql_form_intents[0]: must be one of "
       "content, contact, consultation, demo, trial, pricing"},
      {"unknown enum value", "severity: critical", "severity: severe",
       "r.yaml:28:35: stalls.neglected.severity: must be one of warning, "
       "critical"},
      {"enum value zero", "severity: critical", "severity: unspecified",
       "r.yaml:28:35: stalls.neglected.severity: must be one of warning, "
       "critical"},
      {"number for an enum", "severity: critical", "severity: 2",
       "r.yaml:28:35: stalls.neglected.severity: must be one of warning, "
       "critical"},
      {"word for a boolean", "[demo]", "[demo]\n  sql_meeting_held: yes",
       "r.yaml:14:21: qualification.sql_meeting_held: must be true or false, "
       "without quotes"},
      {"key that is a list", "version: 3", "version: 3\n[a]: b",
       "has a key that is no name of a field"},
      {"range", "days: 21", "days: 3651",
       "r.yaml:25:28: stalls.unanswered_offer.days: must be 1 to 3650, is "
       "3651"},
      {"zero, which is as good as nothing", "days: 21", "days: 0",
       "r.yaml:25:28: stalls.unanswered_offer.days: is required and must be 1 "
       "to 3650"},
      {"time zone", "Europe/Berlin", "Europe/Berlln",
       "r.yaml:3:12: time_zone: \"Europe/Berlln\" is no time zone that this "
       "machine knows; use an IANA name such as \"Europe/Berlin\""},
      {"id used twice", "id: s5", "id: s1",
       "r.yaml:10:12: lifecycle.stages[4].id: \"s1\" is used twice; give each "
       "its own id"},
      {"missing field has the place of what lacks it", ", stall_days: 9", "",
       "r.yaml:23:9: pipelines[1].stages[0].stall_days: is required and "
       "must be 1 to 3650"},
      {"missing id", "id: sample\n", "",
       "r.yaml:1:1: id: is required and must be 1 to 63 characters"},
      {"missing version", "version: 3\n", "",
       "r.yaml:1:1: version: is required and must be 1 or more"},
      {"version below the first", "version: 3", "version: -1",
       "r.yaml:2:10: version: must be 1 or more"},
      {"missing element has the place of the list", "- {id: s6", "#",
       "r.yaml:5:3: lifecycle.stages: no stage is entered_when "
       "later_purchase; add one"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(MistakesWith(c.old_text, c.new_text), HasSubstr(c.mistake))
        << c.desc;
  }
}

TEST(RulesYamlTest, EveryMistakeIsToldInTheOrderOfTheText) {
  EXPECT_EQ(MistakesOf(absl::StrReplaceAll(testing::SampleRulesYaml(),
                                           {{"id: sample", "id: Sample"},
                                            {"version: 3", "version: x"},
                                            {"name: Second", "nam: Second"},
                                            {"days: 14", "days: 4000"}})),
            "r.yaml:1:5: id: must be 1 to 63 characters of a-z, 0-9, \"-\" "
            "and \"_\"\n"
            "r.yaml:2:10: version: must be a whole number, without quotes\n"
            "r.yaml:20:5: pipelines[1].name: is required\n"
            "r.yaml:21:5: pipelines[1].nam: is not known here; the fields are "
            "id, name, stages, stalls\n"
            "r.yaml:28:21: stalls.neglected.days: must be 1 to 3650, is "
            "4000");
}

TEST(RulesYamlTest, TextThatIsNotOneYamlDocumentIsRefused) {
  const struct {
    const char* desc;
    std::string text;
    const char* mistake;
  } cases[] = {
      {"empty", "", "r.yaml:1:1: the text must hold exactly one YAML document"},
      {"only a comment", "# x",
       "r.yaml:1:1: the text must hold exactly one YAML document"},
      {"two documents", "id: a\n---\nid: b",
       "r.yaml:1:1: the text must hold exactly one YAML document"},
      {"broken", "id: a\nversion: [1",
       "r.yaml:2:1: is not YAML: end of sequence flow not found"},
      {"tab", "id: a\nlifecycle:\n\tstages: []", "r.yaml:"},
      {"scalar", "hello", "r.yaml:1:1: must be a mapping of id, "},
      {"list", "- a", "r.yaml:1:1: must be a mapping of id, "},
      {"unknown alias", "id: *x", "r.yaml:1:"},
      {"too long", std::string(core::kRuleSetTextBytesMax + 1, '#'),
       "r.yaml:1:1: the text is longer than 1048576 bytes"},
      {"nested without end", std::string(10'000, '['), "r.yaml:1:"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(MistakesOf(c.text), StartsWith(c.mistake)) << c.desc;
  }
}

TEST(RulesYamlTest, AliasesThatStandForTooMuchAreRefused) {
  std::string text = "pipelines:\n- &p\n  stages:\n  - &s\n    id: a\n";
  for (int i = 0; i < 1000; ++i) text += "  - *s\n";
  for (int i = 0; i < 1000; ++i) text += "- *p\n";
  EXPECT_THAT(MistakesOf(text), HasSubstr("is where reading ended"));
}

TEST(RulesYamlTest, FilesThatAreShippedAreValid) {
  for (const char* name : {"default", "crm_sales", "online_retail"}) {
    const auto rules =
        LoadRulesFile(absl::StrCat(JOURNEY_RULES_DIR, "/", name, ".yaml"));
    ASSERT_TRUE(rules.ok()) << rules.status();
    EXPECT_EQ((*rules)->rule_set().id(), name);
    EXPECT_EQ((*rules)->rule_set().time_zone(), "UTC");
  }
}

TEST(RulesYamlTest, DefaultsAreThoseThatAreDocumented) {
  const auto rules = LoadRulesFile(JOURNEY_RULES_DIR "/default.yaml");
  ASSERT_TRUE(rules.ok()) << rules.status();
  const v1::RuleSet& r = (*rules)->rule_set();
  const struct {
    const char* id;
    int percent;
  } stages[] = {{"prospecting", 10}, {"qualification", 20}, {"proposal", 50},
                {"negotiation", 80}, {"won", 100},          {"lost", 0}};
  int i = 0;
  for (const auto& want : stages) {
    const v1::PipelineStage& stage = r.pipelines(0).stages(i++);
    EXPECT_EQ(stage.id(), want.id);
    EXPECT_EQ(stage.win_probability_percent(), want.percent);
    EXPECT_EQ(stage.stall_days(), 7);
  }
  EXPECT_EQ(r.lifecycle().purchase_hold_days(), 1);
  EXPECT_EQ(r.stalls().unanswered_offer().days(), 21);
  EXPECT_EQ(r.stalls().neglected().days(), 14);
  EXPECT_EQ(r.stalls().slipped().pushes(), 2);
  EXPECT_TRUE(r.qualification().sql_meeting_held());
  EXPECT_EQ(r.qualification().sql_form_intents_size(), 3);
}

TEST(RulesYamlTest, DefaultPointsAreThoseThatAreDocumented) {
  const auto rules = LoadRulesFile(JOURNEY_RULES_DIR "/default.yaml");
  ASSERT_TRUE(rules.ok()) << rules.status();
  const v1::BehaviourScoreRules& behaviour =
      (*rules)->rule_set().scoring().behaviour();
  EXPECT_EQ(behaviour.half_life_days(), 30);
  EXPECT_EQ(behaviour.mql_threshold(), 50);
  ASSERT_EQ(behaviour.groups_size(), 1);
  EXPECT_EQ(behaviour.groups(0).cap_points_per_week(), 20);
  std::map<std::string, int> points;
  for (const auto& condition : behaviour.conditions()) {
    points[condition.id()] = condition.points();
    EXPECT_EQ(condition.group(),
              condition.id() == "site_visit" ? "site_visits" : "");
  }
  EXPECT_EQ(points, (std::map<std::string, int>{{"demo", 30},
                                                {"contact", 30},
                                                {"trial", 25},
                                                {"pricing", 20},
                                                {"webinar", 15},
                                                {"download", 10},
                                                {"email_click", 5},
                                                {"site_visit", 2},
                                                {"email_unsubscribe", -50},
                                                {"content_unsubscribe", -50}}));
  const auto& fit = (*rules)->rule_set().scoring().fit().conditions(0);
  EXPECT_EQ(fit.attribute().key(), "mail_domain");
  EXPECT_EQ(fit.points(), -20);
}

TEST(RulesYamlTest, FileIsReadAndNamedInMistakes) {
  const testing::TempDir dir;
  const std::string path = dir.Join("rules.yaml");
  testing::WriteFile(path, testing::SampleRulesYaml());
  const auto rules = LoadRulesFile(path);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ((*rules)->rule_set().id(), "sample");
  testing::WriteFile(path, "id: sample");
  EXPECT_THAT(std::string(LoadRulesFile(path).status().message()),
              StartsWith(path + ":1:1: version: "));
}

TEST(RulesYamlTest, FileThatCannotBeReadIsNotFound) {
  const testing::TempDir dir;
  for (const std::string& path : {dir.Join("absent.yaml"), dir.path()}) {
    const auto status = LoadRulesFile(path).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
  }
}

}  // namespace
}  // namespace journey::projections
