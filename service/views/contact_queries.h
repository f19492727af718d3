// The contacts of a journey, each on its own. Errors are those documented at
// JourneyService.
#ifndef SERVICE_VIEWS_CONTACT_QUERIES_H_
#define SERVICE_VIEWS_CONTACT_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/journey_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::ListContactsResponse> ListContacts(
    const QueryContext& context, const v1::ListContactsRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_CONTACT_QUERIES_H_
