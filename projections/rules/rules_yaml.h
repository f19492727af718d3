// Rule sets as YAML, as operators write them (deploy/rules/default.yaml).
#ifndef PROJECTIONS_RULES_RULES_YAML_H_
#define PROJECTIONS_RULES_RULES_YAML_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/v1/rules.pb.h"
#include "projections/rules/rules.h"

namespace journey::projections {

// Reads and checks a rule set. `file_name` is only used in messages.
//
// INVALID_ARGUMENT names every mistake, of form and of meaning, in the order
// of the text, a line each: "file:line:column: field.path: what is wrong and
// the way out". A field that is missing has the place of what lacks it.
absl::StatusOr<v1::RuleSet> ParseRuleSetYaml(absl::string_view text,
                                             absl::string_view file_name);

// Reads a file and makes it ready for evaluation. Errors as above; NOT_FOUND
// where the file cannot be read.
absl::StatusOr<std::shared_ptr<const Rules>> LoadRulesFile(
    const std::string& path);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_RULES_YAML_H_
