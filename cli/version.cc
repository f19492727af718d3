#include "cli/version.h"

#include "absl/strings/str_cat.h"

namespace journey::cli {

std::string VersionLine() {
  const std::string revision = JOURNEY_REVISION;
  return absl::StrCat(
      "journeyctl ", JOURNEY_VERSION,
      revision.empty() ? "" : absl::StrCat(" (", revision, ")"));
}

}  // namespace journey::cli
