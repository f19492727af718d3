#include "cli/delivery/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

absl::Status CannotWrite(const std::string& path) {
  return LocalError(
      absl::StrCat(path, ": cannot be written: ", std::strerror(errno)));
}

}  // namespace

absl::Status WriteDurably(int file, absl::string_view bytes,
                          const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return CannotWrite(path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(file) == 0 ? absl::OkStatus() : CannotWrite(path);
}

absl::Status ReplaceDurably(const std::string& path, absl::string_view bytes) {
  const std::string draft = path + ".new";
  const int file =
      open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return CannotWrite(path);
  absl::Status status = WriteDurably(file, bytes, path);
  if (close(file) != 0 && status.ok()) status = CannotWrite(path);
  if (!status.ok()) return status;
  if (std::rename(draft.c_str(), path.c_str()) != 0) return CannotWrite(path);
  return SyncFolderOf(path);
}

absl::Status SyncFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return CannotWrite(path);
  absl::Status status = WriteDurably(file, "", path);
  close(file);
  return status;
}

}  // namespace journey::cli
