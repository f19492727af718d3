// Random stall rules, and histories in which customers and the company speak.
#ifndef TESTS_PROJECTIONS_RANDOM_STALLS_H_
#define TESTS_PROJECTIONS_RANDOM_STALLS_H_

#include <random>
#include <vector>

#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "tests/support/history.h"

namespace journey::testing {

// `rules` with another calendar and other stall rules, at random: for all
// deals, for the first pipeline and for its stages.
v1::RuleSet WithRandomStalls(std::mt19937& random, v1::RuleSet rules);

// A random history of which the larger part are words of customers and the
// company, and changes of deals.
std::vector<v1::Touchpoint> TalkativeHistory(
    std::mt19937& random, const RandomHistoryOptions& options);

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_RANDOM_STALLS_H_
