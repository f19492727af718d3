#include "cli/delivery/checkpoint_file.h"

#include <sstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/delivery/durable_file.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

absl::StatusOr<DeliveryProgress> Parse(const std::string& content,
                                       const std::string& path,
                                       const std::string& tenant) {
  const absl::Status broken =
      UsageError(absl::StrCat(path, ": is no checkpoint of deliveries"));
  std::istringstream lines(content);
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  DeliveryProgress progress;
  if (words.size() != 3 || words[1] != "signals" ||
      !absl::SimpleAtoi(words[2], &progress.seen) || progress.seen < 0) {
    return broken;
  }
  absl::Status status = CheckOwner(path, words[0], tenant);
  if (!status.ok()) return status;
  int64_t last = 0;
  while (std::getline(lines, line)) {
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

}  // namespace

absl::StatusOr<CheckpointFile> CheckpointFile::Open(const std::string& path,
                                                    const std::string& tenant) {
  auto file = LockedFile::Open(path);
  if (!file.ok()) return file.status();
  CheckpointFile checkpoint(*std::move(file), tenant);
  const std::optional<std::string>& content = checkpoint.file_.content();
  if (!content.has_value()) return checkpoint;
  auto progress = Parse(*content, path, tenant);
  if (!progress.ok()) return progress.status();
  checkpoint.loaded_ = *std::move(progress);
  return checkpoint;
}

absl::Status CheckpointFile::Save(const DeliveryProgress& progress) const {
  std::string text = absl::StrCat(tenant_, " signals ", progress.seen, "\n");
  for (const int64_t position : progress.open) {
    absl::StrAppend(&text, position, "\n");
  }
  return ReplaceDurably(file_.path(), text);
}

}  // namespace journey::cli
