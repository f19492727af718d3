// Reads the log for replay: whole commit groups in large batches, one batch
// ahead of the caller.
#ifndef SERVICE_VIEWS_LOG_READER_H_
#define SERVICE_VIEWS_LOG_READER_H_

#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "service/log/event_log.h"
#include "service/views/view_store.h"

namespace journey::views {

// Not thread-safe.
class LogReader {
 public:
  // Reads the groups `first` to `last`. `store` holds the groups before
  // `first`, and may go on as far as the caller was given groups. Both outlive
  // the reader.
  LogReader(const log::EventLog& log, const ViewStore& store, int64_t first,
            int64_t last);

  // The next groups; none after the last one. Errors of the log, or of the
  // views where a tenant's chain is read; DATA_LOSS when they are damaged.
  absl::StatusOr<std::vector<log::CommitGroup>> Next();

 private:
  absl::StatusOr<std::vector<log::CommitGroup>> Read();
  absl::StatusOr<log::CommitGroup> ReadGroup(int64_t number);
  void Start();

  const log::EventLog& log_;
  const ViewStore& store_;
  const int64_t last_;
  // Touched only by the batch that is being read.
  int64_t next_number_;
  // Each tenant's chain after what was read, for those that were.
  absl::flat_hash_map<std::string, std::string> chains_;
  // Ends before what it reads: declared last.
  std::future<absl::StatusOr<std::vector<log::CommitGroup>>> next_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_LOG_READER_H_
