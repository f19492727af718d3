// Random histories and rules for segments.
#ifndef TESTS_PROJECTIONS_RANDOM_SEGMENTS_H_
#define TESTS_PROJECTIONS_RANDOM_SEGMENTS_H_

#include <random>
#include <vector>

#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"

namespace journey::testing {

// Of account 'A': deals, contracts, invoices that are paid, or not, or undone,
// and other touchpoints, in random order of time, many at the same instant.
std::vector<v1::Touchpoint> RandomPurchases(std::mt19937& random, int count,
                                            int days);

v1::SegmentRules RandomSegmentRules(std::mt19937& random);

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_RANDOM_SEGMENTS_H_
