#include "projections/rules/rules_check.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/plan_check.h"
#include "projections/rules/rule_checker.h"
#include "projections/rules/scoring_check.h"
#include "projections/rules/segments_check.h"
#include "projections/rules/signals_check.h"
#include "projections/rules/stalls_check.h"
#include "service/core/limits.h"

namespace journey::projections {
namespace {

using core::Violations;

// As it is written in YAML, for example "contact_made".
std::string ConditionName(int condition) {
  return absl::AsciiStrToLower(absl::StripPrefix(
      v1::EntryCondition_Name(static_cast<v1::EntryCondition>(condition)),
      "ENTRY_CONDITION_"));
}

// The stages stand in the order of their conditions, because "furthest" and
// "skipped" follow from that order.
void CheckConditions(const v1::LifecycleRules& lifecycle, RuleChecker& check) {
  std::set<int> seen;
  int highest = v1::ENTRY_CONDITION_UNSPECIFIED;
  for (int i = 0; i < lifecycle.stages_size(); ++i) {
    const std::string field = Element("lifecycle.stages", i) + ".entered_when";
    const v1::EntryCondition condition = lifecycle.stages(i).entered_when();
    if (condition == v1::ENTRY_CONDITION_UNSPECIFIED) {
      check.Fail(field, "is required");
    } else if (!v1::EntryCondition_IsValid(condition)) {
      check.Fail(field, "is unknown to this version of the service");
    } else if (!seen.insert(condition).second) {
      check.Fail(field, absl::StrCat(ConditionName(condition),
                                     " is used twice; each condition leads "
                                     "into exactly one stage"));
    } else if (condition < highest) {
      check.Fail(field,
                 absl::StrCat(ConditionName(condition), " must stand before ",
                              ConditionName(highest),
                              "; keep the order of the conditions"));
    }
    highest = std::max<int>(highest, condition);
  }
  for (int c = v1::EntryCondition_MIN + 1; c <= v1::EntryCondition_MAX; ++c) {
    if (seen.count(c) > 0) continue;
    check.Fail("lifecycle.stages", absl::StrCat("no stage is entered_when ",
                                                ConditionName(c), "; add one"));
  }
}

// A day as "2025-12-24" that there is.
bool IsDay(const std::string& text) {
  absl::CivilDay day;
  return absl::ParseCivilTime(text, &day) &&
         absl::FormatCivilTime(day) == text && day.year() >= 1970 &&
         day.year() <= 9999;
}

void CheckCalendar(const v1::CalendarRules& calendar, RuleChecker& check) {
  std::set<int> weekdays;
  for (int i = 0; i < calendar.working_days_size(); ++i) {
    const std::string at = Element("calendar.working_days", i);
    const int weekday = calendar.working_days(i);
    if (weekday == v1::WEEKDAY_UNSPECIFIED || !v1::Weekday_IsValid(weekday)) {
      check.Fail(at, "is no day of the week");
    } else if (!weekdays.insert(weekday).second) {
      check.Fail(at, "is listed twice; remove one");
    }
  }
  check.CountMax("calendar.holidays", calendar.holidays_size(),
                 core::kHolidaysMax);
  std::set<std::string> days;
  for (int i = 0; i < calendar.holidays_size(); ++i) {
    const std::string at = Element("calendar.holidays", i);
    const std::string& day = calendar.holidays(i);
    if (!IsDay(day)) {
      check.Fail(at, absl::StrCat("\"", day,
                                  "\" is no day; write for example "
                                  "\"2025-12-24\""));
    } else if (!days.insert(day).second) {
      check.Fail(at, absl::StrCat(day, " is listed twice; remove one"));
    }
  }
}

void CheckLifecycle(const v1::RuleSet& rules, RuleChecker& check) {
  if (!rules.has_lifecycle()) {
    check.Fail("lifecycle", "is required");
    return;
  }
  const v1::LifecycleRules& lifecycle = rules.lifecycle();
  CheckConditions(lifecycle, check);
  std::set<std::string> ids;
  for (int i = 0; i < lifecycle.stages_size(); ++i) {
    const v1::LifecycleStage& stage = lifecycle.stages(i);
    const std::string at = Element("lifecycle.stages", i);
    check.UniqueId(at + ".id", stage.id(), ids);
    check.RequiredText(at + ".company_name", stage.company_name());
    check.RequiredText(at + ".customer_name", stage.customer_name());
    check.Text(at + ".led_by", stage.led_by());
  }
  CheckPlans(lifecycle, check);
  check.Range("lifecycle.purchase_hold_days", lifecycle.purchase_hold_days(), 0,
              core::kPurchaseHoldDaysMax);
}

void CheckQualification(const v1::QualificationRules& rules,
                        RuleChecker& check) {
  std::set<int> seen;
  for (int i = 0; i < rules.sql_form_intents_size(); ++i) {
    const std::string at = Element("qualification.sql_form_intents", i);
    const auto intent = rules.sql_form_intents(i);
    if (intent == v1::FormSubmission::INTENT_UNSPECIFIED ||
        !v1::FormSubmission::Intent_IsValid(intent)) {
      check.Fail(at, "is no intent of a form");
    } else if (!seen.insert(intent).second) {
      check.Fail(at, "is listed twice; remove one");
    }
  }
}

bool IsRequirableField(const std::string& name) {
  if (name == "owner_id") return true;
  return name != "action" &&
         v1::DealChange::descriptor()->FindFieldByName(name) != nullptr;
}

std::string RequirableFields() {
  std::string names = "owner_id";
  const auto* descriptor = v1::DealChange::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const std::string& name = descriptor->field(i)->name();
    if (IsRequirableField(name)) absl::StrAppend(&names, ", ", name);
  }
  return names;
}

void CheckPipelineStage(const v1::PipelineStage& stage, const std::string& at,
                        std::set<std::string>& ids, RuleChecker& check) {
  check.UniqueId(at + ".id", stage.id(), ids);
  check.RequiredText(at + ".name", stage.name());
  check.Text(at + ".customer_name", stage.customer_name());
  check.Range(at + ".win_probability_percent", stage.win_probability_percent(),
              0, 100);
  check.Range(at + ".stall_days", stage.stall_days(), 1, core::kRuleDaysMax);
  std::set<std::string> names;
  for (int i = 0; i < stage.required_fields_size(); ++i) {
    const std::string& name = stage.required_fields(i);
    const std::string field = Element(at + ".required_fields", i);
    if (!IsRequirableField(name)) {
      check.Fail(field, absl::StrCat("\"", name,
                                     "\" is no field of a deal; use one of ",
                                     RequirableFields()));
    } else if (!names.insert(name).second) {
      check.Fail(field, "is listed twice; remove one");
    }
  }
  CheckStalls(stage.stalls(), at + ".stalls", check);
  if (stage.has_baseline()) {
    CheckBaseline(stage.baseline(), at + ".baseline", check);
  }
}

// A stage of 0 per cent is where lost deals stand, so those in which deals are
// open come before it.
void CheckLostStages(const v1::PipelineRules& pipeline, const std::string& at,
                     RuleChecker& check) {
  bool is_open_later = false;
  for (int i = pipeline.stages_size() - 1; i >= 0; --i) {
    const int percent = pipeline.stages(i).win_probability_percent();
    if (percent == 0 && is_open_later) {
      check.Fail(
          absl::StrCat(Element(at + ".stages", i), ".win_probability_percent"),
          "is 0, so lost deals stand here; give it 1 to 99, or put it after "
          "the stages in which deals are open");
    }
    is_open_later = is_open_later || (percent > 0 && percent < 100);
  }
}

void CheckPipelines(const v1::RuleSet& rules, RuleChecker& check) {
  check.Count("pipelines", rules.pipelines_size(), core::kPipelinesMax);
  std::set<std::string> pipeline_ids;
  for (int i = 0; i < rules.pipelines_size(); ++i) {
    const v1::PipelineRules& pipeline = rules.pipelines(i);
    const std::string at = Element("pipelines", i);
    check.UniqueId(at + ".id", pipeline.id(), pipeline_ids);
    check.RequiredText(at + ".name", pipeline.name());
    check.Count(at + ".stages", pipeline.stages_size(),
                core::kPipelineStagesMax);
    std::set<std::string> stage_ids;
    for (int j = 0; j < pipeline.stages_size(); ++j) {
      CheckPipelineStage(pipeline.stages(j), Element(at + ".stages", j),
                         stage_ids, check);
    }
    CheckLostStages(pipeline, at, check);
    CheckStalls(pipeline.stalls(), at + ".stalls", check);
  }
}

void CheckClocks(const v1::ClockRules& clocks, RuleChecker& check) {
  check.CountMax("clocks.untrusted_sources", clocks.untrusted_sources_size(),
                 core::kUntrustedSourcesMax);
  std::set<std::string> seen;
  for (int i = 0; i < clocks.untrusted_sources_size(); ++i) {
    const std::string& source = clocks.untrusted_sources(i);
    const std::string at = Element("clocks.untrusted_sources", i);
    if (source.empty() || source.size() > core::kSourceBytesMax) {
      check.Fail(at, absl::StrCat("must be the name of a source, 1 to ",
                                  core::kSourceBytesMax, " bytes"));
    } else if (!seen.insert(source).second) {
      check.Fail(at, "is listed twice; remove one");
    }
  }
}

void CheckTimeZone(const std::string& name, RuleChecker& check) {
  absl::TimeZone unused;
  if (name.empty()) {
    check.Fail("time_zone", "is required; for example \"Europe/Berlin\"");
  } else if (!LoadIanaTimeZone(name, &unused)) {
    check.Fail("time_zone",
               absl::StrCat("\"", name,
                            "\" is no time zone that this machine knows; use "
                            "an IANA name such as \"Europe/Berlin\""));
  }
}

}  // namespace

bool LoadIanaTimeZone(absl::string_view name, absl::TimeZone* time_zone) {
  const bool is_name =
      !name.empty() && absl::ascii_isalpha(name.front()) &&
      name != "localtime" && !absl::StrContains(name, "..") &&
      std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '/' || c == '_' || c == '-' ||
               c == '+';
      });
  return is_name && absl::LoadTimeZone(name, time_zone);
}

void CheckRuleSet(const v1::RuleSet& rule_set, Violations& violations) {
  RuleChecker check(violations);
  check.Id("id", rule_set.id());
  if (rule_set.version() < 1) {
    check.Fail("version",
               absl::StrCat(rule_set.version() == 0 ? "is required and " : "",
                            "must be 1 or more; raise it with every change"));
  }
  CheckTimeZone(rule_set.time_zone(), check);
  CheckCalendar(rule_set.calendar(), check);
  CheckLifecycle(rule_set, check);
  CheckQualification(rule_set.qualification(), check);
  CheckPipelines(rule_set, check);
  CheckStalls(rule_set.stalls(), "stalls", check);
  if (rule_set.has_scoring()) CheckScoring(rule_set.scoring(), check);
  CheckClocks(rule_set.clocks(), check);
  CheckSignals(rule_set, check);
  CheckSegments(rule_set.segments(), check);
}

}  // namespace journey::projections
