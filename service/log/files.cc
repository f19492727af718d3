#include "service/log/files.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"

namespace journey::log {

using rocksdb::FileOptions;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

absl::Status FromRocksDb(const rocksdb::Status& status,
                         absl::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat(doing, ": ", status.ToString());
  if (status.IsCorruption()) return core::DamagedError(message);
  return core::MakeError(absl::StatusCode::kUnavailable,
                         v1::ERROR_REASON_STORAGE_UNAVAILABLE, message);
}

absl::Status SyncDirectory(rocksdb::FileSystem& file_system,
                           const std::string& directory) {
  std::unique_ptr<rocksdb::FSDirectory> opened;
  IOStatus status =
      file_system.NewDirectory(directory, IOOptions(), &opened, nullptr);
  if (status.ok()) status = opened->Fsync(IOOptions(), nullptr);
  return FromRocksDb(status, absl::StrCat("syncing ", directory));
}

absl::Status WriteFileDurably(rocksdb::FileSystem& file_system,
                              const std::string& directory,
                              const std::string& name,
                              const std::string& bytes) {
  const std::string path = absl::StrCat(directory, "/", name);
  const std::string unfinished = absl::StrCat(path, ".new");
  IOStatus status = rocksdb::WriteStringToFile(&file_system, bytes, unfinished,
                                               /*should_sync=*/true);
  if (status.ok()) {
    status = file_system.RenameFile(unfinished, path, IOOptions(), nullptr);
  }
  if (!status.ok()) {
    return FromRocksDb(status, absl::StrCat("writing ", path));
  }
  return SyncDirectory(file_system, directory);
}

absl::Status TruncateDurably(rocksdb::FileSystem& file_system,
                             const std::string& path, uint64_t bytes) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  IOStatus status =
      file_system.ReopenWritableFile(path, FileOptions(), &file, nullptr);
  if (status.ok()) status = file->Truncate(bytes, IOOptions(), nullptr);
  if (status.ok()) status = file->Fsync(IOOptions(), nullptr);
  if (status.ok()) status = file->Close(IOOptions(), nullptr);
  return FromRocksDb(status, absl::StrCat("truncating ", path));
}

}  // namespace journey::log
