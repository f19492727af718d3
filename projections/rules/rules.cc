#include "projections/rules/rules.h"

#include <algorithm>
#include <utility>

#include "absl/time/civil_time.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "projections/rules/rules_check.h"
#include "service/core/errors.h"
#include "service/core/sha256.h"

namespace journey::projections {
namespace {

std::string DigestOf(const v1::RuleSet& rule_set) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    rule_set.SerializeToCodedStream(&coded);
  }
  core::Sha256 hash;
  hash.Add(bytes);
  return hash.Finish();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Rules>> Rules::Make(v1::RuleSet rule_set) {
  core::Violations violations;
  CheckRuleSet(rule_set, violations);
  if (!violations.empty()) return violations.ToStatus();
  absl::TimeZone time_zone;
  if (!LoadIanaTimeZone(rule_set.time_zone(), &time_zone)) {
    return absl::InternalError("a time zone that was there is gone");
  }
  std::string sha256 = DigestOf(rule_set);
  return std::shared_ptr<const Rules>(
      new Rules(std::move(rule_set), time_zone, std::move(sha256)));
}

Rules::Rules(v1::RuleSet rule_set, absl::TimeZone time_zone, std::string sha256)
    : rule_set_(std::move(rule_set)),
      calendar_(time_zone, rule_set_.calendar()),
      sha256_(std::move(sha256)),
      scoring_table_(rule_set_.scoring().behaviour()),
      plan_table_(rule_set_.lifecycle()) {}

const v1::LifecycleStage& Rules::StageFor(v1::EntryCondition condition) const {
  for (const v1::LifecycleStage& stage : rule_set_.lifecycle().stages()) {
    if (stage.entered_when() == condition) return stage;
  }
  return rule_set_.lifecycle().stages(0);
}

v1::EntryCondition Rules::ConditionOf(absl::string_view stage_id) const {
  for (const v1::LifecycleStage& stage : rule_set_.lifecycle().stages()) {
    if (stage.id() == stage_id) return stage.entered_when();
  }
  return v1::ENTRY_CONDITION_UNSPECIFIED;
}

const v1::PipelineRules* Rules::FindPipeline(
    absl::string_view pipeline_id) const {
  for (const v1::PipelineRules& pipeline : rule_set_.pipelines()) {
    if (pipeline.id() == pipeline_id) return &pipeline;
  }
  return nullptr;
}

const v1::PipelineStage* Rules::FindStage(absl::string_view pipeline_id,
                                          absl::string_view stage_id) const {
  const v1::PipelineRules* pipeline = FindPipeline(pipeline_id);
  if (pipeline == nullptr) return nullptr;
  for (const v1::PipelineStage& stage : pipeline->stages()) {
    if (stage.id() == stage_id) return &stage;
  }
  return nullptr;
}

const v1::SignalRule* Rules::FindSignalRule(v1::SignalType type) const {
  for (const v1::SignalRule& rule : rule_set_.signals()) {
    if (rule.type() == type) return &rule;
  }
  return nullptr;
}

bool Rules::IsSqlIntent(v1::FormSubmission::Intent intent) const {
  const auto& intents = rule_set_.qualification().sql_form_intents();
  return std::find(intents.begin(), intents.end(), intent) != intents.end();
}

core::Micros Rules::EndOfDay(const v1::Date& day) const {
  return calendar_.BeginOf(absl::CivilDay(day.year(), day.month(), day.day()) +
                           1);
}

}  // namespace journey::projections
