// Reading by snapshots: memory first, then RocksDB.
#include <optional>
#include <utility>

#include "service/views/keys.h"
#include "service/views/view_store.h"

namespace journey::views {
namespace {

// Entries copied out of a generation under one hold of its lock.
constexpr size_t kChunkEntries = 128;

rocksdb::Slice ToSlice(absl::string_view text) {
  return {text.data(), text.size()};
}

absl::string_view ToView(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// Goes through the entries of a generation in order, a chunk at a time.
class Cursor {
 public:
  Cursor(const Generation* generation, Family family, absl::string_view first,
         absl::string_view end, int64_t version)
      : generation_(generation),
        family_(family),
        end_(end),
        version_(version),
        next_(first) {
    Load();
  }

  [[nodiscard]] const Entry* entry() const {
    return at_ < chunk_.size() ? &chunk_[at_] : nullptr;
  }

  void Next() {
    ++at_;
    Load();
  }

 private:
  void Load() {
    while (at_ == chunk_.size() && !is_done_) {
      std::string last_key;
      at_ = 0;
      chunk_ = generation_ == nullptr
                   ? std::vector<Entry>()
                   : generation_->Range(family_, next_, end_, kChunkEntries,
                                        version_, last_key);
      is_done_ = last_key.empty();
      next_ = last_key + '\0';
    }
  }

  const Generation* const generation_;
  const Family family_;
  const std::string end_;
  const int64_t version_;
  std::string next_;
  std::vector<Entry> chunk_;
  size_t at_ = 0;
  bool is_done_ = false;
};

// A vector of entries as a cursor.
class VectorCursor {
 public:
  explicit VectorCursor(std::vector<Entry> entries)
      : entries_(std::move(entries)) {}

  [[nodiscard]] const Entry* entry() const {
    return at_ < entries_.size() ? &entries_[at_] : nullptr;
  }
  void Next() { ++at_; }

 private:
  const std::vector<Entry> entries_;
  size_t at_ = 0;
};

// Visits the union of what the three sources hold, by key; for equal keys the
// earlier source counts. Deleted entries are left out.
template <typename MemoryCursor>
void Merge(MemoryCursor& active, MemoryCursor& frozen, rocksdb::Iterator& disk,
           const Snapshot::Visitor& visit) {
  while (true) {
    const Entry* newest = active.entry();
    const Entry* older = frozen.entry();
    const bool on_disk = disk.Valid();
    if (newest == nullptr && older == nullptr && !on_disk) return;
    absl::string_view key;
    if (newest != nullptr) key = newest->first;
    if (older != nullptr && (newest == nullptr || older->first < key)) {
      key = older->first;
    }
    if (on_disk &&
        ((newest == nullptr && older == nullptr) || ToView(disk.key()) < key)) {
      key = ToView(disk.key());
    }
    const bool is_newest = newest != nullptr && newest->first == key;
    const bool is_older = older != nullptr && older->first == key;
    const bool is_disk = on_disk && ToView(disk.key()) == key;
    bool go_on = true;
    if (is_newest || is_older) {
      const Entry& entry = is_newest ? *newest : *older;
      if (entry.second.has_value()) go_on = visit(key, *entry.second);
    } else {
      go_on = visit(key, ToView(disk.value()));
    }
    if (!go_on) return;
    if (is_disk) disk.Next();
    if (is_older) frozen.Next();
    if (is_newest) active.Next();
  }
}

}  // namespace

Snapshot::Snapshot(const ViewStore& store) : store_(store) {
  core::MutexLock lock(&store.mutex_);
  active_ = store.active_;
  frozen_ = store.frozen_;
  version_ = store.version_;
  snapshot_ = store.db_->GetSnapshot();
  store.versions_read_.insert(version_);
}

Snapshot::~Snapshot() {
  store_.db_->ReleaseSnapshot(snapshot_);
  core::MutexLock lock(&store_.mutex_);
  store_.versions_read_.erase(store_.versions_read_.find(version_));
}

rocksdb::ReadOptions Snapshot::ReadOptions() const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  return options;
}

std::optional<std::optional<std::string>> Snapshot::FindInMemory(
    Family family, absl::string_view key) const {
  auto found = active_->Find(family, key, version_);
  if (!found.has_value() && frozen_ != nullptr) {
    found = frozen_->Find(family, key, version_);
  }
  return found;
}

absl::StatusOr<bool> Snapshot::Get(Family family, absl::string_view key,
                                   std::string& value) const {
  if (auto found = FindInMemory(family, key)) {
    if (!found->has_value()) return false;
    value = **std::move(found);
    return true;
  }
  const rocksdb::Status status = store_.db_->Get(
      ReadOptions(), store_.handle(family), ToSlice(key), &value);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return FromRocks(status);
  return true;
}

absl::StatusOr<bool> Snapshot::Get(
    Family family, absl::string_view key,
    google::protobuf::MessageLite& message) const {
  std::string value;
  auto found = Get(family, key, value);
  if (!found.ok() || !*found) return found;
  if (const absl::Status status = Parse(value, message); !status.ok()) {
    return status;
  }
  return true;
}

absl::Status Snapshot::MultiGet(Family family,
                                const std::vector<std::string>& keys,
                                std::vector<std::string>& values,
                                std::vector<bool>& found) const {
  values.assign(keys.size(), {});
  found.assign(keys.size(), false);
  std::vector<size_t> missing;
  std::vector<rocksdb::Slice> slices;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (auto in_memory = FindInMemory(family, keys[i])) {
      found[i] = in_memory->has_value();
      if (found[i]) values[i] = **std::move(in_memory);
    } else {
      missing.push_back(i);
      slices.emplace_back(keys[i]);
    }
  }
  if (missing.empty()) return absl::OkStatus();
  std::vector<rocksdb::PinnableSlice> pinned(missing.size());
  std::vector<rocksdb::Status> statuses(missing.size());
  store_.db_->MultiGet(ReadOptions(), store_.handle(family), missing.size(),
                       slices.data(), pinned.data(), statuses.data(),
                       /*sorted_input=*/true);
  for (size_t k = 0; k < missing.size(); ++k) {
    if (statuses[k].IsNotFound()) continue;
    if (!statuses[k].ok()) return FromRocks(statuses[k]);
    values[missing[k]].assign(pinned[k].data(), pinned[k].size());
    found[missing[k]] = true;
  }
  return absl::OkStatus();
}

absl::Status Snapshot::Scan(Family family, absl::string_view first,
                            absl::string_view end, const Visitor& visit) const {
  rocksdb::ReadOptions options = ReadOptions();
  const rocksdb::Slice upper = ToSlice(end);
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> disk(
      store_.db_->NewIterator(options, store_.handle(family)));
  disk->Seek(ToSlice(first));
  Cursor active(active_.get(), family, first, end, version_);
  Cursor frozen(frozen_.get(), family, first, end, version_);
  Merge(active, frozen, *disk, visit);
  return FromRocks(disk->status());
}

absl::Status Snapshot::ScanTouchpoints(absl::string_view subject_key,
                                       const Visitor& visit) const {
  rocksdb::ReadOptions options = ReadOptions();
  const std::string end = PrefixEnd(subject_key);
  const rocksdb::Slice upper = ToSlice(end);
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> disk(
      store_.db_->NewIterator(options, store_.handle(Family::kTouchpoints)));
  disk->Seek(ToSlice(subject_key));
  VectorCursor active(active_->Touchpoints(subject_key, version_));
  VectorCursor frozen(frozen_ == nullptr
                          ? std::vector<Entry>()
                          : frozen_->Touchpoints(subject_key, version_));
  Merge(active, frozen, *disk, visit);
  return FromRocks(disk->status());
}

}  // namespace journey::views
