// A small file that keeps where a command goes on.
#ifndef CLI_LOCKED_FILE_H_
#define CLI_LOCKED_FILE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace journey::cli {

// While the object lives it holds the lock of "PATH.lock", so that two commands
// never use one file. Writing the file is up to its owner, who replaces it as a
// whole. Not thread-safe.
class LockedFile {
 public:
  // INVALID_ARGUMENT where another command uses the file, UNKNOWN where it
  // cannot be read: only a file that is not there is none.
  [[nodiscard]] static absl::StatusOr<LockedFile> Open(const std::string& path);
  ~LockedFile();
  LockedFile(LockedFile&& other) noexcept;
  LockedFile& operator=(LockedFile&&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // As it was when it was opened; none where there was no file.
  [[nodiscard]] const std::optional<std::string>& content() const {
    return content_;
  }

 private:
  LockedFile(std::string path, int lock)
      : path_(std::move(path)), lock_(lock) {}

  const std::string path_;
  int lock_;
  std::optional<std::string> content_;
};

// INVALID_ARGUMENT unless what the file at `path` keeps, for `owner`, is the
// tenant's.
[[nodiscard]] absl::Status CheckOwner(const std::string& path,
                                      absl::string_view owner,
                                      absl::string_view tenant);

}  // namespace journey::cli

#endif  // CLI_LOCKED_FILE_H_
