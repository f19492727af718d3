#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/cache.h"
#include "rocksdb/listener.h"
#include "rocksdb/options.h"
#include "rocksdb/table.h"
#include "service/core/errors.h"
#include "service/log/files.h"
#include "service/log/layout.h"
#include "service/log/rocks_event_log.h"

namespace journey::log {
namespace {

constexpr size_t kBlockBytes = size_t{16} * 1024;
constexpr size_t kBlockCacheBytes = size_t{64} * 1024 * 1024;
constexpr uint64_t kTableBytes = uint64_t{256} * 1024 * 1024;
// Tables open at once: opening all of a long log would make starting slow.
constexpr int kOpenFilesMax = 512;
constexpr int kMemtablesMax = 3;

// Passes RocksDB's background errors on, and keeps it from recovering by
// itself: after a failed sync the kernel may have dropped what was written.
class ErrorListener final : public rocksdb::EventListener {
 public:
  explicit ErrorListener(std::shared_ptr<FatalLatch> latch)
      : latch_(std::move(latch)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* error) override {
    latch_->Fire(FromRocksDb(*error, "writing the log in the background"));
  }

  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/,
                            rocksdb::Status /*error*/,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  const std::shared_ptr<FatalLatch> latch_;
};

rocksdb::Options DatabaseOptions(const EventLogOptions& ours, bool create,
                                 rocksdb::Env* env,
                                 std::shared_ptr<FatalLatch> latch) {
  rocksdb::Options options;
  options.env = env;
  options.create_if_missing = create;
  options.wal_recovery_mode =
      rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.recycle_log_file_num = 0;
  options.max_bgerror_resume_count = 0;
  options.listeners.push_back(
      std::make_shared<ErrorListener>(std::move(latch)));
  options.write_buffer_size = ours.memtable_bytes;
  options.max_write_buffer_number = kMemtablesMax;
  options.target_file_size_base = kTableBytes;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  options.max_open_files = kOpenFilesMax;
  options.skip_stats_update_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 5;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = kBlockBytes;
  table.block_cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

std::shared_ptr<rocksdb::FileSystem> OrDefault(
    const std::shared_ptr<rocksdb::FileSystem>& file_system) {
  return file_system != nullptr ? file_system : rocksdb::FileSystem::Default();
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

absl::StatusOr<std::unique_ptr<DirectoryLock>> DirectoryLock::Acquire(
    std::shared_ptr<rocksdb::FileSystem> file_system,
    const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/", kLockFile);
  rocksdb::FileLock* lock = nullptr;
  const rocksdb::IOStatus status =
      file_system->LockFile(path, rocksdb::IOOptions(), &lock, nullptr);
  if (status.ok()) {
    return std::unique_ptr<DirectoryLock>(
        new DirectoryLock(std::move(file_system), lock));
  }
  // A held lock differs from other errors by its text only.
  const std::string text = status.ToString();
  if (absl::StrContains(text, "Resource temporarily unavailable") ||
      absl::StrContains(text, "lock hold by current process")) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the log in ", directory, " is open already, here or in another ",
        "process: ", text));
  }
  return FromRocksDb(status, absl::StrCat("locking ", path));
}

DirectoryLock::~DirectoryLock() {
  (void)file_system_->UnlockFile(lock_, rocksdb::IOOptions(), nullptr);
}

RocksEventLog::RocksEventLog(EventLogOptions options)
    : options_(std::move(options)),
      db_directory_(absl::StrCat(options_.directory, "/", kDatabaseDirectory)),
      file_system_(OrDefault(options_.file_system)),
      latch_(std::make_shared<FatalLatch>(options_.on_fatal)),
      env_(rocksdb::NewCompositeEnv(file_system_)) {}

absl::Status RocksEventLog::Start() {
  if (absl::Status status = CreateDirectories(); !status.ok()) return status;
  auto lock = DirectoryLock::Acquire(file_system_, options_.directory);
  if (!lock.ok()) return lock.status();
  lock_ = *std::move(lock);
  const auto mark = ReadHeadMark();
  if (!mark.ok()) return mark.status();
  const auto is_new = IsNew(*mark);
  if (!is_new.ok()) return is_new.status();
  WalMendOptions mend;
  mend.directory = db_directory_;
  mend.cut_directory = absl::StrCat(options_.directory, "/", kCutDirectory);
  mend.mark = {mark->wal_number, mark->wal_bytes};
  mend.on_notice = options_.on_notice;
  const auto wal = MendWals(*file_system_, mend);
  if (!wal.ok()) return wal.status();
  absl::Status status = OpenDatabase(*is_new);
  if (status.ok()) status = CheckFormatRecord(*is_new);
  if (status.ok()) status = FindHead(*wal, *mark);
  return status;
}

absl::Status RocksEventLog::CreateDirectories() {
  for (const std::string& directory : {options_.directory, db_directory_}) {
    absl::Status status =
        FromRocksDb(file_system_->CreateDirIfMissing(
                        directory, rocksdb::IOOptions(), nullptr),
                    absl::StrCat("creating ", directory));
    if (status.ok()) status = SyncDirectory(*file_system_, ParentOf(directory));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<HeadMark> RocksEventLog::ReadHeadMark() const {
  const std::string path = absl::StrCat(options_.directory, "/", kHeadFile);
  const rocksdb::IOStatus exists =
      file_system_->FileExists(path, rocksdb::IOOptions(), nullptr);
  if (exists.IsNotFound()) return HeadMark{};
  std::string bytes;
  absl::Status status =
      FromRocksDb(rocksdb::ReadFileToString(file_system_.get(), path, &bytes),
                  absl::StrCat("reading ", path));
  if (!status.ok()) return status;
  return DecodeHeadMark(bytes, path);
}

absl::StatusOr<bool> RocksEventLog::IsNew(const HeadMark& mark) const {
  const rocksdb::IOStatus current = file_system_->FileExists(
      absl::StrCat(db_directory_, "/CURRENT"), rocksdb::IOOptions(), nullptr);
  if (!current.IsNotFound()) {
    if (current.ok()) return false;
    return FromRocksDb(current, absl::StrCat("looking at ", db_directory_));
  }
  std::vector<std::string> names;
  absl::Status status =
      FromRocksDb(file_system_->GetChildren(db_directory_, rocksdb::IOOptions(),
                                            &names, nullptr),
                  absl::StrCat("listing ", db_directory_));
  if (!status.ok()) return status;
  // CURRENT is written before the first table and the first write-ahead log.
  const bool has_data =
      std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return absl::EndsWith(name, ".sst") || absl::EndsWith(name, ".log");
      });
  if (has_data || mark.group > 0) {
    return core::DamagedError(
        absl::StrCat(db_directory_,
                     "/CURRENT is missing, but the log is "
                     "not new"));
  }
  return true;
}

absl::Status RocksEventLog::OpenDatabase(bool create) {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(DatabaseOptions(options_, create, env_.get(), latch_),
                        db_directory_, &db);
  if (status.ok()) {
    db_.reset(db);
    return absl::OkStatus();
  }
  const std::string doing = absl::StrCat("opening ", db_directory_);
  // RocksDB reports a root or manifest that is missing or does not fit with
  // these; neither can come from a crash.
  if (status.IsInvalidArgument() || status.IsNotFound()) {
    return core::DamagedError(absl::StrCat(doing, ": ", status.ToString()));
  }
  return FromRocksDb(status, doing);
}

absl::Status RocksEventLog::CheckFormatRecord(bool created) {
  std::string value;
  rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), kFormatKey, &value);
  if (!status.IsNotFound()) {
    absl::Status read = FromRocksDb(status, "reading the format record");
    if (read.ok()) read = CheckFormat(value, options_.directory);
    if (!read.ok() || value == EncodeFormat(kLogFormatVersion, 0)) return read;
    return PutFormatRecord();
  }
  // The process may have ended between the creation and this write; then the
  // database is empty.
  if (!created) {
    const std::unique_ptr<rocksdb::Iterator> it(
        db_->NewIterator(rocksdb::ReadOptions()));
    it->SeekToFirst();
    if (it->Valid() || !it->status().ok()) {
      return core::DamagedError(
          absl::StrCat(db_directory_, ": the format record is missing"));
    }
  }
  return PutFormatRecord();
}

absl::Status RocksEventLog::PutFormatRecord() {
  rocksdb::WriteOptions durable;
  durable.sync = true;
  return FromRocksDb(
      db_->Put(durable, kFormatKey, EncodeFormat(kLogFormatVersion, 0)),
      "writing the format record");
}

absl::Status RocksEventLog::FindHead(const WalSummary& wal,
                                     const HeadMark& mark) {
  if (db_->GetLatestSequenceNumber() < wal.last_sequence) {
    return core::DamagedError(
        absl::StrCat(db_directory_, ": the write-ahead log reaches to write ",
                     wal.last_sequence, ", but only ",
                     db_->GetLatestSequenceNumber(), " were recovered"));
  }
  int64_t head = 0;
  {
    const std::unique_ptr<rocksdb::Iterator> it(
        db_->NewIterator(rocksdb::ReadOptions()));
    it->SeekForPrev(GroupKey(INT64_MAX));
    if (it->Valid() && it->key()[0] == kGroupKeyTag) {
      head = GroupNumberOf({it->key().data(), it->key().size()});
    }
    absl::Status status = FromRocksDb(it->status(), "looking for the head");
    if (!status.ok()) return status;
  }
  if (head < mark.group) {
    return core::DamagedError(
        absl::StrCat(options_.directory, ": the newest group is ", head,
                     ", but it was ", mark.group, " when the log was closed"));
  }
  // One more than the write-ahead log holds, so that the seam is checked.
  absl::Status status = CheckGroupsDense(head, std::min(head, wal.records + 1));
  if (!status.ok() || head == 0) return status;
  head_.store(head);
  return ReadGroup(head, [](absl::string_view) { return std::string(); })
      .status();
}

absl::Status RocksEventLog::CheckGroupsDense(int64_t head,
                                             int64_t count) const {
  const std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(rocksdb::ReadOptions()));
  int64_t expected = head - count + 1;
  for (it->Seek(GroupKey(expected)); it->Valid() && expected <= head;
       it->Next(), ++expected) {
    if (it->key() != rocksdb::Slice(GroupKey(expected))) break;
  }
  absl::Status status = FromRocksDb(it->status(), "checking the groups");
  if (status.ok() && expected <= head) {
    status = core::DamagedError(absl::StrCat(
        db_directory_, ": group ", expected, " is missing below group ", head));
  }
  return status;
}

}  // namespace journey::log
