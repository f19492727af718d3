// Where the views are kept: RocksDB for what has been written down, and in
// front of it the changes since, in memory.
//
// The event log makes that safe, so there is no write-ahead log, and no
// memtable of RocksDB's takes part: changes are gathered in a generation;
// when it is full it is frozen, sorted, written to table files and taken in
// by RocksDB at once over all column families, while the next generation
// fills. What is on disk is therefore always the state after some whole
// commit group. When RocksDB's compaction falls behind, writing down waits for
// it, and with it the updates. docs/adr/0003-write-behind-views.md says why.
#ifndef SERVICE_VIEWS_VIEW_STORE_H_
#define SERVICE_VIEWS_VIEW_STORE_H_

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message_lite.h"
#include "rocksdb/db.h"
#include "service/core/sync.h"
#include "service/views/generation.h"
#include "service/views/index_source.h"
#include "service/views/views.h"

namespace journey::views {

// Thread-safe: one thread writes (class Update), any number read (Snapshot).
class ViewStore {
 public:
  // Opens or creates the store.
  static absl::StatusOr<std::unique_ptr<ViewStore>> Open(
      const ViewsOptions& options);

  // Leaves what is not written down to the event log.
  ~ViewStore();
  ViewStore(const ViewStore&) = delete;
  ViewStore& operator=(const ViewStore&) = delete;

  // Removes the store in a directory.
  static absl::Status Destroy(const ViewsOptions& options);

  // Writes everything to disk.
  absl::Status Flush();

  // A number of RocksDB's, summed over all column families.
  [[nodiscard]] uint64_t IntProperty(const std::string& property) const;

 private:
  friend class Snapshot;
  friend class Update;

  explicit ViewStore(const ViewsOptions& options);

  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  [[nodiscard]] bool IsOld() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Freeze() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The steps of an update.
  ViewStore& BeginUpdate();
  [[nodiscard]] std::shared_ptr<Generation> ActiveGeneration() const {
    core::MutexLock lock(&mutex_);
    return active_;
  }
  // The versions that readers may ask for, rising.
  [[nodiscard]] std::vector<int64_t> LiveVersions() const;
  absl::Status Publish();
  void GiveUp();

  void RunFlusher();
  // Readers look into each file of level 0, and RocksDB takes in files however
  // many there are already.
  [[nodiscard]] bool IsCompactionBehind() const;
  absl::Status WriteDown(const Generation& generation);
  // False when the generation has nothing of the family.
  absl::StatusOr<bool> WriteFile(Family family, const Generation& generation,
                                 const std::string& path);

  const std::string directory_;
  const size_t generation_bytes_max_;
  std::unique_ptr<rocksdb::Env> env_;
  rocksdb::Options rocks_options_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};

  mutable core::Mutex mutex_;
  core::CondVar changed_;
  std::shared_ptr<Generation> active_ ABSL_GUARDED_BY(mutex_);
  // Being written down; null when none is.
  std::shared_ptr<const Generation> frozen_ ABSL_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point active_since_ ABSL_GUARDED_BY(mutex_);
  // The newest version that readers see.
  int64_t version_ ABSL_GUARDED_BY(mutex_) = 0;
  // The versions of all snapshots.
  mutable std::multiset<int64_t> versions_read_ ABSL_GUARDED_BY(mutex_);
  // An update is under way: the active generation stays active.
  bool is_updating_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status flush_status_ ABSL_GUARDED_BY(mutex_);
  // Somebody waits for everything to be written down.
  bool is_flushing_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread flusher_;
};

// What the views held after some whole update. Thread-safe; must not outlive
// its store.
class Snapshot : public ListedSource {
 public:
  explicit Snapshot(const ViewStore& store) : Snapshot(store, 0) {}
  ~Snapshot() override;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // Reads one value. False when the key is absent.
  absl::StatusOr<bool> Get(Family family, absl::string_view key,
                           std::string& value) const;

  // Reads one message. False when the key is absent.
  absl::StatusOr<bool> Get(Family family, absl::string_view key,
                           google::protobuf::MessageLite& message) const;

  // Reads many values. `take` gets the number of each key that is there, in
  // any order, with its value.
  using ValueTaker =
      absl::FunctionRef<absl::Status(size_t i, absl::string_view value)>;
  absl::Status MultiGet(Family family, const std::vector<std::string>& keys,
                        ValueTaker take) const;

  // Reads the entries of ids, empty where an id is not known. May be newer
  // than the snapshot.
  absl::Status ReadIds(const std::vector<std::string>& keys,
                       std::vector<log::IdEntry>& entries) const;

  // Visits the entries of `default` or `lists` from `first` on, before `end`
  // (empty: to the last one), by key, until `visit` returns false.
  absl::Status Scan(Family family, absl::string_view first,
                    absl::string_view end, const Visitor& visit) const;

  absl::Status ScanTouchpoints(absl::string_view subject_key, core::Micros from,
                               const RowVisitor& visit) const override;
  absl::Status ScanLists(absl::string_view prefix,
                         const Visitor& visit) const override {
    return ScanPrefix(Family::kLists, prefix, visit);
  }
  absl::StatusOr<storage::v1::IdentityState> ReadIdentity(
      absl::string_view tenant_id,
      const core::SubjectRef& subject) const override;

  // The same for `default` or `lists`.
  absl::Status ScanPrefix(Family family, absl::string_view prefix,
                          const Visitor& visit) const;

 private:
  friend class Update;

  // `ahead` versions beyond the newest that is published.
  Snapshot(const ViewStore& store, int64_t ahead);

  [[nodiscard]] int64_t version() const { return version_; }

  // Before each look at a generation.
  virtual void ApplyWaiting() const {}

  [[nodiscard]] std::optional<Value> FindInMemory(Family family,
                                                  absl::string_view key) const;
  [[nodiscard]] rocksdb::ReadOptions ReadOptions() const;
  // Keys to read, with their numbers.
  using DiskKey = std::pair<absl::string_view, size_t>;
  absl::Status ReadFromDisk(Family family, std::vector<DiskKey> keys,
                            ValueTaker take) const;

  const ViewStore& store_;
  std::shared_ptr<const Generation> active_;
  std::shared_ptr<const Generation> frozen_;
  int64_t version_ = 0;
  const rocksdb::Snapshot* snapshot_ = nullptr;
};

// Writes that become visible at once: a snapshot sees all of them or none. The
// update itself, as a snapshot, sees them as soon as they are made. One at a
// time, on one thread.
class Update final : public Snapshot {
 public:
  explicit Update(ViewStore& store);
  // Without Commit, nothing of the update is ever seen, and the store takes no
  // further one.
  ~Update() override;

  void Put(Family family, absl::string_view key, absl::string_view value);
  void Delete(Family family, absl::string_view key);
  void PutId(absl::string_view key, const log::IdEntry& entry);
  void PutTouchpoint(absl::string_view subject_key, const TouchpointRow& row);

  // Makes the writes visible. Waits while the generation before is being
  // written down and this one is full too.
  absl::Status Commit();

 private:
  absl::string_view Keep(absl::string_view text);
  void Add(absl::string_view key, Write write);
  void MakeRoom(size_t bytes);
  void ApplyWaiting() const override;

  ViewStore& updated_;
  const std::shared_ptr<Generation> generation_;
  const std::vector<int64_t> live_;
  // Made, but not yet in the generation: it takes many at a time.
  mutable std::vector<Write> waiting_;
  // Their texts.
  mutable std::string texts_;
  bool is_committed_ = false;
};

// The message in `bytes`; DATA_LOSS when it cannot be parsed.
absl::Status Parse(absl::string_view bytes,
                   google::protobuf::MessageLite& message);

// An error of the views' RocksDB: DATA_LOSS for damage, else UNAVAILABLE.
absl::Status FromRocks(const rocksdb::Status& status);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_VIEW_STORE_H_
