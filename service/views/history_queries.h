// The queries of JourneyService about how a journey went: its timeline, and
// its differences between two instants. Called by views.cc.
#ifndef SERVICE_VIEWS_HISTORY_QUERIES_H_
#define SERVICE_VIEWS_HISTORY_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/journey_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
    const QueryContext& context, const v1::GetTimelineRequest& request);

absl::StatusOr<v1::DiffJourneyResponse> DiffJourney(
    const QueryContext& context, const v1::DiffJourneyRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_HISTORY_QUERIES_H_
