// Structured lines on stderr: what the operator must know, nothing an event.
#ifndef SERVICE_SERVER_LOGGER_H_
#define SERVICE_SERVER_LOGGER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "service/core/clock.h"

namespace spdlog {
class logger;
}  // namespace spdlog

namespace journey::server {

using LogFields = std::vector<std::pair<std::string, std::string>>;

enum class LogFormat { kText, kJson };

// One line without its end: time, level, message, fields. Pure.
[[nodiscard]] std::string FormatLogLine(LogFormat format, core::Micros now,
                                        absl::string_view level,
                                        absl::string_view message,
                                        const LogFields& fields);

// Thread-safe.
class Logger {
 public:
  // `level` is one of info, warn, error, off.
  Logger(LogFormat format, const std::string& level);
  ~Logger();

  void Info(absl::string_view message, const LogFields& fields = {});
  void Warn(absl::string_view message, const LogFields& fields = {});
  // Also flushes, as the process may be about to end.
  void Error(absl::string_view message, const LogFields& fields = {});

 private:
  const LogFormat format_;
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace journey::server

#endif  // SERVICE_SERVER_LOGGER_H_
