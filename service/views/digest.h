// The canonical export of all conclusions, as a digest: equal for equal sets
// of events, rules and clocks, whatever the order of arrival.
#ifndef SERVICE_VIEWS_DIGEST_H_
#define SERVICE_VIEWS_DIGEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "service/core/clock.h"
#include "service/views/reader.h"

namespace journey::views {

// SHA-256 in hex over all tenants by id: each tenant's journeys by subject,
// then its deals and its tickets by id, each as its length and its serialised
// form. Journeys
// are concluded at the later of `as_of` and their newest touchpoint.
absl::StatusOr<std::string> DigestConclusions(const QueryContext& context,
                                              core::Micros as_of);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_DIGEST_H_
