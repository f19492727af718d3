// Short forms of signal ids.
#ifndef CLI_SIGNAL_IDS_H_
#define CLI_SIGNAL_IDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/invocation.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "journey/v1/signal_service.grpc.pb.h"

namespace journey::cli {

// A whole id stays as it is and is not looked for. A short one, of at least 8
// hexadecimal digits, is compared with every signal of the tenant. An error
// says which one is none, is unknown or begins several ids; then nothing is to
// be done.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> CompleteSignalIds(
    v1::SignalService::StubInterface& stub, const Settings& settings,
    const std::vector<std::string>& texts);

// How many digits tell these signals apart, at least 8.
[[nodiscard]] size_t ShortIdDigits(const std::vector<std::string>& ids);

}  // namespace journey::cli

#endif  // CLI_SIGNAL_IDS_H_
