#include "service/views/lists.h"

#include <algorithm>

#include "projections/stall/stall.h"
#include "service/views/keys.h"

namespace journey::views {

JourneyPlaces PlacesOf(const storage::v1::JourneyState& state) {
  return {projections::StageIntervals(state),
          projections::LeadStatusIntervals(state), projections::OwnerOf(state)};
}

ListEntries ListsOfJourney(absl::string_view tenant_id,
                           const v1::Subject& journey,
                           const JourneyPlaces& places) {
  ListEntries out;
  for (const auto& interval : places.stages) {
    out.emplace_back(
        StageKey(tenant_id, interval.stage, interval.until, journey), "");
  }
  for (const auto& interval : places.lead_statuses) {
    out.emplace_back(
        LeadStatusKey(tenant_id, interval.status, interval.until, journey), "");
  }
  const auto add = [&](std::string key) {
    AppendSubject(journey, key);
    out.emplace_back(std::move(key), "");
  };
  add(JourneyPrefix(tenant_id));
  if (!places.owner_id.empty()) add(OwnerPrefix(tenant_id, places.owner_id));
  return out;
}

ListEntries ListsOfDeal(absl::string_view tenant_id,
                        const projections::Rules& rules,
                        const storage::v1::DealState& deal) {
  ListEntries out;
  if (deal.status() == v1::DEAL_STATUS_UNSPECIFIED) return out;
  out.emplace_back(DealPrefix(tenant_id) + deal.deal_id(), "");
  if (deal.status() != v1::DEAL_STATUS_OPEN) return out;
  out.emplace_back(
      OpenDealPrefix(tenant_id, deal.pipeline_id()) + deal.deal_id(), "");
  for (const auto& interval : projections::StallIntervals(rules, deal)) {
    std::string key =
        StallKey(tenant_id, interval.since, deal.deal_id(), interval.reason);
    // Two offers can fall due at the same instant; one entry stands for both.
    const bool is_known =
        std::any_of(out.begin(), out.end(),
                    [&](const auto& entry) { return entry.first == key; });
    if (!is_known) out.emplace_back(std::move(key), "");
  }
  return out;
}

v1::Subject HomeOf(absl::string_view deal_id,
                   const storage::v1::DealRecord& record) {
  v1::Subject home;
  if (!record.account_id().empty()) {
    home.set_type(v1::SUBJECT_TYPE_ACCOUNT);
    home.set_id(record.account_id());
  } else if (!record.contact_id().empty()) {
    home.set_type(v1::SUBJECT_TYPE_CONTACT);
    home.set_id(record.contact_id());
  } else {
    home.set_type(v1::SUBJECT_TYPE_DEAL);
    home.set_id(std::string(deal_id));
  }
  return home;
}

}  // namespace journey::views
