// Explanations: the rule, its rule set, a sentence and the causes.
#ifndef PROJECTIONS_EXPLAIN_H_
#define PROJECTIONS_EXPLAIN_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "projections/rules/rules.h"

namespace journey::projections {

[[nodiscard]] v1::Explanation Explain(
    const Rules& rules, absl::string_view rule_id, absl::string_view text,
    const std::vector<v1::TouchpointRef>& causes);

// True when both name the same touchpoint.
[[nodiscard]] bool IsSame(const v1::TouchpointRef& a,
                          const v1::TouchpointRef& b);

// Adds a cause unless it is there already.
void AddCause(const v1::TouchpointRef& cause,
              std::vector<v1::TouchpointRef>& causes);

// ISO 8601, for example "2026-11-22".
[[nodiscard]] std::string FormatDate(const v1::Date& date);

}  // namespace journey::projections

#endif  // PROJECTIONS_EXPLAIN_H_
