// The options by which signals are chosen.
#ifndef CLI_SIGNAL_OPTIONS_H_
#define CLI_SIGNAL_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/invocation.h"
#include "journey/v1/signal_service.pb.h"

namespace journey::cli {

// As given; empty where not given.
struct SignalFilterOptions {
  std::vector<std::string> types;
  std::vector<std::string> owners;
  std::string severity;
  std::vector<std::string> segments;
  bool include_historical = false;
};

void AddSignalFilterOptions(CLI::App& command, SignalFilterOptions& options);

// INVALID_ARGUMENT names the flag.
[[nodiscard]] absl::StatusOr<v1::SignalFilter> SignalFilterOf(
    const SignalFilterOptions& options);

// The head of the tenant's signal log, after which everything is new.
[[nodiscard]] absl::StatusOr<int64_t> SignalHead(const Settings& settings);

}  // namespace journey::cli

#endif  // CLI_SIGNAL_OPTIONS_H_
