// Conditions of lists that only the rule set can judge.
#ifndef SERVICE_VIEWS_RULE_CONDITIONS_H_
#define SERVICE_VIEWS_RULE_CONDITIONS_H_

#include <string>

#include "absl/status/status.h"
#include "journey/v1/journey_service.pb.h"
#include "projections/rules/rules.h"

namespace journey::views {

// INVALID_ARGUMENT for a lifecycle stage, a score or segments that the rule set
// does not have: no journey can ever match it.
[[nodiscard]] absl::Status CheckConditions(
    const projections::Rules& rules, const v1::ListJourneysRequest& request);

// INVALID_ARGUMENT for a pipeline or stage (empty: any) that the rule set does
// not have. Deals may stand there all the same: to be asked only where none
// was found.
[[nodiscard]] absl::Status CheckPlace(const projections::Rules& rules,
                                      const std::string& pipeline_id,
                                      const std::string& stage_id);

// The ids of the rule set's pipelines, as a list for people.
[[nodiscard]] std::string PipelineIds(const projections::Rules& rules);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_RULE_CONDITIONS_H_
