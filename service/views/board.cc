#include "service/views/board.h"

#include <algorithm>
#include <limits>

#include "absl/numeric/int128.h"
#include "projections/conclude.h"
#include "projections/deal/deal.h"
#include "projections/stall/stall.h"

namespace journey::views {
namespace {

constexpr int kPercent = 100;

// Sums stay within int64; beyond it they stop at the end of the range.
int64_t Clamp(absl::int128 value) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(
      std::min<absl::int128>(kMax, std::max<absl::int128>(kMin, value)));
}

void AddTo(int64_t amount, int64_t& sum) {
  sum = Clamp(absl::int128(sum) + amount);
}

void SetSums(const absl::btree_map<std::string, int64_t>& sums,
             google::protobuf::RepeatedPtrField<v1::Money>& out) {
  for (const auto& [currency_code, amount] : sums) {
    v1::Money* money = out.Add();
    money->set_currency_code(currency_code);
    money->set_amount_minor(amount);
  }
}

}  // namespace

BoardBuilder::BoardBuilder(const projections::Rules& rules,
                           absl::string_view pipeline_id, int deals_per_column)
    : rules_(rules),
      pipeline_id_(pipeline_id),
      deals_per_column_(deals_per_column) {}

void BoardBuilder::Add(const PlacedDeal& deal) {
  Column& column = columns_[projections::CurrentStageId(deal.state)];
  v1::BoardColumn& out = column.column;
  out.set_deal_count(out.deal_count() + 1);
  if (!projections::StallsAt(rules_, deal.state, deal.instant).empty()) {
    out.set_stalled_count(out.stalled_count() + 1);
  }
  if (deal.state.has_amount()) {
    const v1::Money& amount = deal.state.amount();
    const int percent =
        std::max(0, projections::WinProbabilityPercent(rules_, deal.state));
    AddTo(amount.amount_minor(), column.amounts[amount.currency_code()]);
    AddTo(Clamp(absl::int128(amount.amount_minor()) * percent / kPercent),
          column.weighted_amounts[amount.currency_code()]);
  }
  if (out.deals_size() < deals_per_column_) {
    *out.add_deals() = projections::ConcludeDeal(rules_, deal.state,
                                                 deal.journey, deal.instant);
  }
}

v1::GetBoardResponse BoardBuilder::Build() const {
  v1::GetBoardResponse response;
  response.set_pipeline_id(pipeline_id_);
  response.set_name(pipeline_id_);
  const auto add = [&](const std::string& stage_id, const std::string& name,
                       int percent) {
    v1::BoardColumn& out = *response.add_columns();
    if (const auto it = columns_.find(stage_id); it != columns_.end()) {
      out = it->second.column;
      SetSums(it->second.amounts, *out.mutable_amounts());
      SetSums(it->second.weighted_amounts, *out.mutable_weighted_amounts());
    }
    out.set_stage_id(stage_id);
    out.set_name(name);
    out.set_win_probability_percent(percent);
  };
  if (const auto* pipeline = rules_.FindPipeline(pipeline_id_)) {
    response.set_name(pipeline->name());
    for (const v1::PipelineStage& stage : pipeline->stages()) {
      if (projections::IsTerminal(stage) && !columns_.contains(stage.id())) {
        continue;
      }
      add(stage.id(), stage.name(), stage.win_probability_percent());
    }
  }
  for (const auto& [stage_id, column] : columns_) {
    if (rules_.FindStage(pipeline_id_, stage_id) == nullptr) {
      add(stage_id, stage_id, 0);
    }
  }
  return response;
}

}  // namespace journey::views
