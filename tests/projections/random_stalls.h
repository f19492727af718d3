// Random stall rules.
#ifndef TESTS_PROJECTIONS_RANDOM_STALLS_H_
#define TESTS_PROJECTIONS_RANDOM_STALLS_H_

#include <random>

#include "journey/v1/rules.pb.h"

namespace journey::testing {

// `rules` with another calendar and other stall rules, at random: for all
// deals, for the first pipeline and for its stages.
v1::RuleSet WithRandomStalls(std::mt19937& random, v1::RuleSet rules);

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_RANDOM_STALLS_H_
