// Typed errors: an absl::Status that carries the google.rpc details which the
// API promises (proto/journey/v1/errors.proto).
#ifndef SERVICE_CORE_ERRORS_H_
#define SERVICE_CORE_ERRORS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "journey/v1/errors.pb.h"

namespace journey::core {

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// A limit as errors tell it: its name, which is that in limits.h without the
// `k` and in snake_case, its value and what is counted.
struct Limit {
  absl::string_view name;
  int64_t value = 0;
  absl::string_view unit;
};

// The metadata that tell a limit: "limit", "value" and "unit".
[[nodiscard]] ErrorMetadata MetadataOf(const Limit& limit);

// An error with one ErrorInfo. `code` is the one that errors.proto documents
// for `reason`.
[[nodiscard]] absl::Status MakeError(absl::StatusCode code,
                                     v1::ErrorReason reason,
                                     absl::string_view message,
                                     const ErrorMetadata& metadata = {});

// RESOURCE_EXHAUSTED (OVERLOADED) with RetryInfo; `limit` is the name of the
// bound as in Limit.
[[nodiscard]] absl::Status OverloadedError(absl::string_view message,
                                           absl::string_view limit);

// RESOURCE_EXHAUSTED (SLOW_READER) with RetryInfo: the reader of a stream did
// not take what was sent, the last of it up to `position`.
[[nodiscard]] absl::Status SlowReaderError(int64_t position);

// RESOURCE_EXHAUSTED (STORAGE_FULL) with RetryInfo: too little disk is free.
[[nodiscard]] absl::Status StorageFullError();

// UNAVAILABLE (SHUTTING_DOWN).
[[nodiscard]] absl::Status ShuttingDownError();

// UNAVAILABLE (OUTCOME_UNKNOWN).
[[nodiscard]] absl::Status OutcomeUnknownError();

// DATA_LOSS (DATA_DAMAGED); `message` names the place.
[[nodiscard]] absl::Status DamagedError(absl::string_view message);

// A refused value as a description shows it: in quotes, escaped, and cut where
// it is long.
[[nodiscard]] std::string Quoted(absl::string_view value);

// Collects what is wrong with a request, field by field. Not thread-safe.
class Violations {
 public:
  // `field` is a path such as "touchpoints[3].occurred_at"; `description`
  // says what is wrong and the way out. Beyond kViolationsMax only counts.
  void Add(absl::string_view field, absl::string_view description);

  [[nodiscard]] bool empty() const { return count_ == 0; }

  // What was collected, in the order in which it was added.
  [[nodiscard]] const google::rpc::BadRequest& bad_request() const {
    return bad_request_;
  }

  // OK when empty; else INVALID_ARGUMENT (VALIDATION_FAILED) with BadRequest.
  // The message names the first field and how many more there are.
  [[nodiscard]] absl::Status ToStatus() const;

  // The same as ALREADY_EXISTS (TOUCHPOINT_CONFLICT).
  [[nodiscard]] absl::Status ToConflict() const;

 private:
  [[nodiscard]] absl::Status Build(absl::StatusCode code,
                                   v1::ErrorReason reason) const;

  int count_ = 0;
  google::rpc::BadRequest bad_request_;
};

// The reason of an error made here; UNSPECIFIED for any other.
[[nodiscard]] v1::ErrorReason ReasonOf(const absl::Status& status);

// The wire form: code, message and details. An error without details (a
// mistake in the server) gets an ErrorInfo with reason INTERNAL.
[[nodiscard]] google::rpc::Status ToRpcStatus(const absl::Status& status);

}  // namespace journey::core

#endif  // SERVICE_CORE_ERRORS_H_
