// Looks through RocksDB's write-ahead log before RocksDB does: none of its
// recovery modes tells a torn tail, which is ordinary, from damage, which must
// never pass in silence. docs/STORAGE_FORMAT.md has the format and the rules.
#ifndef SERVICE_LOG_WAL_SCAN_H_
#define SERVICE_LOG_WAL_SCAN_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rocksdb {
class FileSystem;
}  // namespace rocksdb

namespace journey::log {

inline constexpr size_t kWalBlockBytes = 32768;
inline constexpr size_t kWalHeaderBytes = 7;

// What a scan found in one file.
struct WalScan {
  // Whole logical records before the first bad stretch, where they end, and
  // the sequence number of the last write in them (0 without any).
  int64_t records = 0;
  uint64_t good_bytes = 0;
  uint64_t last_sequence = 0;

  // Empty when nothing is bad; else why the bytes at `bad_offset` are.
  std::string problem;
  uint64_t bad_offset = 0;
  // True when something was written after the record that the bad stretch
  // belongs to: an intact record begins there, or the record's last fragment
  // ends before the file does.
  bool more_after = false;
  uint64_t more_after_offset = 0;
};

// One file of the write-ahead log.
struct WalFile {
  uint64_t number = 0;
  std::string path;
  uint64_t bytes = 0;
};

// The files of the write-ahead log in `directory`, oldest first.
[[nodiscard]] absl::StatusOr<std::vector<WalFile>> ListWals(
    rocksdb::FileSystem& file_system, const std::string& directory);

// Reads one file through. UNAVAILABLE on I/O errors only.
[[nodiscard]] absl::StatusOr<WalScan> ScanWal(rocksdb::FileSystem& file_system,
                                              const std::string& path);

// Up to where the newest file is known to have been durable.
struct WalMark {
  uint64_t number = 0;
  uint64_t bytes = 0;
};

// What all files together hold after mending.
struct WalSummary {
  int64_t records = 0;
  uint64_t last_sequence = 0;
};

struct WalMendOptions {
  std::string directory;
  // Where the bytes that are cut off are kept.
  std::string cut_directory;
  WalMark mark;
  std::function<void(const std::string&)> on_notice;
};

// Scans all files and cuts off a torn tail of the newest. DATA_LOSS with file
// and offset when anything else is damaged, or when bytes below the mark are;
// nothing is changed then. UNAVAILABLE on I/O errors.
[[nodiscard]] absl::StatusOr<WalSummary> MendWals(
    rocksdb::FileSystem& file_system, const WalMendOptions& options);

}  // namespace journey::log

#endif  // SERVICE_LOG_WAL_SCAN_H_
