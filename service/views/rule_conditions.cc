#include "service/views/rule_conditions.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "service/core/errors.h"

namespace journey::views {
namespace {

using Ids = std::vector<std::string>;

constexpr char kNotScored[] =
    "is not scored by the rule set; leave the condition out";

bool Contains(const Ids& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

template <typename List>
void AddIds(const List& list, Ids& ids) {
  for (const auto& each : list) {
    if (!Contains(ids, each.id())) ids.push_back(each.id());
  }
}

void CheckId(absl::string_view field, const std::string& id,
             absl::string_view what, const Ids& known,
             core::Violations& violations) {
  if (id.empty() || Contains(known, id)) return;
  violations.Add(field, absl::StrCat(core::Quoted(id), " is no ", what,
                                     " of the rule set; use one of ",
                                     absl::StrJoin(known, ", ")));
}

}  // namespace

absl::Status CheckConditions(const projections::Rules& rules,
                             const v1::ListJourneysRequest& request) {
  core::Violations violations;
  Ids stages;
  AddIds(rules.rule_set().lifecycle().stages(), stages);
  CheckId("stage_id", request.stage_id(), "lifecycle stage", stages,
          violations);
  const v1::ScoringRules& scoring = rules.rule_set().scoring();
  if (request.has_behaviour_score() && !scoring.has_behaviour()) {
    violations.Add("behaviour_score", kNotScored);
  }
  if (request.has_fit_score() && !scoring.has_fit()) {
    violations.Add("fit_score", kNotScored);
  }
  if (request.segment() != v1::SEGMENT_UNSPECIFIED &&
      !rules.rule_set().has_segments()) {
    violations.Add("segment",
                   "the rule set has no segments; leave the condition out");
  }
  return violations.ToStatus();
}

absl::Status CheckPlace(const projections::Rules& rules,
                        const std::string& pipeline_id,
                        const std::string& stage_id) {
  core::Violations violations;
  Ids pipelines;
  AddIds(rules.rule_set().pipelines(), pipelines);
  CheckId("pipeline_id", pipeline_id, "pipeline", pipelines, violations);
  // The stages of an unknown pipeline are not known either.
  if (!violations.empty()) return violations.ToStatus();
  Ids stages;
  for (const v1::PipelineRules& pipeline : rules.rule_set().pipelines()) {
    if (pipeline_id.empty() || pipeline.id() == pipeline_id) {
      AddIds(pipeline.stages(), stages);
    }
  }
  CheckId("stage_id", stage_id,
          pipeline_id.empty() ? "pipeline stage"
                              : absl::StrCat("stage of pipeline ", pipeline_id),
          stages, violations);
  return violations.ToStatus();
}

std::string PipelineIds(const projections::Rules& rules) {
  Ids ids;
  AddIds(rules.rule_set().pipelines(), ids);
  return absl::StrJoin(ids, ", ");
}

}  // namespace journey::views
