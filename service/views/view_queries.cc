#include "service/views/view_queries.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "service/core/signal_log.h"
#include "service/core/time.h"
#include "service/views/contact_queries.h"
#include "service/views/deal_queries.h"
#include "service/views/diff_queries.h"
#include "service/views/digest.h"
#include "service/views/explain_queries.h"
#include "service/views/identity_queries.h"
#include "service/views/journey_queries.h"
#include "service/views/keys.h"
#include "service/views/segment_queries.h"
#include "service/views/signal_keys.h"
#include "service/views/signal_queries.h"
#include "service/views/task_queries.h"
#include "service/views/ticket_queries.h"
#include "service/views/timeline.h"

namespace journey::views {

absl::StatusOr<v1::GetJourneyResponse> ViewQueries::GetJourney(
    const v1::GetJourneyRequest& request,
    const StillWanted& still_wanted) const {
  return views::GetJourney(Context(still_wanted), request);
}

absl::StatusOr<v1::BatchGetJourneysResponse> ViewQueries::BatchGetJourneys(
    const v1::BatchGetJourneysRequest& request,
    const StillWanted& still_wanted) const {
  return views::BatchGetJourneys(Context(still_wanted), request);
}

absl::StatusOr<v1::ListJourneysResponse> ViewQueries::ListJourneys(
    const v1::ListJourneysRequest& request,
    const StillWanted& still_wanted) const {
  return views::ListJourneys(Context(still_wanted), request);
}

absl::StatusOr<v1::GetTimelineResponse> ViewQueries::GetTimeline(
    const v1::GetTimelineRequest& request,
    const StillWanted& still_wanted) const {
  return views::GetTimeline(Context(still_wanted), request);
}

absl::StatusOr<v1::DiffJourneyResponse> ViewQueries::DiffJourney(
    const v1::DiffJourneyRequest& request,
    const StillWanted& still_wanted) const {
  return views::DiffJourney(Context(still_wanted), request);
}

absl::StatusOr<v1::ExplainJourneyResponse> ViewQueries::ExplainJourney(
    const v1::ExplainJourneyRequest& request,
    const StillWanted& still_wanted) const {
  return views::ExplainJourney(Context(still_wanted), request);
}

absl::StatusOr<v1::ListContactsResponse> ViewQueries::ListContacts(
    const v1::ListContactsRequest& request,
    const StillWanted& still_wanted) const {
  return views::ListContacts(Context(still_wanted), request);
}

absl::StatusOr<v1::GetPlanResponse> ViewQueries::GetPlan(
    const v1::GetPlanRequest& request, const StillWanted& still_wanted) const {
  return views::GetPlan(Context(still_wanted), request);
}

absl::StatusOr<v1::CountSegmentsResponse> ViewQueries::CountSegments(
    const v1::CountSegmentsRequest& request,
    const StillWanted& still_wanted) const {
  return views::CountSegments(Context(still_wanted), request);
}

absl::StatusOr<v1::ResolveResponse> ViewQueries::Resolve(
    const v1::ResolveRequest& request, const StillWanted& still_wanted) const {
  return views::Resolve(Context(still_wanted), request);
}

absl::StatusOr<v1::GetDealResponse> ViewQueries::GetDeal(
    const v1::GetDealRequest& request, const StillWanted& still_wanted) const {
  return views::GetDeal(Context(still_wanted), request);
}

absl::StatusOr<v1::ListDealsResponse> ViewQueries::ListDeals(
    const v1::ListDealsRequest& request,
    const StillWanted& still_wanted) const {
  return views::ListDeals(Context(still_wanted), request);
}

absl::StatusOr<v1::ListStalledDealsResponse> ViewQueries::ListStalledDeals(
    const v1::ListStalledDealsRequest& request,
    const StillWanted& still_wanted) const {
  return views::ListStalledDeals(Context(still_wanted), request);
}

absl::StatusOr<v1::GetBoardResponse> ViewQueries::GetBoard(
    const v1::GetBoardRequest& request, const StillWanted& still_wanted) const {
  return views::GetBoard(Context(still_wanted), request);
}

absl::StatusOr<v1::GetTicketResponse> ViewQueries::GetTicket(
    const v1::GetTicketRequest& request,
    const StillWanted& still_wanted) const {
  return views::GetTicket(Context(still_wanted), request);
}

absl::StatusOr<v1::ListTicketsResponse> ViewQueries::ListTickets(
    const v1::ListTicketsRequest& request,
    const StillWanted& still_wanted) const {
  return views::ListTickets(Context(still_wanted), request);
}

absl::StatusOr<v1::ListSignalsResponse> ViewQueries::ListSignals(
    const v1::ListSignalsRequest& request,
    const StillWanted& still_wanted) const {
  return views::ListSignals(Context(still_wanted), request);
}

absl::StatusOr<v1::ListTasksResponse> ViewQueries::ListTasks(
    const v1::ListTasksRequest& request,
    const StillWanted& still_wanted) const {
  return views::ListTasks(Context(still_wanted), request);
}

absl::StatusOr<log::TenantHead> ViewQueries::Head(absl::string_view tenant_id) {
  storage::v1::TenantRecord record;
  const auto found =
      Snapshot(*store_).Get(Family::kDefault, TenantKey(tenant_id), record);
  if (!found.ok()) return found.status();
  return log::TenantHead{record.head_position(), record.chain()};
}

absl::StatusOr<std::vector<log::IdEntry>> ViewQueries::Ids(
    absl::string_view tenant_id,
    const std::vector<std::pair<absl::string_view, absl::string_view>>& ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const auto& [source, touchpoint_id] : ids) {
    keys.push_back(IdKey(tenant_id, source, touchpoint_id));
  }
  std::vector<log::IdEntry> entries;
  if (const absl::Status status = Snapshot(*store_).ReadIds(keys, entries);
      !status.ok()) {
    return status;
  }
  return entries;
}

absl::StatusOr<int64_t> ViewQueries::SubjectVersion(
    absl::string_view tenant_id, const v1::Subject& subject) {
  storage::v1::SubjectRecord record;
  const auto found = Snapshot(*store_).Get(
      Family::kSubjects, SubjectKey(tenant_id, subject), record);
  if (!found.ok()) return found.status();
  return record.version();
}

absl::StatusOr<std::optional<v1::TenantStatus>> ViewQueries::GetTenant(
    absl::string_view tenant_id) const {
  storage::v1::TenantRecord record;
  const auto found =
      Snapshot(*store_).Get(Family::kDefault, TenantKey(tenant_id), record);
  if (!found.ok()) return found.status();
  std::optional<v1::TenantStatus> out;
  if (!*found) return out;
  out.emplace();
  out->set_tenant_id(std::string(tenant_id));
  out->set_head_position(record.head_position());
  *out->mutable_newest_occurred_at() =
      core::ToTimestamp(record.newest_occurred_us());
  out->set_journey_count(record.journey_count());
  out->set_deal_count(record.deal_count());
  storage::v1::TenantRecord signals;
  const auto has_signals = Snapshot(*store_).Get(
      Family::kDefault, TenantKey(core::SignalLogOf(tenant_id)), signals);
  if (!has_signals.ok()) return has_signals.status();
  out->set_signal_position(signals.head_position());
  const auto oldest =
      OldestDueSignal(*store_, first_timer_, tenant_id, context_.clock->Now());
  if (!oldest.ok()) return oldest.status();
  if (*oldest != core::kNever) {
    *out->mutable_oldest_unannounced_at() = core::ToTimestamp(*oldest);
  }
  out->set_unknown_stage_deal_count(record.unknown_stage_deal_count());
  out->set_ticket_count(record.ticket_count());
  return out;
}

absl::StatusOr<std::optional<v1::Signal>> ViewQueries::FindSignal(
    absl::string_view tenant_id, absl::string_view signal_id) const {
  v1::Signal signal;
  const auto found = Snapshot(*store_).Get(
      Family::kLists, SignalKey(tenant_id, absl::HexStringToBytes(signal_id)),
      signal);
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<v1::Signal>();
  return std::optional<v1::Signal>(std::move(signal));
}

absl::StatusOr<std::vector<int64_t>> ViewQueries::SubjectPositions(
    absl::string_view tenant_id, const v1::Subject& subject) const {
  const Snapshot snapshot(*store_);
  std::vector<int64_t> positions;
  const absl::Status status = snapshot.ScanTouchpoints(
      SubjectKey(tenant_id, subject), 0, [&](const TouchpointRow& row) {
        positions.push_back(row.position);
        if (row.retraction_position != 0) {
          positions.push_back(row.retraction_position);
        }
        return true;
      });
  if (!status.ok()) return status;
  std::sort(positions.begin(), positions.end());
  return positions;
}

core::Micros ViewQueries::SignalLag() const {
  const core::Micros now = context_.clock->Now();
  const auto oldest = OldestDueSignal(*store_, first_timer_, "", now);
  return oldest.ok() && *oldest != core::kNever ? now - *oldest : 0;
}

absl::StatusOr<std::string> ViewQueries::ConclusionsDigest(
    core::Micros as_of) const {
  return DigestConclusions(context_, as_of);
}

}  // namespace journey::views
