// A small valid rule set to begin from.
#ifndef TESTS_RULES_SAMPLE_RULES_H_
#define TESTS_RULES_SAMPLE_RULES_H_

#include <string>

#include "journey/v1/rules.pb.h"

namespace journey::testing {

// As YAML; the lines are counted on by tests, so add at the end.
const std::string& SampleRulesYaml();

v1::RuleSet SampleRules();

}  // namespace journey::testing

#endif  // TESTS_RULES_SAMPLE_RULES_H_
