#include "cli/delivery/checkpoint_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/delivery/durable_file.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

absl::StatusOr<DeliveryProgress> Read(std::istream& file,
                                      const std::string& path,
                                      const std::string& tenant) {
  const absl::Status broken =
      UsageError(absl::StrCat(path, ": is no checkpoint of deliveries"));
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  DeliveryProgress progress;
  if (words.size() != 3 || words[1] != "signals" ||
      !absl::SimpleAtoi(words[2], &progress.seen) || progress.seen < 0) {
    return broken;
  }
  if (words[0] != tenant) {
    return UsageError(absl::StrCat(path, ": belongs to tenant \"", words[0],
                                   "\", not to \"", tenant, "\""));
  }
  int64_t last = 0;
  while (std::getline(file, line)) {
    int64_t position = 0;
    if (!absl::SimpleAtoi(line, &position) || position <= last ||
        position > progress.seen) {
      return broken;
    }
    progress.open.push_back(position);
    last = position;
  }
  return progress;
}

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

}  // namespace

absl::StatusOr<CheckpointFile> CheckpointFile::Open(const std::string& path,
                                                    const std::string& tenant) {
  const auto lock = Lock(path);
  if (!lock.ok()) return lock.status();
  CheckpointFile checkpoint(path, tenant, *lock);
  std::ifstream file(path);
  // Only a file that is not there may be taken for a first start.
  if (!file && access(path.c_str(), F_OK) == 0) {
    return LocalError(absl::StrCat(path, ": cannot be read"));
  }
  if (!file) return checkpoint;
  auto progress = Read(file, path, tenant);
  if (!progress.ok()) return progress.status();
  checkpoint.loaded_ = *std::move(progress);
  return checkpoint;
}

CheckpointFile::CheckpointFile(CheckpointFile&& other) noexcept
    : path_(other.path_),
      tenant_(other.tenant_),
      lock_(std::exchange(other.lock_, -1)),
      loaded_(std::move(other.loaded_)) {}

CheckpointFile::~CheckpointFile() {
  if (lock_ >= 0) close(lock_);
}

absl::Status CheckpointFile::Save(const DeliveryProgress& progress) const {
  std::string text = absl::StrCat(tenant_, " signals ", progress.seen, "\n");
  for (const int64_t position : progress.open) {
    absl::StrAppend(&text, position, "\n");
  }
  return ReplaceDurably(path_, text);
}

}  // namespace journey::cli
