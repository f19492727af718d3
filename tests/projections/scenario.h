// Given / when / then for folds: touchpoints in any order, an instant, and
// the conclusions.
#ifndef TESTS_PROJECTIONS_SCENARIO_H_
#define TESTS_PROJECTIONS_SCENARIO_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "journey/v1/journey.pb.h"
#include "journey/v1/journey_explanation.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"
#include "tests/support/history.h"

namespace journey::testing {

// The default rule set, with a change in protobuf text format merged in;
// `signals`, where it is not empty, in the place of its signals.
std::shared_ptr<const projections::Rules> TestRules(
    const std::string& change = "", const std::string& signals = "");

v1::Subject AccountA();

// Folds touchpoints of one journey, in canonical order.
projections::JourneyFold FoldAll(const projections::Rules& rules,
                                 const v1::Subject& subject,
                                 std::vector<v1::Touchpoint> touchpoints);

// Explains a journey that consists of touchpoints, at an instant that is not
// before any of them.
v1::JourneyExplanation Explained(const projections::Rules& rules,
                                 const v1::Subject& subject,
                                 std::vector<v1::Touchpoint> touchpoints,
                                 core::Micros instant);

// The same for account 'A', or visitor 'A', by the default rule set.
v1::JourneyExplanation ExplanationAt(
    absl::string_view instant, const std::vector<v1::Touchpoint>& given,
    v1::SubjectType type = v1::SUBJECT_TYPE_ACCOUNT);

// The journey of account 'A' made by `given`, seen at an instant.
v1::Journey JourneyAt(absl::string_view instant,
                      const std::vector<v1::Touchpoint>& given,
                      const std::string& rules_change = "");

// A deal of that journey, open or not.
v1::Deal DealAt(absl::string_view instant, const std::string& deal_id,
                const std::vector<v1::Touchpoint>& given,
                const std::string& rules_change = "");

// "INACTIVE since 2025-01-08T00:00:00Z" and so on, by reason.
std::vector<std::string> StallsOf(const v1::Deal& deal);

// The ids of the stages visited, in order.
std::vector<std::string> StageIds(const v1::Journey& journey);

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_SCENARIO_H_
