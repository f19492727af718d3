// Tells the log about a replay that takes long.
#ifndef SERVICE_SERVER_PROGRESS_H_
#define SERVICE_SERVER_PROGRESS_H_

#include <cstdint>
#include <functional>

#include "service/server/logger.h"

namespace journey::server {

// A callback for (events done, events in all) that writes a line now and
// then, so that a short replay writes none.
[[nodiscard]] std::function<void(int64_t, int64_t)> ProgressLog(Logger* logger);

}  // namespace journey::server

#endif  // SERVICE_SERVER_PROGRESS_H_
