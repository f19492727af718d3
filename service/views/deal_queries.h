// The queries of DealService. Errors are those documented there.
#ifndef SERVICE_VIEWS_DEAL_QUERIES_H_
#define SERVICE_VIEWS_DEAL_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/deal_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::GetDealResponse> GetDeal(const QueryContext& context,
                                            const v1::GetDealRequest& request);
absl::StatusOr<v1::ListDealsResponse> ListDeals(
    const QueryContext& context, const v1::ListDealsRequest& request);
absl::StatusOr<v1::ListStalledDealsResponse> ListStalledDeals(
    const QueryContext& context, const v1::ListStalledDealsRequest& request);
absl::StatusOr<v1::GetBoardResponse> GetBoard(
    const QueryContext& context, const v1::GetBoardRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_DEAL_QUERIES_H_
