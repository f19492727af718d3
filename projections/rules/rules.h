// A rule set made ready for evaluation: checked, with its time zone loaded,
// its stages and pipelines found by id, and its conditions by kind.
#ifndef PROJECTIONS_RULES_RULES_H_
#define PROJECTIONS_RULES_RULES_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "journey/v1/common.pb.h"
#include "journey/v1/rules.pb.h"
#include "projections/rules/calendar.h"
#include "projections/rules/plan_table.h"
#include "projections/rules/scoring_table.h"
#include "service/core/clock.h"

namespace journey::projections {

// Immutable and thread-safe.
class Rules {
 public:
  // Checks the rule set. INVALID_ARGUMENT with a BadRequest that names every
  // mistake by its field path (core/errors.h).
  static absl::StatusOr<std::shared_ptr<const Rules>> Make(
      v1::RuleSet rule_set);

  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  [[nodiscard]] const v1::RuleSet& rule_set() const { return rule_set_; }

  // SHA-256 of the rule set in its deterministic serialised form, 32 bytes.
  [[nodiscard]] const std::string& sha256() const { return sha256_; }

  // The stage that a condition leads into; the first one for UNSPECIFIED.
  [[nodiscard]] const v1::LifecycleStage& StageFor(
      v1::EntryCondition condition) const;

  // The condition that leads into a stage; UNSPECIFIED for an unknown id.
  [[nodiscard]] v1::EntryCondition ConditionOf(
      absl::string_view stage_id) const;

  // Null when the rule set does not know it.
  [[nodiscard]] const v1::PipelineRules* FindPipeline(
      absl::string_view pipeline_id) const;
  [[nodiscard]] const v1::PipelineStage* FindStage(
      absl::string_view pipeline_id, absl::string_view stage_id) const;

  // Null when signals of this type are not raised.
  [[nodiscard]] const v1::SignalRule* FindSignalRule(v1::SignalType type) const;

  // True when a form with this intent asks for a commercial conversation.
  [[nodiscard]] bool IsSqlIntent(v1::FormSubmission::Intent intent) const;

  // The first instant after the day, in the tenant's time zone.
  [[nodiscard]] core::Micros EndOfDay(const v1::Date& day) const;

  // The tenant's days, weeks and working days.
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }

  // The conditions of the behaviour score; none without such rules.
  [[nodiscard]] const ScoringTable& scoring_table() const {
    return scoring_table_;
  }

  // The plans of the stages.
  [[nodiscard]] const PlanTable& plan_table() const { return plan_table_; }

 private:
  Rules(v1::RuleSet rule_set, absl::TimeZone time_zone, std::string sha256);

  const v1::RuleSet rule_set_;
  const Calendar calendar_;
  const std::string sha256_;
  // They point into the rule set.
  const ScoringTable scoring_table_;
  const PlanTable plan_table_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_RULES_H_
