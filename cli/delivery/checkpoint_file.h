// Where deliveries are, kept over restarts and power failures.
#ifndef CLI_DELIVERY_CHECKPOINT_FILE_H_
#define CLI_DELIVERY_CHECKPOINT_FILE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/delivery/delivery_queue.h"
#include "cli/locked_file.h"

namespace journey::cli {

// A text file: "TENANT signals SEEN" and one line for each position up to SEEN
// that is still open. It is only ever replaced as a whole, and locked while
// the object lives. Not thread-safe.
class CheckpointFile {
 public:
  // INVALID_ARGUMENT where the file is no checkpoint, belongs to another
  // tenant, or is in use.
  [[nodiscard]] static absl::StatusOr<CheckpointFile> Open(
      const std::string& path, const std::string& tenant);

  // As it was when it was opened; none where there was no file.
  [[nodiscard]] const std::optional<DeliveryProgress>& loaded() const {
    return loaded_;
  }

  // Durable when it returns OK.
  [[nodiscard]] absl::Status Save(const DeliveryProgress& progress) const;

 private:
  CheckpointFile(LockedFile file, std::string tenant)
      : file_(std::move(file)), tenant_(std::move(tenant)) {}

  LockedFile file_;
  std::string tenant_;
  std::optional<DeliveryProgress> loaded_;
};

}  // namespace journey::cli

#endif  // CLI_DELIVERY_CHECKPOINT_FILE_H_
