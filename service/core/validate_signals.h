// Checks the requests of SignalService. Each check returns OK or
// INVALID_ARGUMENT (VALIDATION_FAILED) that names every bad field. Pure.
#ifndef SERVICE_CORE_VALIDATE_SIGNALS_H_
#define SERVICE_CORE_VALIDATE_SIGNALS_H_

#include "absl/status/status.h"
#include "journey/v1/signal_service.pb.h"
#include "service/core/clock.h"

namespace journey::core {

[[nodiscard]] absl::Status ValidateWatchSignals(
    const v1::WatchSignalsRequest& request);
[[nodiscard]] absl::Status ValidateListSignals(
    const v1::ListSignalsRequest& request);
[[nodiscard]] absl::Status ValidateListTasks(
    const v1::ListTasksRequest& request);

[[nodiscard]] absl::Status ValidateAcknowledge(
    const v1::AcknowledgeRequest& request);
// `until` must be after `now`.
[[nodiscard]] absl::Status ValidateSnooze(const v1::SnoozeRequest& request,
                                          Micros now);
[[nodiscard]] absl::Status ValidateFinish(const v1::FinishRequest& request);
[[nodiscard]] absl::Status ValidateDismiss(const v1::DismissRequest& request);

}  // namespace journey::core

#endif  // SERVICE_CORE_VALIDATE_SIGNALS_H_
