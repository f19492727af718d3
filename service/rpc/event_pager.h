// The events of one Read, page by page.
#ifndef SERVICE_RPC_EVENT_PAGER_H_
#define SERVICE_RPC_EVENT_PAGER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "service/log/event_log.h"
#include "service/views/views.h"

namespace journey::rpc {

// Reads from disk; used by one thread at a time. It ends at the head that
// every query saw when it was opened.
class EventPager {
 public:
  EventPager(const log::EventLog* log, views::Views* views,
             const v1::ReadRequest& request);

  // Finds the head and, with a subject, its positions.
  absl::Status Open();

  // The next events in the order asked for, unfiltered; empty at the end.
  absl::StatusOr<std::vector<log::LogEvent>> Next();

 private:
  absl::Status FindPositions();
  absl::StatusOr<std::vector<log::LogEvent>> NextOfLog();
  absl::StatusOr<std::vector<log::LogEvent>> NextOfSubject();

  const log::EventLog* const log_;
  views::Views* const views_;
  const v1::ReadRequest request_;
  const bool backwards_;
  int64_t head_ = 0;
  // Where the log is read on; outside 1 to `head_` at the end.
  int64_t next_ = 0;
  // The subject's positions in the order asked for, and how many were read.
  std::vector<int64_t> positions_;
  size_t positions_read_ = 0;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_EVENT_PAGER_H_
