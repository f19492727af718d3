// Each tenant has two logs: one of touchpoints, and one of signals, which says
// what was announced and what people did about it. They differ only in the
// name under which the event log keeps them, so that each has dense positions
// of its own.
#ifndef SERVICE_CORE_SIGNAL_LOG_H_
#define SERVICE_CORE_SIGNAL_LOG_H_

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace journey::core {

// No tenant id contains "/".
inline constexpr absl::string_view kSignalLogSuffix = "/signals";

// The name of a tenant's signal log.
[[nodiscard]] inline std::string SignalLogOf(absl::string_view tenant_id) {
  return absl::StrCat(tenant_id, kSignalLogSuffix);
}

[[nodiscard]] inline bool IsSignalLog(absl::string_view log_id) {
  return absl::EndsWith(log_id, kSignalLogSuffix);
}

// The tenant whose signal log it is.
[[nodiscard]] inline absl::string_view TenantOfSignalLog(
    absl::string_view log_id) {
  return log_id.substr(0, log_id.size() - kSignalLogSuffix.size());
}

}  // namespace journey::core

#endif  // SERVICE_CORE_SIGNAL_LOG_H_
