// What this build is; the values come from CMake.
#ifndef CLI_VERSION_H_
#define CLI_VERSION_H_

#include <string>

namespace journey::cli {

// For example "journeyctl 0.1.0 (1234abc)"; without a commit outside a
// checkout.
[[nodiscard]] std::string VersionLine();

}  // namespace journey::cli

#endif  // CLI_VERSION_H_
