#include "projections/deal/flags.h"

#include <algorithm>

#include "projections/deal/deal.h"

namespace journey::projections {
namespace {

bool IsNoted(const storage::v1::DealState& deal, v1::DealFlag flag) {
  return std::find(deal.flags().begin(), deal.flags().end(), flag) !=
         deal.flags().end();
}

void Note(v1::DealFlag flag, storage::v1::DealState& deal) {
  if (!IsNoted(deal, flag)) deal.add_flags(flag);
}

}  // namespace

void NoteFlags(v1::DealChange::Action action, v1::DealStatus before,
               bool is_moved, storage::v1::DealState& deal) {
  if (before != v1::DEAL_STATUS_WON && before != v1::DEAL_STATUS_LOST) return;
  switch (action) {
    case v1::DealChange::ACTION_WON:
    case v1::DealChange::ACTION_LOST:
      Note(v1::DEAL_FLAG_DECIDED_TWICE, deal);
      break;
    case v1::DealChange::ACTION_REOPENED:
      break;
    default:
      if (is_moved) Note(v1::DEAL_FLAG_MOVED_AFTER_DECISION, deal);
      break;
  }
}

std::vector<v1::DealFlag> FlagsOf(const Rules& rules,
                                  const storage::v1::DealState& deal) {
  std::vector<v1::DealFlag> out;
  if (rules.FindPipeline(deal.pipeline_id()) == nullptr) {
    out.push_back(v1::DEAL_FLAG_UNKNOWN_PIPELINE);
  } else if (!IsStageKnown(rules, deal)) {
    out.push_back(v1::DEAL_FLAG_UNKNOWN_STAGE);
  }
  if (deal.currency_changed()) out.push_back(v1::DEAL_FLAG_CURRENCY_CHANGED);
  if (deal.amount().amount_minor() < 0) {
    out.push_back(v1::DEAL_FLAG_NEGATIVE_AMOUNT);
  }
  for (const v1::DealFlag flag :
       {v1::DEAL_FLAG_DECIDED_TWICE, v1::DEAL_FLAG_MOVED_AFTER_DECISION}) {
    if (IsNoted(deal, flag)) out.push_back(flag);
  }
  return out;
}

bool IsStageKnown(const Rules& rules, const storage::v1::DealState& deal) {
  return rules.FindStage(deal.pipeline_id(), CurrentStageId(deal)) != nullptr;
}

}  // namespace journey::projections
