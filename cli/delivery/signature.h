// What proves to a receiver that a body comes from someone who knows the
// secret, and when it was sent.
#ifndef CLI_DELIVERY_SIGNATURE_H_
#define CLI_DELIVERY_SIGNATURE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace journey::cli {

// The header lines "X-Journey-Timestamp: SECONDS" and "X-Journey-Signature:
// sha256=HEX". HEX is the HMAC-SHA256 under `secret` of the timestamp as
// written in its header, a full stop and the body.
[[nodiscard]] std::vector<std::string> SignatureHeaders(
    const std::string& secret, int64_t unix_seconds, absl::string_view body);

// The secret that a file holds: its bytes without the line feed at the end,
// at least 16 of them. INVALID_ARGUMENT names the file.
[[nodiscard]] absl::StatusOr<std::string> LoadSecret(const std::string& path);

}  // namespace journey::cli

#endif  // CLI_DELIVERY_SIGNATURE_H_
