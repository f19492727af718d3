#include "projections/rules/scoring_table.h"

#include <string>

#include "projections/rules/payload_fields.h"

namespace journey::projections {
namespace {

int FindGroup(const v1::BehaviourScoreRules& rules, const std::string& id) {
  for (int i = 0; i < rules.groups_size(); ++i) {
    if (rules.groups(i).id() == id) return i;
  }
  return kNoGroup;
}

ScoringCondition MakeCondition(const v1::BehaviourScoreRules& rules,
                               int index) {
  ScoringCondition out;
  out.rule = &rules.conditions(index);
  out.index = index;
  out.group = FindGroup(rules, out.rule->group());
  out.action_field = ActionField(out.rule->kind());
  if (out.action_field == nullptr) return out;
  for (const std::string& action : out.rule->actions()) {
    const auto* value = FindShortName(*out.action_field->enum_type(), action);
    if (value != nullptr) out.actions.push_back(value->number());
  }
  return out;
}

}  // namespace

ScoringTable::ScoringTable(const v1::BehaviourScoreRules& rules) {
  for (int i = 0; i < rules.conditions_size(); ++i) {
    conditions_[rules.conditions(i).kind()].push_back(MakeCondition(rules, i));
  }
}

const std::vector<ScoringCondition>& ScoringTable::ConditionsFor(
    v1::TouchpointKind kind) const {
  static const auto* const kNone = new std::vector<ScoringCondition>();
  const auto it = conditions_.find(kind);
  return it == conditions_.end() ? *kNone : it->second;
}

}  // namespace journey::projections
