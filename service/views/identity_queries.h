// The query of IdentityService. Called by views.cc.
#ifndef SERVICE_VIEWS_IDENTITY_QUERIES_H_
#define SERVICE_VIEWS_IDENTITY_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/identity_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

absl::StatusOr<v1::ResolveResponse> Resolve(const QueryContext& context,
                                            const v1::ResolveRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_IDENTITY_QUERIES_H_
