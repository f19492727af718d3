// Lines from a file or a pipe, without being stuck when Ctrl-C comes.
#ifndef CLI_LINE_READER_H_
#define CLI_LINE_READER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace journey::cli {

// Not thread-safe.
class LineReader {
 public:
  // Opens a file for reading; the caller closes it.
  [[nodiscard]] static absl::StatusOr<int> Open(const std::string& path);

  // Reads from `fd` until it ends or `stop_fd` becomes readable; both stay
  // the caller's.
  LineReader(int fd, int stop_fd) : fd_(fd), stop_fd_(stop_fd) {}

  // The next line without its end, "\n" or "\r\n". False at the end or when
  // stopped. An error when reading fails or a line is longer than 16 MiB.
  [[nodiscard]] absl::StatusOr<bool> Next(std::string& line);

  // True when Next would have to wait for the sender.
  [[nodiscard]] bool WouldWait();

 private:
  // Reads more; false at the end or when stopped.
  absl::StatusOr<bool> Fill();

  const int fd_;
  const int stop_fd_;
  std::string buffer_;
  size_t begin_ = 0;
  bool ended_ = false;
};

}  // namespace journey::cli

#endif  // CLI_LINE_READER_H_
