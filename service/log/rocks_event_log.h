// The event log on RocksDB. Only event_log*.cc include this.
#ifndef SERVICE_LOG_ROCKS_EVENT_LOG_H_
#define SERVICE_LOG_ROCKS_EVENT_LOG_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"
#include "service/log/codec.h"
#include "service/log/event_log.h"
#include "service/log/wal_scan.h"

namespace journey::log {

// Remembers the first failed write or sync for ever. After one, what is on
// disk is not known, and RocksDB's own recovery would pretend that it is.
class FatalLatch {
 public:
  explicit FatalLatch(std::function<void(const absl::Status&)> on_fatal)
      : on_fatal_(std::move(on_fatal)) {}

  void Fire(const absl::Status& status) {
    if (!fired_.exchange(true) && on_fatal_) on_fatal_(status);
  }
  [[nodiscard]] bool fired() const { return fired_.load(); }

 private:
  const std::function<void(const absl::Status&)> on_fatal_;
  std::atomic<bool> fired_{false};
};

// Holds the lock on the log's directory. RocksDB's own comes too late: the
// write-ahead log is mended before RocksDB opens it.
class DirectoryLock {
 public:
  static absl::StatusOr<std::unique_ptr<DirectoryLock>> Acquire(
      std::shared_ptr<rocksdb::FileSystem> file_system,
      const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  DirectoryLock(std::shared_ptr<rocksdb::FileSystem> file_system,
                rocksdb::FileLock* lock)
      : file_system_(std::move(file_system)), lock_(lock) {}

  const std::shared_ptr<rocksdb::FileSystem> file_system_;
  rocksdb::FileLock* const lock_;
};

class RocksEventLog final : public EventLog {
 public:
  explicit RocksEventLog(EventLogOptions options);

  // Called once, before anything else.
  absl::Status Start();

  absl::Status Commit(const CommitGroup& group,
                      const std::vector<std::string>& values) override;
  [[nodiscard]] int64_t head_group() const override { return head_.load(); }
  absl::StatusOr<CommitGroup> ReadGroup(
      int64_t number,
      const std::function<std::string(absl::string_view)>& chains)
      const override;
  absl::StatusOr<std::vector<LogEvent>> ReadPositions(
      absl::string_view tenant_id,
      const std::vector<int64_t>& positions) const override;
  absl::StatusOr<std::vector<LogEvent>> ReadNeighbours(
      absl::string_view tenant_id, const std::vector<int64_t>& positions) const;
  absl::StatusOr<std::vector<LogEvent>> ReadRange(
      absl::string_view tenant_id, int64_t first, bool backwards,
      int max_events, size_t max_bytes) const override;
  [[nodiscard]] uint64_t IntProperty(
      const std::string& property) const override;
  [[nodiscard]] uint64_t DiskBytes() const override;
  absl::Status Close() override;

 private:
  absl::Status CreateDirectories();
  // The mark that the last graceful stop left; zeros when there is none.
  absl::StatusOr<HeadMark> ReadHeadMark() const;
  // RocksDB would make a new, empty database where its root file is missing.
  absl::StatusOr<bool> IsNew(const HeadMark& mark) const;
  absl::Status OpenDatabase(bool create);
  absl::Status CheckFormatRecord(bool created);
  absl::Status PutFormatRecord();
  // Finds the head and checks that nothing is missing below it, as far back
  // as the write-ahead log reaches.
  absl::Status FindHead(const WalSummary& wal, const HeadMark& mark);
  absl::Status CheckGroupsDense(int64_t head, int64_t count) const;

  // Stored values of one range of a tenant's events.
  absl::StatusOr<std::vector<std::string>> ReadValues(
      absl::string_view tenant_id, int64_t first, int64_t count) const;
  absl::StatusOr<TenantEvents> ReadTenant(const storage::v1::GroupRange& range,
                                          const std::string& before) const;

  const EventLogOptions options_;
  const std::string db_directory_;
  const std::shared_ptr<rocksdb::FileSystem> file_system_;
  const std::shared_ptr<FatalLatch> latch_;
  // Destroyed in reverse order: the database first, the lock last.
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<rocksdb::DB> db_;
  std::atomic<int64_t> head_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace journey::log

#endif  // SERVICE_LOG_ROCKS_EVENT_LOG_H_
