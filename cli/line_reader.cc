#include "cli/line_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

constexpr size_t kChunkBytes = size_t{64} * 1024;
constexpr size_t kLineBytesMax = size_t{16} * 1024 * 1024;

}  // namespace

absl::StatusOr<int> LineReader::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return LocalError(absl::StrCat(path, ": ", strerror(errno)));
  struct stat about = {};
  if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
    close(fd);
    return LocalError(
        absl::StrCat(path, ": is a directory; name a file, or - for stdin"));
  }
  return fd;
}

bool LineReader::WouldWait() {
  if (ended_ || buffer_.find('\n', begin_) != std::string::npos) return false;
  pollfd waiting = {fd_, POLLIN, 0};
  return poll(&waiting, 1, 0) == 0;
}

absl::StatusOr<bool> LineReader::Next(std::string& line) {
  for (;;) {
    const size_t end = buffer_.find('\n', begin_);
    if (end != std::string::npos) {
      line.assign(buffer_, begin_, end - begin_);
      begin_ = end + 1;
      break;
    }
    if (buffer_.size() - begin_ > kLineBytesMax) {
      return LocalError("a line is longer than 16 MiB");
    }
    const auto more = Fill();
    if (!more.ok()) return more.status();
    if (*more) continue;
    if (!ended_ || begin_ == buffer_.size()) return false;
    line = buffer_.substr(begin_);
    begin_ = buffer_.size();
    break;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

absl::StatusOr<bool> LineReader::Fill() {
  if (ended_) return false;
  pollfd waiting[] = {{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
  while (poll(waiting, 2, -1) < 0) {
    if (errno != EINTR) return LocalError(strerror(errno));
  }
  if (waiting[1].revents != 0) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const size_t before = buffer_.size();
  buffer_.resize(before + kChunkBytes);
  const ssize_t count = read(fd_, &buffer_[before], kChunkBytes);
  buffer_.resize(before + static_cast<size_t>(count < 0 ? 0 : count));
  if (count < 0) return LocalError(strerror(errno));
  ended_ = count == 0;
  return !ended_;
}

}  // namespace journey::cli
