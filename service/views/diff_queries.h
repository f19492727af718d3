// The query of JourneyService about how a journey differs between two instants.
// Called by views.cc.
#ifndef SERVICE_VIEWS_DIFF_QUERIES_H_
#define SERVICE_VIEWS_DIFF_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/journey_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::DiffJourneyResponse> DiffJourney(
    const QueryContext& context, const v1::DiffJourneyRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_DIFF_QUERIES_H_
