#include "service/views/lists.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "service/views/keys.h"

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
  return {projections::StageIntervals(state),
          projections::LeadStatusIntervals(state), SegmentPlaces(state),
          projections::OwnerOf(state)};
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
  return out;
}

DealPlaces PlacesOf(const projections::Rules& rules,
                    const storage::v1::DealState& deal) {
  DealPlaces places;
  places.is_deal = deal.status() != v1::DEAL_STATUS_UNSPECIFIED;
  places.is_open = deal.status() == v1::DEAL_STATUS_OPEN;
  if (!places.is_open) return places;
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
