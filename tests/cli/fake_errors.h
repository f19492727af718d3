// Errors as the server sends them.
#ifndef TESTS_CLI_FAKE_ERRORS_H_
#define TESTS_CLI_FAKE_ERRORS_H_

#include <grpcpp/grpcpp.h>

#include <string>
#include <utility>
#include <vector>

#include "google/rpc/status.pb.h"
#include "journey/v1/errors.pb.h"

namespace journey::testing {

// An error with its details; without `retry_seconds` nothing about when.
google::rpc::Status MakeError(
    grpc::StatusCode code, v1::ErrorReason reason, const std::string& message,
    const std::vector<std::pair<std::string, std::string>>& fields = {},
    int retry_seconds = -1);
grpc::Status ToGrpc(const google::rpc::Status& status);

}  // namespace journey::testing

#endif  // TESTS_CLI_FAKE_ERRORS_H_
