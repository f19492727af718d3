// Small durable files beside the database, and RocksDB's errors as ours.
#ifndef SERVICE_LOG_FILES_H_
#define SERVICE_LOG_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rocksdb/file_system.h"
#include "rocksdb/status.h"

namespace journey::log {

// DATA_LOSS for corruption, UNAVAILABLE (STORAGE_UNAVAILABLE) for any other
// error. A failed commit is OUTCOME_UNKNOWN to clients instead
// (EventLog::Commit).
[[nodiscard]] absl::Status FromRocksDb(const rocksdb::Status& status,
                                       absl::string_view doing);

// Makes the entries of a directory durable.
[[nodiscard]] absl::Status SyncDirectory(rocksdb::FileSystem& file_system,
                                         const std::string& directory);

// Writes a file as a whole or not at all: under another name first, synced,
// renamed, and the directory synced.
[[nodiscard]] absl::Status WriteFileDurably(rocksdb::FileSystem& file_system,
                                            const std::string& directory,
                                            const std::string& name,
                                            const std::string& bytes);

// Cuts a file at `bytes` and syncs it.
[[nodiscard]] absl::Status TruncateDurably(rocksdb::FileSystem& file_system,
                                           const std::string& path,
                                           uint64_t bytes);

}  // namespace journey::log

#endif  // SERVICE_LOG_FILES_H_
