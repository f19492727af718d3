// A file system that fails on demand and loses what was not synced, as a
// power cut does.
#ifndef TESTS_SUPPORT_FAULT_FILE_SYSTEM_H_
#define TESTS_SUPPORT_FAULT_FILE_SYSTEM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "rocksdb/file_system.h"
#include "service/core/sync.h"

namespace journey::testing {

// Which calls an injected error hits.
enum class FaultyCall { kWrite, kSync };

enum class Fault { kIoError, kNoSpace };

// Works on real files, so what is left after a power cut can be opened with
// any file system. Thread-safe.
//
// A power cut keeps, of each file, what was synced; of what was not, it drops
// the whole, cuts it at a random byte, keeps it, or keeps it with one page of
// zeros in it. A new file whose directory was not synced may vanish. Renames,
// deletions and truncations count as durable at once, and so do earlier new
// files of the same directory, as on a journalling file system.
class FaultFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  static constexpr uint64_t kPageBytes = 4096;

  explicit FaultFileSystem(unsigned seed);

  [[nodiscard]] const char* Name() const override { return "FaultFileSystem"; }

  // From the `after`-th such call on (0 is the next) all calls of the kind on
  // files whose path contains `path_part` fail. A failed sync has written
  // nothing down; what was written before stays readable.
  void Inject(FaultyCall call, Fault fault, const std::string& path_part,
              int64_t after);
  void ClearInjections();
  // How many injected errors were returned.
  [[nodiscard]] int64_t faults() const;

  // Cuts the power after so many more writes and syncs of files whose path
  // contains `path_part`: everything after them fails, but a write that is cut
  // short may have been carried out in part.
  void CutPowerAfter(int64_t calls, const std::string& path_part = "");
  void CutPower();
  [[nodiscard]] bool power_is_cut() const;

  // Does to the files what the power cut did; call it once all users have
  // closed. Power is back afterwards.
  void LoseUnsynced();

  rocksdb::IOStatus NewWritableFile(
      const std::string& path, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* result,
      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(
      const std::string& path, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* result,
      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(
      const std::string& path, const std::string& old_path,
      const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* result,
      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(
      const std::string& path, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSRandomRWFile>* result,
      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path,
                                 const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Truncate(const std::string& path, size_t bytes,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;

 private:
  friend class FaultFile;
  friend class FaultDirectory;

  struct FileState {
    uint64_t bytes = 0;
    uint64_t synced_bytes = 0;
    bool entry_synced = false;
  };
  struct Injection {
    FaultyCall call;
    Fault fault;
    std::string path_part;
    int64_t left;
  };

  // Whether a call may go on; counts it.
  rocksdb::IOStatus Check(FaultyCall call, const std::string& path);
  rocksdb::IOStatus CheckPower() const;
  // How much of the write during which the power was cut is carried out.
  size_t TakeTornBytes(size_t bytes);
  void Written(const std::string& path, uint64_t bytes);
  void Resized(const std::string& path, uint64_t bytes);
  void Synced(const std::string& path);
  void DirectorySynced(const std::string& path);
  // Makes the entries of all files of a directory durable.
  void SyncEntries(const std::string& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Lose(const std::string& path, const FileState& state)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable core::Mutex mutex_;
  std::mt19937 random_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, FileState> files_ ABSL_GUARDED_BY(mutex_);
  std::vector<Injection> injections_ ABSL_GUARDED_BY(mutex_);
  int64_t faults_ ABSL_GUARDED_BY(mutex_) = 0;
  // Writes and syncs until the power is cut; -1 is never.
  int64_t calls_left_ ABSL_GUARDED_BY(mutex_) = -1;
  std::string counted_part_ ABSL_GUARDED_BY(mutex_);
  bool power_is_cut_ ABSL_GUARDED_BY(mutex_) = false;
  bool write_is_torn_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace journey::testing

#endif  // TESTS_SUPPORT_FAULT_FILE_SYSTEM_H_
