// Random rule sets that score, and histories that are worth scoring.
#ifndef TESTS_PROJECTIONS_RANDOM_SCORING_H_
#define TESTS_PROJECTIONS_RANDOM_SCORING_H_

#include <random>
#include <string>
#include <vector>

#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"
#include "tests/support/history.h"

namespace journey::testing {

class RandomScoring {
 public:
  explicit RandomScoring(std::mt19937& random) : random_(random) {}

  // The default rule set, scored in another way.
  v1::RuleSet Next();

 private:
  int Pick(int end);
  std::string Any(const std::vector<std::string>& values);
  std::string Condition(int index);
  std::string Meaning();
  std::string FitAttribute();

  std::mt19937& random_;
};

// A random history without what makes customers and SQLs, but for one in
// eight: they would leave few leads to marketing.
std::vector<v1::Touchpoint> MarketingHistory(
    std::mt19937& random, const RandomHistoryOptions& options);

// What a failure needs to be understood.
std::string Dump(const v1::RuleSet& rules,
                 const std::vector<v1::Touchpoint>& history,
                 core::Micros instant);

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_RANDOM_SCORING_H_
