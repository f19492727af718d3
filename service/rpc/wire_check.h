// Explains why bytes are no valid message. Pure.
#ifndef SERVICE_RPC_WIRE_CHECK_H_
#define SERVICE_RPC_WIRE_CHECK_H_

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "service/core/errors.h"

namespace journey::rpc {

// Walks `bytes`, which could not be parsed as a `type`, and adds a violation
// for each field that is to blame: text that is not UTF-8, messages nested
// too deeply, bytes that are no protobuf. Adds at least one.
void ExplainParseFailure(const google::protobuf::Descriptor& type,
                         absl::string_view bytes, core::Violations& violations);

}  // namespace journey::rpc

#endif  // SERVICE_RPC_WIRE_CHECK_H_
