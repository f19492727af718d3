// journeyd: the service as a process.
#include <grpc/support/log.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/stubs/logging.h"
#include "service/core/limits.h"
#include "service/server/config.h"
#include "service/server/logger.h"
#include "service/server/server.h"
#include "service/server/signals.h"
#include "service/server/version.h"
#include "service/server/watchdog.h"

namespace journey::server {
namespace {

// Ends at once: what is in memory may not be acknowledged any more.
void EndAfterFatal(Logger& logger, const absl::Status& status) {
  logger.Error("the event log or the views have failed; ending at once",
               {{"error", std::string(status.message())}});
  _Exit(kExitFatal);
}

// gRPC's way of logging knows no context.
Logger* grpc_logger = nullptr;

// What the libraries want to say takes the form of our lines, or is not said.
void RouteLibraryLogs(Logger& logger) {
  // Malformed requests are answered; a line each would let clients fill the
  // disk.
  google::protobuf::SetLogHandler(nullptr);
  grpc_logger = &logger;
  gpr_set_log_function([](gpr_log_func_args* line) {
    if (line->severity == GPR_LOG_SEVERITY_ERROR) {
      grpc_logger->Warn("gRPC reports a problem", {{"text", line->message}});
    }
  });
}

int Serve(const Config& config) {
  // Never destroyed: gRPC's threads may log until the very end.
  Logger& logger = *new Logger(
      config.log_format == "json" ? LogFormat::kJson : LogFormat::kText,
      config.log_level);
  RouteLibraryLogs(logger);
  SignalWaiter signals([&logger] {
    // Nothing was acknowledged yet, so there is nothing to finish.
    logger.Info("stopped while starting");
    _Exit(0);
  });
  logger.Info("starting", {{"version", Version()},
                           {"data_dir", config.data_dir},
                           {"rules", config.rules}});
  ServerOptions options;
  options.config = config;
  options.logger = &logger;
  options.on_fatal = [&logger](const absl::Status& status) {
    EndAfterFatal(logger, status);
  };
  auto server = Server::Start(std::move(options));
  if (!server.ok()) {
    // The mistakes of a rule set are a line each.
    for (const absl::string_view line :
         absl::StrSplit(server.status().message(), '\n')) {
      logger.Error("cannot start", {{"error", std::string(line)}});
    }
    return kExitStartFailed;
  }
  // Before anyone is told: whoever reads the line may stop us at once.
  signals.Arm();
  std::cout << absl::StrCat("journeyd ready grpc=", (*server)->grpc_address(),
                            " metrics=", (*server)->metrics_address(), "\n")
            << std::flush;
  logger.Info("ready", {{"grpc", (*server)->grpc_address()},
                        {"metrics", (*server)->metrics_address()}});
  const int signal = signals.WaitUntilStopped();
  logger.Info("stopping", {{"signal", std::to_string(signal)}});
  Watchdog watchdog(std::chrono::seconds(core::kWatchdogSeconds), [&logger] {
    logger.Error("stopping took too long; ending at once");
    _Exit(kExitWatchdog);
  });
  const absl::Status status = (*server)->Stop();
  if (!status.ok()) {
    logger.Error("stopped with an error",
                 {{"error", std::string(status.message())}});
    return kExitFatal;
  }
  logger.Info("stopped");
  return 0;
}

}  // namespace
}  // namespace journey::server

int main(int argc, char** argv) {
  const auto command = journey::server::ParseCommandLine(argc, argv);
  if (command.exit.has_value()) {
    std::cout << command.exit->out;
    std::cerr << command.exit->err;
    return command.exit->code;
  }
  return journey::server::Serve(command.config);
}
