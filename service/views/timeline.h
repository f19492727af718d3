// A journey's touchpoints in order, with its changes among them.
#ifndef SERVICE_VIEWS_TIMELINE_H_
#define SERVICE_VIEWS_TIMELINE_H_

#include "absl/status/statusor.h"
#include "journey/v1/journey_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
    const QueryContext& context, const v1::GetTimelineRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TIMELINE_H_
