// Files that survive a power failure.
#ifndef CLI_DELIVERY_DURABLE_FILE_H_
#define CLI_DELIVERY_DURABLE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace journey::cli {

// Writes all of it to an open file, and has the disk keep it. `path` is for
// the error.
[[nodiscard]] absl::Status WriteDurably(int file, absl::string_view bytes,
                                        const std::string& path);

// Replaces a file as a whole: there is either the old one or the new one,
// whenever the power fails.
[[nodiscard]] absl::Status ReplaceDurably(const std::string& path,
                                          absl::string_view bytes);

// Has the disk keep that a file was made, or renamed, in its folder.
[[nodiscard]] absl::Status SyncFolderOf(const std::string& path);

}  // namespace journey::cli

#endif  // CLI_DELIVERY_DURABLE_FILE_H_
