// From an error to what a person reads and to the exit code.
#ifndef CLI_FAILURE_H_
#define CLI_FAILURE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"
#include "journey/v1/errors.pb.h"

namespace journey::cli {

// One field that the server did not accept.
struct FieldMistake {
  // For example "touchpoints[3].occurred_at".
  std::string field;
  std::string description;
};

// An error of a call; its details stay attached. OK stays OK.
[[nodiscard]] absl::Status FromGrpc(const grpc::Status& status);
[[nodiscard]] absl::Status FromRpc(const google::rpc::Status& status);

// A mistake on the command line, in the configuration or in a mapping.
[[nodiscard]] absl::Status UsageError(absl::string_view message);

// Something wrong on this machine: a file, SQLite, the disk.
[[nodiscard]] absl::Status LocalError(absl::string_view message);

// True for an error that a server sent with details.
[[nodiscard]] bool IsFromServer(const absl::Status& status);

[[nodiscard]] std::vector<FieldMistake> FieldMistakesOf(
    const absl::Status& status);

// How long the server asks to wait; none unless it said so.
[[nodiscard]] std::optional<absl::Duration> RetryDelayOf(
    const absl::Status& status);

// The reason that the server gave; UNSPECIFIED without one.
[[nodiscard]] v1::ErrorReason ReasonOf(const absl::Status& status);

[[nodiscard]] int ExitCodeOf(const absl::Status& status);

// What went wrong, the fields, and what to do, with a final line feed.
[[nodiscard]] std::string Describe(const absl::Status& status);

}  // namespace journey::cli

#endif  // CLI_FAILURE_H_
