#include "projections/rules/scoring_table.h"

#include <string>

namespace journey::projections {
namespace {

int FindGroup(const v1::BehaviourScoreRules& rules, const std::string& id) {
  for (int i = 0; i < rules.groups_size(); ++i) {
    if (rules.groups(i).id() == id) return i;
  }
  return kNoGroup;
}

}  // namespace

ScoringTable::ScoringTable(const v1::BehaviourScoreRules& rules) {
  for (int i = 0; i < rules.conditions_size(); ++i) {
    const v1::BehaviourCondition& rule = rules.conditions(i);
    conditions_[rule.kind()].push_back(
        {&rule, i, TouchpointMatch(rule), FindGroup(rules, rule.group())});
  }
}

const std::vector<ScoringCondition>& ScoringTable::ConditionsFor(
    v1::TouchpointKind kind) const {
  static const auto* const kNone = new std::vector<ScoringCondition>();
  const auto it = conditions_.find(kind);
  return it == conditions_.end() ? *kNone : it->second;
}

}  // namespace journey::projections
