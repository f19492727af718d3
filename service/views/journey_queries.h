// The queries of JourneyService. Errors are those documented there.
#ifndef SERVICE_VIEWS_JOURNEY_QUERIES_H_
#define SERVICE_VIEWS_JOURNEY_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/journey_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::GetJourneyResponse> GetJourney(
    const QueryContext& context, const v1::GetJourneyRequest& request);
absl::StatusOr<v1::BatchGetJourneysResponse> BatchGetJourneys(
    const QueryContext& context, const v1::BatchGetJourneysRequest& request);
absl::StatusOr<v1::ListJourneysResponse> ListJourneys(
    const QueryContext& context, const v1::ListJourneysRequest& request);
absl::StatusOr<v1::GetPlanResponse> GetPlan(const QueryContext& context,
                                            const v1::GetPlanRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_JOURNEY_QUERIES_H_
