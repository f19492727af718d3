#include "service/rpc/wire.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/rpc/wire_check.h"

namespace journey::rpc {

absl::Status Parse(const grpc::ByteBuffer& bytes,
                   google::protobuf::Message* message) {
  core::Violations violations;
  if (bytes.Length() > size_t{core::kMessageBytesMax}) {
    violations.Add("request",
                   absl::StrCat("has ", bytes.Length(), " bytes; send at most ",
                                core::kMessageBytesMax));
    return violations.ToStatus();
  }
  // A small message lies in one slice, which is then only referred to.
  grpc::Slice slice;
  if (!bytes.DumpToSingleSlice(&slice).ok()) {
    return absl::InternalError("the request's bytes cannot be read");
  }
  if (message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return absl::OkStatus();
  }
  ExplainParseFailure(
      *message->GetDescriptor(),
      absl::string_view(reinterpret_cast<const char*>(slice.begin()),
                        slice.size()),
      violations);
  return violations.ToStatus();
}

grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      std::string(status.message()),
                      core::ToRpcStatus(status).SerializeAsString());
}

}  // namespace journey::rpc
