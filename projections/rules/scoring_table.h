// The conditions of the behaviour score made ready for evaluation: found by
// kind, with their actions and groups resolved.
#ifndef PROJECTIONS_RULES_SCORING_TABLE_H_
#define PROJECTIONS_RULES_SCORING_TABLE_H_

#include <map>
#include <vector>

#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/rules/touchpoint_match.h"

namespace journey::projections {

inline constexpr int kNoGroup = -1;

// One condition.
struct ScoringCondition {
  // As the rule set has it.
  const v1::BehaviourCondition* rule;
  // Its index there.
  int index;
  // What the touchpoint must be, but for its attributes.
  TouchpointMatch match;
  // Index of its group; kNoGroup without one.
  int group;
};

// Immutable and thread-safe.
class ScoringTable {
 public:
  // `rules` are checked and outlive the table.
  explicit ScoringTable(const v1::BehaviourScoreRules& rules);

  // The conditions for a kind of touchpoint, in the order of the rule set.
  [[nodiscard]] const std::vector<ScoringCondition>& ConditionsFor(
      v1::TouchpointKind kind) const;

 private:
  std::map<v1::TouchpointKind, std::vector<ScoringCondition>> conditions_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_RULES_SCORING_TABLE_H_
