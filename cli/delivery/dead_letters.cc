#include "cli/delivery/dead_letters.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/delivery/durable_file.h"
#include "cli/failure.h"
#include "cli/instants.h"
#include "cli/json.h"
#include "google/protobuf/struct.pb.h"

namespace journey::cli {

std::string DeadLetterLine(const OutboundEvent& event, int attempts,
                           const HttpAnswer& last, int64_t now_micros) {
  google::protobuf::Value answer;
  answer.set_string_value(DescribeAnswer(last));
  return absl::StrCat("{\"given_up_at\":\"", Rfc3339(FromMicros(now_micros)),
                      "\",\"attempts\":", attempts,
                      ",\"answer\":", ToJsonLine(answer),
                      ",\"event\":", event.body, "}\n");
}

absl::StatusOr<DeadLetterFile> DeadLetterFile::Open(const std::string& path) {
  const int file =
      open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) {
    return LocalError(
        absl::StrCat(path, ": cannot be opened: ", std::strerror(errno)));
  }
  DeadLetterFile letters(path, file);
  char last = '\n';
  const off_t size = lseek(file, 0, SEEK_END);
  if (size > 0 && pread(file, &last, 1, size - 1) != 1) {
    return LocalError(absl::StrCat(path, ": cannot be read"));
  }
  absl::Status status = SyncFolderOf(path);
  if (status.ok() && last != '\n') status = letters.Add("\n");
  if (!status.ok()) return status;
  return letters;
}

DeadLetterFile::DeadLetterFile(DeadLetterFile&& other) noexcept
    : path_(other.path_), file_(std::exchange(other.file_, -1)) {}

DeadLetterFile::~DeadLetterFile() {
  if (file_ >= 0) close(file_);
}

absl::Status DeadLetterFile::Add(const std::string& line) const {
  return WriteDurably(file_, line, path_);
}

}  // namespace journey::cli
