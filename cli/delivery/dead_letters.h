// Events that could not be delivered, kept for people: one JSON object a line.
#ifndef CLI_DELIVERY_DEAD_LETTERS_H_
#define CLI_DELIVERY_DEAD_LETTERS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/delivery/delivery_queue.h"
#include "cli/delivery/http_client.h"

namespace journey::cli {

// The line for one event, with its line feed: when it was given up, after how
// many attempts, the last answer, and the event as it was sent.
[[nodiscard]] std::string DeadLetterLine(const OutboundEvent& event,
                                         int attempts, const HttpAnswer& last,
                                         int64_t now_micros);

// Adds to a file, which is readable for its owner only when it is made. Not
// thread-safe.
class DeadLetterFile {
 public:
  // Ends a line that an earlier run may have left unfinished.
  [[nodiscard]] static absl::StatusOr<DeadLetterFile> Open(
      const std::string& path);
  ~DeadLetterFile();
  DeadLetterFile(DeadLetterFile&& other) noexcept;
  DeadLetterFile& operator=(DeadLetterFile&&) = delete;

  // Durable when it returns OK.
  [[nodiscard]] absl::Status Add(const std::string& line) const;

 private:
  DeadLetterFile(std::string path, int file)
      : path_(std::move(path)), file_(file) {}

  const std::string path_;
  int file_;
};

}  // namespace journey::cli

#endif  // CLI_DELIVERY_DEAD_LETTERS_H_
