// The query of JourneyService that explains. Errors are those documented
// there.
#ifndef SERVICE_VIEWS_EXPLAIN_QUERIES_H_
#define SERVICE_VIEWS_EXPLAIN_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/journey_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::ExplainJourneyResponse> ExplainJourney(
    const QueryContext& context, const v1::ExplainJourneyRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_EXPLAIN_QUERIES_H_
