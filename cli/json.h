// Messages to and from JSON.
#ifndef CLI_JSON_H_
#define CLI_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace journey::cli {

// Protobuf's JSON with the field names of the proto files, in one line.
[[nodiscard]] std::string ToJsonLine(const google::protobuf::Message& message);

// The same, indented, without a final line feed.
[[nodiscard]] std::string ToJsonDocument(
    const google::protobuf::Message& message);

// Reads protobuf's JSON into an empty message, and the friendlier forms that
// people write: enum values short and in lower case ("demo"), instants as
// days or without a zone (UTC), `Date` as "2025-03-01", durations as seconds.
// INVALID_ARGUMENT names the field.
[[nodiscard]] absl::Status ParseJson(absl::string_view json,
                                     google::protobuf::Message& message);

}  // namespace journey::cli

#endif  // CLI_JSON_H_
