#include "tests/support/fault_file_system.h"

#include <algorithm>
#include <utility>

#include "tests/support/temp_dir.h"

namespace journey::testing {

using rocksdb::FileOptions;
using rocksdb::FSDirectory;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

std::string DirectoryOf(const std::string& path) {
  return path.substr(0, path.find_last_of('/'));
}

}  // namespace

class FaultFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(std::unique_ptr<FSWritableFile> target, std::string path,
            FaultFileSystem* file_system)
      : FSWritableFileOwnerWrapper(std::move(target)),
        path_(std::move(path)),
        file_system_(file_system) {}

  IOStatus Append(const Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    IOStatus status = file_system_->Check(FaultyCall::kWrite, path_);
    const size_t bytes =
        status.ok() ? data.size() : file_system_->TakeTornBytes(data.size());
    if (bytes == 0) return status;
    const IOStatus written =
        target()->Append(Slice(data.data(), bytes), options, debug);
    if (written.ok()) file_system_->Written(path_, bytes);
    return status.ok() ? written : status;
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*verification*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const Slice& /*data*/, uint64_t /*offset*/,
                            const IOOptions& /*options*/,
                            IODebugContext* /*debug*/) override {
    return IOStatus::NotSupported("only direct I/O uses this");
  }
  IOStatus PositionedAppend(
      const Slice& data, uint64_t offset, const IOOptions& options,
      const rocksdb::DataVerificationInfo& /*verification*/,
      IODebugContext* debug) override {
    return PositionedAppend(data, offset, options, debug);
  }
  IOStatus Truncate(uint64_t bytes, const IOOptions& options,
                    IODebugContext* debug) override {
    IOStatus status = file_system_->CheckPower();
    if (status.ok()) status = target()->Truncate(bytes, options, debug);
    if (status.ok()) file_system_->Resized(path_, bytes);
    return status;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = file_system_->Check(FaultyCall::kSync, path_);
    if (status.ok()) status = target()->Flush(options, debug);
    if (status.ok()) file_system_->Synced(path_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  const std::string path_;
  FaultFileSystem* const file_system_;
};

class FaultDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FaultDirectory(std::unique_ptr<FSDirectory> target, std::string path,
                 FaultFileSystem* file_system)
      : FSDirectoryWrapper(std::move(target)),
        path_(std::move(path)),
        file_system_(file_system) {}

  IOStatus Fsync(const IOOptions& /*options*/,
                 IODebugContext* /*debug*/) override {
    IOStatus status = file_system_->CheckPower();
    if (status.ok()) file_system_->DirectorySynced(path_);
    return status;
  }
  IOStatus FsyncWithDirOptions(
      const IOOptions& options, IODebugContext* debug,
      const rocksdb::DirFsyncOptions& /*dir_options*/) override {
    return Fsync(options, debug);
  }

 private:
  const std::string path_;
  FaultFileSystem* const file_system_;
};

FaultFileSystem::FaultFileSystem(unsigned seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), random_(seed) {}

void FaultFileSystem::Inject(FaultyCall call, Fault fault,
                             const std::string& path_part, int64_t after) {
  const core::MutexLock lock(&mutex_);
  injections_.push_back({call, fault, path_part, after});
}

void FaultFileSystem::ClearInjections() {
  const core::MutexLock lock(&mutex_);
  injections_.clear();
}

int64_t FaultFileSystem::faults() const {
  const core::MutexLock lock(&mutex_);
  return faults_;
}

void FaultFileSystem::CutPowerAfter(int64_t calls,
                                    const std::string& path_part) {
  const core::MutexLock lock(&mutex_);
  calls_left_ = calls;
  counted_part_ = path_part;
}

void FaultFileSystem::CutPower() {
  const core::MutexLock lock(&mutex_);
  power_is_cut_ = true;
}

bool FaultFileSystem::power_is_cut() const {
  const core::MutexLock lock(&mutex_);
  return power_is_cut_;
}

IOStatus FaultFileSystem::CheckPower() const {
  const core::MutexLock lock(&mutex_);
  if (power_is_cut_) return IOStatus::IOError("the power is cut");
  return IOStatus::OK();
}

IOStatus FaultFileSystem::Check(FaultyCall call, const std::string& path) {
  const core::MutexLock lock(&mutex_);
  if (calls_left_ >= 0 && path.find(counted_part_) != std::string::npos) {
    if (calls_left_ == 0) {
      power_is_cut_ = true;
      write_is_torn_ = call == FaultyCall::kWrite;
    }
    --calls_left_;
  }
  if (power_is_cut_) return IOStatus::IOError("the power is cut");
  for (Injection& injection : injections_) {
    if (injection.call != call ||
        path.find(injection.path_part) == std::string::npos) {
      continue;
    }
    if (injection.left > 0) {
      --injection.left;
      continue;
    }
    ++faults_;
    if (injection.fault == Fault::kNoSpace) {
      return IOStatus::NoSpace("injected", path);
    }
    return IOStatus::IOError("injected", path);
  }
  return IOStatus::OK();
}

size_t FaultFileSystem::TakeTornBytes(size_t bytes) {
  const core::MutexLock lock(&mutex_);
  return std::exchange(write_is_torn_, false) ? random_() % (bytes + 1) : 0;
}

void FaultFileSystem::Written(const std::string& path, uint64_t bytes) {
  const core::MutexLock lock(&mutex_);
  files_[path].bytes += bytes;
}

void FaultFileSystem::Resized(const std::string& path, uint64_t bytes) {
  const core::MutexLock lock(&mutex_);
  FileState& state = files_[path];
  state.bytes = bytes;
  state.synced_bytes = std::min(state.synced_bytes, bytes);
}

void FaultFileSystem::Synced(const std::string& path) {
  const core::MutexLock lock(&mutex_);
  FileState& state = files_[path];
  state.synced_bytes = state.bytes;
}

void FaultFileSystem::DirectorySynced(const std::string& path) {
  const core::MutexLock lock(&mutex_);
  SyncEntries(path);
}

void FaultFileSystem::SyncEntries(const std::string& path) {
  for (auto& [file, state] : files_) {
    if (DirectoryOf(file) == path) state.entry_synced = true;
  }
}

IOStatus FaultFileSystem::NewWritableFile(
    const std::string& path, const FileOptions& options,
    std::unique_ptr<FSWritableFile>* result, IODebugContext* debug) {
  IOStatus status = CheckPower();
  std::unique_ptr<FSWritableFile> file;
  if (status.ok()) {
    status = target()->NewWritableFile(path, options, &file, debug);
  }
  if (!status.ok()) return status;
  *result = std::make_unique<FaultFile>(std::move(file), path, this);
  const core::MutexLock lock(&mutex_);
  files_[path] = FileState{};
  return status;
}

IOStatus FaultFileSystem::ReopenWritableFile(
    const std::string& path, const FileOptions& options,
    std::unique_ptr<FSWritableFile>* result, IODebugContext* debug) {
  IOStatus status = CheckPower();
  std::unique_ptr<FSWritableFile> file;
  if (status.ok()) {
    status = target()->ReopenWritableFile(path, options, &file, debug);
  }
  if (!status.ok()) return status;
  uint64_t bytes = 0;
  status = target()->GetFileSize(path, options.io_options, &bytes, debug);
  if (!status.ok()) return status;
  *result = std::make_unique<FaultFile>(std::move(file), path, this);
  const core::MutexLock lock(&mutex_);
  // What this object did not write is as old as the hills.
  files_.try_emplace(path, FileState{bytes, bytes, true});
  return status;
}

IOStatus FaultFileSystem::ReuseWritableFile(
    const std::string& /*path*/, const std::string& /*old_path*/,
    const FileOptions& /*options*/, std::unique_ptr<FSWritableFile>* /*result*/,
    IODebugContext* /*debug*/) {
  return IOStatus::NotSupported("files are not reused");
}

IOStatus FaultFileSystem::NewRandomRWFile(
    const std::string& /*path*/, const FileOptions& /*options*/,
    std::unique_ptr<rocksdb::FSRandomRWFile>* /*result*/,
    IODebugContext* /*debug*/) {
  return IOStatus::NotSupported("files are not written at random");
}

IOStatus FaultFileSystem::NewDirectory(const std::string& path,
                                       const IOOptions& options,
                                       std::unique_ptr<FSDirectory>* result,
                                       IODebugContext* debug) {
  std::unique_ptr<FSDirectory> directory;
  IOStatus status = target()->NewDirectory(path, options, &directory, debug);
  if (status.ok()) {
    *result =
        std::make_unique<FaultDirectory>(std::move(directory), path, this);
  }
  return status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& path,
                                     const IOOptions& options,
                                     IODebugContext* debug) {
  IOStatus status = CheckPower();
  if (status.ok()) status = target()->DeleteFile(path, options, debug);
  if (status.ok()) {
    const core::MutexLock lock(&mutex_);
    SyncEntries(DirectoryOf(path));
    files_.erase(path);
  }
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from,
                                     const std::string& to,
                                     const IOOptions& options,
                                     IODebugContext* debug) {
  IOStatus status = CheckPower();
  if (status.ok()) status = target()->RenameFile(from, to, options, debug);
  if (status.ok()) {
    const core::MutexLock lock(&mutex_);
    SyncEntries(DirectoryOf(to));
    const auto it = files_.find(from);
    if (it != files_.end()) {
      const FileState state = it->second;
      files_.erase(it);
      files_[to] = state;
    }
  }
  return status;
}

IOStatus FaultFileSystem::Truncate(const std::string& path, size_t bytes,
                                   const IOOptions& options,
                                   IODebugContext* debug) {
  IOStatus status = CheckPower();
  if (status.ok()) status = target()->Truncate(path, bytes, options, debug);
  if (status.ok()) {
    const core::MutexLock lock(&mutex_);
    files_[path] = FileState{bytes, bytes, true};
  }
  return status;
}

void FaultFileSystem::LoseUnsynced() {
  const core::MutexLock lock(&mutex_);
  for (const auto& [path, state] : files_) Lose(path, state);
  files_.clear();
  power_is_cut_ = false;
  write_is_torn_ = false;
  calls_left_ = -1;
}

void FaultFileSystem::Lose(const std::string& path, const FileState& state) {
  if (!state.entry_synced && random_() % 2 == 0) {
    (void)target()->DeleteFile(path, IOOptions(), nullptr);
    return;
  }
  const uint64_t unsynced = state.bytes - state.synced_bytes;
  if (unsynced == 0) return;
  std::string bytes = ReadFile(path);
  bytes.resize(state.bytes);
  const uint64_t at = state.synced_bytes + random_() % unsynced;
  switch (random_() % 4) {
    case 0:
      bytes.resize(state.synced_bytes);
      break;
    case 1:
      bytes.resize(at);
      break;
    case 2: {
      // One page, but nothing of it that was synced.
      const uint64_t page = at / kPageBytes * kPageBytes;
      const uint64_t begin = std::max(page, state.synced_bytes);
      const uint64_t end = std::min(page + kPageBytes, state.bytes);
      std::fill(bytes.begin() + static_cast<int64_t>(begin),
                bytes.begin() + static_cast<int64_t>(end), '\0');
      break;
    }
    default:
      break;
  }
  WriteFile(path, bytes);
}

}  // namespace journey::testing
