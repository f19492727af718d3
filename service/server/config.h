// The server's configuration: flags, else environment, else file, else
// defaults.
#ifndef SERVICE_SERVER_CONFIG_H_
#define SERVICE_SERVER_CONFIG_H_

#include <optional>
#include <string>

#include "service/core/limits.h"

namespace journey::server {

// The value of `metrics_listen` that serves no metrics.
inline constexpr char kMetricsOff[] = "off";

// docs/OPERATIONS.md describes each field.
struct Config {
  std::string data_dir = "data";
  std::string rules;
  std::string listen = "127.0.0.1:50051";
  std::string metrics_listen = "127.0.0.1:9464";
  double heartbeat_seconds = core::kHeartbeatSecondsDefault;
  int view_cache_mib = 256;
  int view_buffer_mib = 128;
  std::string log_format = "text";
  std::string log_level = "info";
};

// What to do instead of running: print and end.
struct Exit {
  int code = 0;
  std::string out;
  std::string err;
};

struct CommandLine {
  Config config;
  std::optional<Exit> exit;
};

// Reads flags, the environment (JOURNEY_*) and the file of --config. Bad
// values and unknown keys end the program with kExitConfig.
[[nodiscard]] CommandLine ParseCommandLine(int argc, const char* const* argv);

// "HOST:PORT" with another port, for example the one that was bound.
[[nodiscard]] std::string WithPort(const std::string& host_port, int port);

// Exit codes; docs/OPERATIONS.md lists them.
inline constexpr int kExitStartFailed = 1;
inline constexpr int kExitConfig = 2;
inline constexpr int kExitFatal = 70;
inline constexpr int kExitWatchdog = 75;

}  // namespace journey::server

#endif  // SERVICE_SERVER_CONFIG_H_
