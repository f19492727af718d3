// Messages, statuses and their bytes. The handlers take raw bytes, because
// gRPC answers a request that cannot be parsed with a bare INTERNAL, and the
// API promises to name the fields.
#ifndef SERVICE_RPC_WIRE_H_
#define SERVICE_RPC_WIRE_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace journey::rpc {

// Parses a request. INVALID_ARGUMENT (VALIDATION_FAILED) that names the bad
// fields when it is malformed, or too large.
[[nodiscard]] absl::Status Parse(const grpc::ByteBuffer& bytes,
                                 google::protobuf::Message* message);

[[nodiscard]] grpc::ByteBuffer Serialize(
    const google::protobuf::MessageLite& message);

// The same error for gRPC, with google.rpc.Status as error details.
[[nodiscard]] grpc::Status ToGrpc(const absl::Status& status);

}  // namespace journey::rpc

#endif  // SERVICE_RPC_WIRE_H_
