// In which lists a journey, a deal or a ticket stands: a pure function of its
// state.
#ifndef SERVICE_VIEWS_LISTS_H_
#define SERVICE_VIEWS_LISTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "projections/conclude.h"
#include "projections/rules/rules.h"
#include "projections/segment/segment.h"
#include "projections/stall/stall.h"
#include "service/core/clock.h"
#include "service/core/touchpoint.h"

namespace journey::views {

// Keys of column family `lists`; their values are empty.
using ListEntries = std::vector<std::string>;

// A task that somebody planned.
struct PlannedTaskPlace {
  core::Micros due = core::kNever;
  std::string task_id;
  std::string owner_id;

  friend bool operator==(const PlannedTaskPlace& a, const PlannedTaskPlace& b) {
    return a.due == b.due && a.task_id == b.task_id && a.owner_id == b.owner_id;
  }
};

// What decides in which lists a journey stands. Most touchpoints do not change
// it, and comparing it costs less than making the entries.
struct JourneyPlaces {
  std::vector<projections::StageInterval> stages;
  std::vector<projections::LeadStatusInterval> lead_statuses;
  // Those that have begun by the newest touchpoint, have `since` 0.
  std::vector<projections::SegmentInterval> segments;
  std::string owner_id;
  std::vector<PlannedTaskPlace> planned_tasks;

  friend bool operator==(const JourneyPlaces& a, const JourneyPlaces& b) {
    return a.stages == b.stages && a.lead_statuses == b.lead_statuses &&
           a.segments == b.segments && a.owner_id == b.owner_id &&
           a.planned_tasks == b.planned_tasks;
  }
};

[[nodiscard]] JourneyPlaces PlacesOf(const storage::v1::JourneyState& state);
[[nodiscard]] ListEntries ListsOfJourney(absl::string_view tenant_id,
                                         const v1::Subject& journey,
                                         const JourneyPlaces& places);

// The same for a deal.
struct DealPlaces {
  // A touchpoint of kind `deal` names it.
  bool is_deal = false;
  bool is_open = false;
  // It is open, and the rule set does not know its pipeline or its stage there.
  bool has_unknown_stage = false;
  std::string pipeline_id;
  std::vector<projections::StallInterval> stalls;
};

[[nodiscard]] DealPlaces PlacesOf(const projections::Rules& rules,
                                  const storage::v1::DealState& deal);

// The entries of a deal at `places` that it does not have at `others`.
[[nodiscard]] ListEntries ListsOfDeal(absl::string_view tenant_id,
                                      absl::string_view deal_id,
                                      const DealPlaces& places,
                                      const DealPlaces& others);

// Whom a ticket's newest touchpoint belongs to: the deal that it names, else
// the subject that it is written to. Refers to the ticket.
[[nodiscard]] core::SubjectRef SubjectOfTicket(
    const storage::v1::TicketState& ticket);

// The entries of a ticket; none of one without touchpoints.
[[nodiscard]] ListEntries ListsOfTicket(absl::string_view tenant_id,
                                        const storage::v1::TicketState& ticket);

// Whose journey a deal belongs to: its newest account's, else that of its
// newest contact when the deal named it, else its own.
struct Home {
  v1::Subject subject;
  // Of the contact; else 0.
  core::Micros instant = 0;

  friend bool operator==(const Home& a, const Home& b) {
    return core::RefOf(a.subject) == core::RefOf(b.subject) &&
           a.instant == b.instant;
  }
};

[[nodiscard]] Home HomeOf(absl::string_view deal_id,
                          const storage::v1::DealRecord& record);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_LISTS_H_
