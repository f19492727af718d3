// The queries of SignalService about signals.
#ifndef SERVICE_VIEWS_SIGNAL_QUERIES_H_
#define SERVICE_VIEWS_SIGNAL_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/signal_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

// See Views::ListSignals.
absl::StatusOr<v1::ListSignalsResponse> ListSignals(
    const QueryContext& context, const v1::ListSignalsRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_SIGNAL_QUERIES_H_
