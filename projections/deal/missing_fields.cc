#include "projections/deal/missing_fields.h"

#include "projections/deal/deal.h"

namespace journey::projections {
namespace {

using storage::v1::DealState;

bool IsKnown(const DealState& deal, const std::string& field) {
  if (field == "owner_id") return !deal.owner_id().empty();
  if (field == "name") return !deal.name().empty();
  if (field == "amount") return deal.has_amount();
  if (field == "products") return deal.products_size() > 0;
  if (field == "contacts") return deal.contacts_size() > 0;
  if (field == "expected_close_date") return deal.has_expected_close_date();
  if (field == "delivery_date") return deal.has_delivery_date();
  if (field == "lost_reason") return !deal.lost_reason().empty();
  return true;
}

}  // namespace

std::vector<std::string> MissingFields(const Rules& rules,
                                       const DealState& deal) {
  std::vector<std::string> out;
  const auto* stage = rules.FindStage(deal.pipeline_id(), CurrentStageId(deal));
  if (stage == nullptr) return out;
  for (const std::string& field : stage->required_fields()) {
    if (!IsKnown(deal, field)) out.push_back(field);
  }
  return out;
}

}  // namespace journey::projections
