// Reading by snapshots: memory first, then RocksDB.
#include <algorithm>
#include <optional>
#include <utility>

#include "service/views/id_entry.h"
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

// Visits the union of what the three sources hold, by key; for equal keys the
// earlier source counts. Deleted entries are left out.
void Merge(Cursor& active, Cursor& frozen, rocksdb::Iterator& disk,
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

Snapshot::Snapshot(const ViewStore& store, int64_t ahead) : store_(store) {
  core::MutexLock lock(&store.mutex_);
  active_ = store.active_;
  frozen_ = store.frozen_;
  version_ = store.version_ + ahead;
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

std::optional<Value> Snapshot::FindInMemory(Family family,
                                            absl::string_view key) const {
  ApplyWaiting();
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
    value = std::string(**found);
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
  absl::Status status;
  if (const auto in_memory = FindInMemory(family, key)) {
    if (!in_memory->has_value()) return false;
    status = Parse(**in_memory, message);
  } else {
    rocksdb::PinnableSlice value;
    const rocksdb::Status got = store_.db_->Get(
        ReadOptions(), store_.handle(family), ToSlice(key), &value);
    if (got.IsNotFound()) return false;
    if (!got.ok()) return FromRocks(got);
    status = Parse(ToView(value), message);
  }
  if (!status.ok()) return status;
  return true;
}

absl::Status Snapshot::MultiGet(Family family,
                                const std::vector<std::string>& keys,
                                ValueTaker take) const {
  std::vector<std::optional<Value>> in_memory;
  in_memory.reserve(keys.size());
  std::vector<DiskKey> missing;
  for (size_t i = 0; i < keys.size(); ++i) {
    in_memory.push_back(FindInMemory(family, keys[i]));
    if (!in_memory.back().has_value()) {
      missing.emplace_back(keys[i], i);
    } else if (in_memory.back()->has_value()) {
      __builtin_prefetch((*in_memory.back())->data());
    }
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!in_memory[i].has_value() || !in_memory[i]->has_value()) continue;
    if (absl::Status status = take(i, **in_memory[i]); !status.ok()) {
      return status;
    }
  }
  return ReadFromDisk(family, std::move(missing), take);
}

absl::Status Snapshot::Scan(Family family, absl::string_view first,
                            absl::string_view end, const Visitor& visit) const {
  rocksdb::ReadOptions options = ReadOptions();
  const rocksdb::Slice upper = ToSlice(end);
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> disk(
      store_.db_->NewIterator(options, store_.handle(family)));
  disk->Seek(ToSlice(first));
  ApplyWaiting();
  Cursor active(active_.get(), family, first, end, version_);
  Cursor frozen(frozen_.get(), family, first, end, version_);
  Merge(active, frozen, *disk, visit);
  return FromRocks(disk->status());
}

absl::Status Snapshot::ScanPrefix(Family family, absl::string_view prefix,
                                  const Visitor& visit) const {
  return Scan(family, prefix, PrefixEnd(prefix),
              [&](absl::string_view key, absl::string_view value) {
                key.remove_prefix(prefix.size());
                return visit(key, value);
              });
}

absl::Status Snapshot::ReadIds(const std::vector<std::string>& keys,
                               std::vector<log::IdEntry>& entries) const {
  ApplyWaiting();
  entries.assign(keys.size(), {});
  std::vector<DiskKey> missing;
  for (size_t i = 0; i < keys.size(); ++i) {
    auto entry = active_->FindId(keys[i]);
    if (!entry.has_value() && frozen_ != nullptr) {
      entry = frozen_->FindId(keys[i]);
    }
    if (entry.has_value()) {
      entries[i] = *entry;
    } else {
      missing.emplace_back(keys[i], i);
    }
  }
  return ReadFromDisk(Family::kIds, std::move(missing),
                      [&](size_t i, absl::string_view value) {
                        auto entry = DecodeId(value);
                        if (!entry.ok()) return entry.status();
                        entries[i] = *entry;
                        return absl::OkStatus();
                      });
}

absl::StatusOr<storage::v1::IdentityState> Snapshot::ReadIdentity(
    absl::string_view tenant_id, const core::SubjectRef& subject) const {
  storage::v1::SubjectHead record;
  const auto found =
      Get(Family::kSubjects, SubjectKey(tenant_id, subject), record);
  if (!found.ok()) return found.status();
  return std::move(*record.mutable_identity());
}

absl::Status Snapshot::ReadFromDisk(Family family, std::vector<DiskKey> keys,
                                    ValueTaker take) const {
  if (keys.empty()) return absl::OkStatus();
  // RocksDB reads sorted keys in less time than it takes to sort them.
  std::sort(keys.begin(), keys.end());
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const DiskKey& key : keys) slices.push_back(ToSlice(key.first));
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  store_.db_->MultiGet(ReadOptions(), store_.handle(family), keys.size(),
                       slices.data(), values.data(), statuses.data(),
                       /*sorted_input=*/true);
  for (size_t k = 0; k < keys.size(); ++k) {
    if (statuses[k].IsNotFound()) continue;
    if (!statuses[k].ok()) return FromRocks(statuses[k]);
    absl::Status status = take(keys[k].second, ToView(values[k]));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Snapshot::ScanTouchpoints(absl::string_view subject_key,
                                       core::Micros from,
                                       const RowVisitor& visit) const {
  ApplyWaiting();
  std::vector<TouchpointRow> rows;
  if (frozen_ != nullptr) {
    rows = frozen_->Touchpoints(subject_key, from, version_);
  }
  const std::vector<TouchpointRow> newer =
      active_->Touchpoints(subject_key, from, version_);
  rows.insert(rows.end(), newer.begin(), newer.end());
  SortAndKeepLast(rows);
  std::string first(subject_key);
  AppendInstant(from, first);
  rocksdb::ReadOptions options = ReadOptions();
  const std::string end = PrefixEnd(subject_key);
  const rocksdb::Slice upper = ToSlice(end);
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> disk(
      store_.db_->NewIterator(options, store_.handle(Family::kTouchpoints)));
  auto in_memory = rows.begin();
  int64_t last_position = 0;
  const auto show = [&](const TouchpointRow& row) {
    if (row.position == last_position) return true;
    last_position = row.position;
    return visit(row);
  };
  for (disk->Seek(first); disk->Valid(); disk->Next()) {
    absl::string_view suffix = ToView(disk->key());
    suffix.remove_prefix(subject_key.size());
    const auto row = DecodeRow(suffix, ToView(disk->value()));
    if (!row.ok()) return row.status();
    while (in_memory != rows.end() && !(*row < *in_memory)) {
      if (!show(*in_memory++)) return absl::OkStatus();
    }
    if (!show(*row)) return absl::OkStatus();
  }
  if (!disk->status().ok()) return FromRocks(disk->status());
  while (in_memory != rows.end()) {
    if (!show(*in_memory++)) return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace journey::views
