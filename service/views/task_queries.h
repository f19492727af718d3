// The query of SignalService about what is to be done.
#ifndef SERVICE_VIEWS_TASK_QUERIES_H_
#define SERVICE_VIEWS_TASK_QUERIES_H_

#include "absl/status/statusor.h"
#include "journey/v1/signal_service.pb.h"
#include "service/views/reader.h"

namespace journey::views {

// See Views::ListTasks.
absl::StatusOr<v1::ListTasksResponse> ListTasks(
    const QueryContext& context, const v1::ListTasksRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TASK_QUERIES_H_
