// What a rule must fulfil that says which touchpoints it means.
#ifndef PROJECTIONS_RULES_MATCH_CHECK_H_
#define PROJECTIONS_RULES_MATCH_CHECK_H_

#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/rule_checker.h"

namespace journey::projections {

// Checks the fields `kind`, `actions` and `direction` below `at`: the kind is
// set, and the actions are its own.
void CheckMatch(const std::string& at, v1::TouchpointKind kind,
                const google::protobuf::RepeatedPtrField<std::string>& actions,
                v1::Direction direction, RuleChecker& check);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_MATCH_CHECK_H_
