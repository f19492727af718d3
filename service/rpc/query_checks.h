// Checks the requests of queries before the views see them. Each returns OK
// or INVALID_ARGUMENT (VALIDATION_FAILED) that names every bad field. Pure.
#ifndef SERVICE_RPC_QUERY_CHECKS_H_
#define SERVICE_RPC_QUERY_CHECKS_H_

#include "absl/status/status.h"
#include "journey/v1/admin_service.pb.h"
#include "journey/v1/deal_service.pb.h"
#include "journey/v1/identity_service.pb.h"
#include "journey/v1/journey_service.pb.h"
#include "journey/v1/ticket_service.pb.h"

namespace journey::rpc {

[[nodiscard]] absl::Status Check(const v1::GetJourneyRequest& request);
[[nodiscard]] absl::Status Check(const v1::BatchGetJourneysRequest& request);
[[nodiscard]] absl::Status Check(const v1::ListJourneysRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetTimelineRequest& request);
[[nodiscard]] absl::Status Check(const v1::DiffJourneyRequest& request);
[[nodiscard]] absl::Status Check(const v1::ExplainJourneyRequest& request);
[[nodiscard]] absl::Status Check(const v1::ListContactsRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetPlanRequest& request);
[[nodiscard]] absl::Status Check(const v1::CountSegmentsRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetDealRequest& request);
[[nodiscard]] absl::Status Check(const v1::ListDealsRequest& request);
[[nodiscard]] absl::Status Check(const v1::ListStalledDealsRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetBoardRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetTicketRequest& request);
[[nodiscard]] absl::Status Check(const v1::ListTicketsRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetStatusRequest& request);
[[nodiscard]] absl::Status Check(const v1::ResolveRequest& request);

}  // namespace journey::rpc

#endif  // SERVICE_RPC_QUERY_CHECKS_H_
