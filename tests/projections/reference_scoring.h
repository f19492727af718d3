// The part of the naive reference that knows the scores: every number is
// computed by the closed formula from the whole list of touchpoints.
#ifndef TESTS_PROJECTIONS_REFERENCE_SCORING_H_
#define TESTS_PROJECTIONS_REFERENCE_SCORING_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"

namespace journey::testing {

// What one touchpoint gave for one condition.
struct ReferenceContribution {
  std::string touchpoint_id;
  core::Micros at = 0;
  int condition = 0;
  // What the group's bound leaves of the points, and what it cuts.
  int points = 0;
  int points_cut = 0;
  // What is left of `points`, and what would be of `points_cut`.
  double points_left = 0;
  double cut_left = 0;
  int64_t week = 0;
  bool qualifying = false;
};

struct ReferenceScores {
  double behaviour = 0;
  double qualifying = 0;
  int fit = 0;
  // 0 when the qualifying points are below the threshold.
  core::Micros falls_below_at = 0;
  // Some touchpoint that counts toward MQL came through marketing.
  bool is_marketing = false;
  std::vector<ReferenceContribution> contributions;
};

// Questions about touchpoints [first, end) of a history in canonical order.
// Knows the payload fields and attributes that random histories have.
class ReferenceScoring {
 public:
  ReferenceScoring(const v1::RuleSet& rules,
                   const std::vector<v1::Touchpoint>& history);

  // The sum of the decayed points at an instant.
  double Points(size_t first, size_t end, core::Micros instant) const;

  // What the touchpoints before `end` gave; those from `first` on count toward
  // MQL.
  std::vector<ReferenceContribution> Contributions(size_t first, size_t end,
                                                   core::Micros instant) const;

  // When the points are below the threshold: the first whole second, but the
  // last touchpoint that changed them when they are below from then on; 0 when
  // none did.
  core::Micros FallsBelowAt(size_t first, size_t end) const;

  int Fit(size_t end) const;

  bool IsMarketing(size_t first, size_t end) const;

 private:
  struct Given {
    size_t touchpoint = 0;
    int condition = 0;
    // In full, and what the group's bound leaves.
    int points = 0;
    int kept = 0;
  };

  core::Micros At(size_t i) const;
  int64_t Week(size_t i) const;
  bool Meets(size_t i, const v1::BehaviourCondition& condition) const;
  bool MeetsFirstInVisit(size_t i,
                         const v1::BehaviourCondition& condition) const;
  bool IsEnough(size_t i, const v1::BehaviourCondition& condition) const;
  int Kept(size_t i, const v1::BehaviourCondition& condition) const;
  long double Left(size_t i, core::Micros instant) const;
  long double Sum(size_t first, size_t end, core::Micros instant) const;

  const v1::RuleSet& rules_;
  const std::vector<v1::Touchpoint>& history_;
  std::vector<Given> given_;
  mutable std::map<std::pair<size_t, size_t>, core::Micros> falls_below_;
};

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_REFERENCE_SCORING_H_
