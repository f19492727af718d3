// What a rule set must fulfil before anything is concluded from it.
#ifndef PROJECTIONS_RULES_RULES_CHECK_H_
#define PROJECTIONS_RULES_RULES_CHECK_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "journey/v1/rules.pb.h"
#include "service/core/errors.h"

namespace journey::projections {

// Checks everything that rules.proto demands; names each mistake by its field
// path, for example "pipelines[0].stages[2].stall_days".
void CheckRuleSet(const v1::RuleSet& rule_set, core::Violations& violations);

// Loads a time zone by its IANA name. False for any other name, also for
// those by which the library reads files or the machine's own zone.
[[nodiscard]] bool LoadIanaTimeZone(absl::string_view name,
                                    absl::TimeZone* time_zone);

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_RULES_CHECK_H_
