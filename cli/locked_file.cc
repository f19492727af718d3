#include "cli/locked_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

absl::StatusOr<int> Lock(const std::string& path) {
  const std::string name = path + ".lock";
  const int file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    return LocalError(
        absl::StrCat(name, ": cannot be opened: ", std::strerror(errno)));
  }
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  close(file);
  return UsageError(absl::StrCat(path, ": another command is using it"));
}

// None without a file.
absl::StatusOr<std::optional<std::string>> Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file && access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return std::nullopt;
  }
  std::string content;
  std::array<char, 4096> block{};
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    content.append(block.data(), static_cast<size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    return LocalError(absl::StrCat(path, ": cannot be read"));
  }
  return content;
}

}  // namespace

absl::StatusOr<LockedFile> LockedFile::Open(const std::string& path) {
  const auto lock = Lock(path);
  if (!lock.ok()) return lock.status();
  LockedFile file(path, *lock);
  auto content = Read(path);
  if (!content.ok()) return content.status();
  file.content_ = *std::move(content);
  return file;
}

LockedFile::LockedFile(LockedFile&& other) noexcept
    : path_(other.path_),
      lock_(std::exchange(other.lock_, -1)),
      content_(std::move(other.content_)) {}

LockedFile::~LockedFile() {
  if (lock_ >= 0) close(lock_);
}

absl::Status CheckOwner(const std::string& path, absl::string_view owner,
                        absl::string_view tenant) {
  if (owner == tenant) return absl::OkStatus();
  return UsageError(absl::StrCat(path, ": belongs to tenant \"", owner,
                                 "\", not to \"", tenant, "\""));
}

}  // namespace journey::cli
