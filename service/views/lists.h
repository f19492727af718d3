// In which lists a journey or a deal stands: a pure function of its state.
#ifndef SERVICE_VIEWS_LISTS_H_
#define SERVICE_VIEWS_LISTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "projections/conclude.h"
#include "projections/rules/rules.h"

namespace journey::views {

// Entries of column family `lists`: key and value.
using ListEntries = std::vector<std::pair<std::string, std::string>>;

// What decides in which lists a journey stands. Most touchpoints do not change
// it, and comparing it costs less than making the entries.
struct JourneyPlaces {
  std::vector<projections::StageInterval> stages;
  std::vector<projections::LeadStatusInterval> lead_statuses;
  std::string owner_id;

  friend bool operator==(const JourneyPlaces& a, const JourneyPlaces& b) {
    return a.stages == b.stages && a.lead_statuses == b.lead_statuses &&
           a.owner_id == b.owner_id;
  }
};

[[nodiscard]] JourneyPlaces PlacesOf(const storage::v1::JourneyState& state);
[[nodiscard]] ListEntries ListsOfJourney(absl::string_view tenant_id,
                                         const v1::Subject& journey,
                                         const JourneyPlaces& places);
[[nodiscard]] ListEntries ListsOfDeal(absl::string_view tenant_id,
                                      const projections::Rules& rules,
                                      const storage::v1::DealState& deal);

// The journey that a deal belongs to: its newest account's, else its newest
// contact's, else its own.
[[nodiscard]] v1::Subject HomeOf(absl::string_view deal_id,
                                 const storage::v1::DealRecord& record);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_LISTS_H_
