#include "service/views/lists.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "projections/deal/flags.h"
#include "projections/ticket/ticket.h"
#include "service/views/keys.h"
#include "service/views/signal_keys.h"

namespace journey::views {

namespace {

// A journey is never asked about an instant before its newest touchpoint, also
// where that lies in the future: so a segment that holds by then simply holds.
std::vector<projections::SegmentInterval> SegmentPlaces(
    const storage::v1::JourneyState& state) {
  std::vector<projections::SegmentInterval> out =
      projections::SegmentIntervals(state);
  for (projections::SegmentInterval& interval : out) {
    if (interval.since <= state.newest().at_us()) interval.since = 0;
  }
  return out;
}

}  // namespace

JourneyPlaces PlacesOf(const storage::v1::JourneyState& state) {
  JourneyPlaces places = {projections::StageIntervals(state),
                          projections::LeadStatusIntervals(state),
                          SegmentPlaces(state),
                          projections::OwnerOf(state),
                          {}};
  for (const auto& task : state.planned_tasks()) {
    places.planned_tasks.push_back(
        {task.due_us() == 0 ? core::kNever : task.due_us(), task.task_id(),
         task.owner_id()});
  }
  return places;
}

ListEntries ListsOfJourney(absl::string_view tenant_id,
                           const v1::Subject& journey,
                           const JourneyPlaces& places) {
  ListEntries out;
  for (const auto& interval : places.stages) {
    out.push_back(StageKey(tenant_id, interval.stage, interval.until, journey));
  }
  for (const auto& interval : places.lead_statuses) {
    out.push_back(
        LeadStatusKey(tenant_id, interval.status, interval.until, journey));
  }
  for (const auto& interval : places.segments) {
    out.push_back(SegmentKey(tenant_id, interval.segment, interval.until,
                             interval.since, journey));
  }
  const auto add = [&](std::string key) {
    AppendSubject(journey, key);
    out.push_back(std::move(key));
  };
  add(JourneyPrefix(tenant_id));
  if (!places.owner_id.empty()) add(OwnerPrefix(tenant_id, places.owner_id));
  for (const PlannedTaskPlace& task : places.planned_tasks) {
    out.push_back(PlannedTaskKey(PlannedTasksPrefix(tenant_id), task.due,
                                 journey, task.task_id));
    out.push_back(PlannedTaskKey(OwnedTasksPrefix(tenant_id, task.owner_id),
                                 task.due, journey, task.task_id));
  }
  return out;
}

DealPlaces PlacesOf(const projections::Rules& rules,
                    const storage::v1::DealState& deal) {
  DealPlaces places;
  places.is_deal = deal.status() != v1::DEAL_STATUS_UNSPECIFIED;
  places.is_open = deal.status() == v1::DEAL_STATUS_OPEN;
  if (!places.is_open) return places;
  places.has_unknown_stage = !projections::IsStageKnown(rules, deal);
  places.pipeline_id = deal.pipeline_id();
  places.stalls = projections::StallIntervals(rules, deal);
  return places;
}

ListEntries ListsOfDeal(absl::string_view tenant_id, absl::string_view deal_id,
                        const DealPlaces& places, const DealPlaces& others) {
  ListEntries out;
  if (places.is_deal && !others.is_deal) {
    out.push_back(absl::StrCat(DealPrefix(tenant_id), deal_id));
  }
  if (!places.is_open) return out;
  if (!others.is_open || places.pipeline_id != others.pipeline_id) {
    out.push_back(
        absl::StrCat(OpenDealPrefix(tenant_id, places.pipeline_id), deal_id));
  }
  for (const auto& interval : places.stalls) {
    const auto is_same = [&](const projections::StallInterval& other) {
      return other.since == interval.since && other.reason == interval.reason;
    };
    if (std::any_of(others.stalls.begin(), others.stalls.end(), is_same)) {
      continue;
    }
    std::string key =
        StallKey(tenant_id, interval.since, deal_id, interval.reason);
    // Two offers can fall due at the same instant; one entry stands for both.
    if (std::find(out.begin(), out.end(), key) == out.end()) {
      out.push_back(std::move(key));
    }
  }
  return out;
}

core::SubjectRef SubjectOfTicket(const storage::v1::TicketState& ticket) {
  if (!ticket.deal_id().empty()) {
    return {v1::SUBJECT_TYPE_DEAL, ticket.deal_id()};
  }
  if (!ticket.account_id().empty()) {
    return {v1::SUBJECT_TYPE_ACCOUNT, ticket.account_id()};
  }
  if (!ticket.contact_id().empty()) {
    return {v1::SUBJECT_TYPE_CONTACT, ticket.contact_id()};
  }
  return {v1::SUBJECT_TYPE_VISITOR, ticket.anonymous_id()};
}

ListEntries ListsOfTicket(absl::string_view tenant_id,
                          const storage::v1::TicketState& ticket) {
  if (ticket.touchpoint_count() == 0) return {};
  const auto since = [&](std::string key) {
    AppendInstant(ticket.status_moment().at_us(), key);
    return absl::StrCat(key, ticket.ticket_id());
  };
  ListEntries out = {
      absl::StrCat(TicketPrefix(tenant_id), ticket.ticket_id()),
      absl::StrCat(TicketsOfPrefix(tenant_id, SubjectOfTicket(ticket)),
                   ticket.ticket_id()),
      since(TicketStatusPrefix(tenant_id, ticket.status()))};
  if (projections::IsOpen(ticket.status())) {
    out.push_back(since(OpenTicketPrefix(tenant_id)));
  }
  return out;
}

Home HomeOf(absl::string_view deal_id, const storage::v1::DealRecord& record) {
  if (!record.account_id().empty()) {
    return {core::ToSubject({v1::SUBJECT_TYPE_ACCOUNT, record.account_id()})};
  }
  if (!record.contact_id().empty()) {
    return {core::ToSubject({v1::SUBJECT_TYPE_CONTACT, record.contact_id()}),
            record.contact_moment().at_us()};
  }
  return {core::ToSubject({v1::SUBJECT_TYPE_DEAL, deal_id})};
}

}  // namespace journey::views
