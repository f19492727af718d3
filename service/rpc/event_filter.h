// Decides which events a reader wants to see. Pure.
#ifndef SERVICE_RPC_EVENT_FILTER_H_
#define SERVICE_RPC_EVENT_FILTER_H_

#include <limits>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "service/core/clock.h"
#include "service/log/event_log.h"

namespace journey::rpc {

// Immutable and thread-safe.
class EventFilter {
 public:
  explicit EventFilter(const v1::EventFilter& filter);

  // True when all conditions hold. A retraction passes those on kind and
  // time; its source is the target's.
  [[nodiscard]] bool Matches(const log::LogEvent& event) const;

 private:
  [[nodiscard]] bool WantsSource(const std::string& source) const;

  absl::flat_hash_set<int> kinds_;
  absl::flat_hash_set<std::string> sources_;
  core::Micros from_ = std::numeric_limits<core::Micros>::min();
  core::Micros before_ = std::numeric_limits<core::Micros>::max();
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_EVENT_FILTER_H_
