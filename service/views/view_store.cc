#include "service/views/view_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "rocksdb/cache.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"
#include "service/core/errors.h"

namespace journey::views {
namespace {

constexpr const char* kFamilyNames[kFamilyCount] = {
    "default", "ids", "touchpoints", "subjects", "deals", "lists"};
constexpr double kBloomBitsPerKey = 10;
constexpr int kBackgroundJobs = 2;

rocksdb::Slice ToSlice(absl::string_view text) {
  return {text.data(), text.size()};
}

absl::string_view ToView(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

rocksdb::Options MakeOptions(const ViewsOptions& options, rocksdb::Env* env) {
  rocksdb::Options out;
  if (env != nullptr) out.env = env;
  out.create_if_missing = true;
  out.create_missing_column_families = true;
  // Without a write-ahead log, column families must be flushed together: a
  // checkpoint on disk must never be ahead of what it stands for.
  out.atomic_flush = true;
  out.write_buffer_size = options.write_buffer_bytes;
  out.max_background_jobs = kBackgroundJobs;
  out.compression = rocksdb::kLZ4Compression;
  out.info_log_level = rocksdb::WARN_LEVEL;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.format_version = 5;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return out;
}

std::unique_ptr<rocksdb::Env> MakeEnv(const ViewsOptions& options) {
  return options.file_system == nullptr
             ? nullptr
             : rocksdb::NewCompositeEnv(options.file_system);
}

}  // namespace

absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat("views: ", status.ToString());
  if (status.IsCorruption()) {
    return core::MakeError(absl::StatusCode::kDataLoss,
                           v1::ERROR_REASON_DATA_DAMAGED, message);
  }
  return absl::UnavailableError(message);
}

absl::Status Parse(absl::string_view bytes,
                   google::protobuf::MessageLite& message) {
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  return core::MakeError(
      absl::StatusCode::kDataLoss, v1::ERROR_REASON_DATA_DAMAGED,
      absl::StrCat("views: a ", message.GetTypeName(), " is damaged"));
}

absl::StatusOr<std::unique_ptr<ViewStore>> ViewStore::Open(
    const ViewsOptions& options) {
  std::unique_ptr<ViewStore> store(new ViewStore);
  store->env_ = MakeEnv(options);
  const rocksdb::Options rocks = MakeOptions(options, store->env_.get());
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : kFamilyNames) families.emplace_back(name, rocks);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  if (const rocksdb::Status status = rocksdb::DB::Open(
          rocks, options.directory, families, &handles, &db);
      !status.ok()) {
    return FromRocks(status);
  }
  store->db_.reset(db);
  for (int i = 0; i < kFamilyCount; ++i) store->handles_[i] = handles[i];
  return store;
}

ViewStore::~ViewStore() {
  for (auto* handle : handles_) {
    if (handle != nullptr) (void)db_->DestroyColumnFamilyHandle(handle);
  }
}

absl::Status ViewStore::Destroy(const ViewsOptions& options) {
  const std::unique_ptr<rocksdb::Env> env = MakeEnv(options);
  return FromRocks(rocksdb::DestroyDB(options.directory,
                                      MakeOptions(options, env.get())));
}

absl::StatusOr<bool> ViewStore::Get(Family family, absl::string_view key,
                                    std::string& value) const {
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), handle(family), ToSlice(key), &value);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return FromRocks(status);
  return true;
}

absl::Status ViewStore::MultiGet(Family family,
                                 const std::vector<std::string>& keys,
                                 std::vector<std::string>& values,
                                 std::vector<bool>& found) const {
  const size_t count = keys.size();
  std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> pinned(count);
  std::vector<rocksdb::Status> statuses(count);
  db_->MultiGet(rocksdb::ReadOptions(), handle(family), count, slices.data(),
                pinned.data(), statuses.data(), /*sorted_input=*/true);
  values.assign(count, {});
  found.assign(count, false);
  for (size_t i = 0; i < count; ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return FromRocks(statuses[i]);
    values[i].assign(pinned[i].data(), pinned[i].size());
    found[i] = true;
  }
  return absl::OkStatus();
}

absl::Status ViewStore::Write(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return FromRocks(db_->Write(options, &batch));
}

absl::Status ViewStore::Flush() {
  const std::vector<rocksdb::ColumnFamilyHandle*> all(handles_.begin(),
                                                      handles_.end());
  return FromRocks(db_->Flush(rocksdb::FlushOptions(), all));
}

uint64_t ViewStore::IntProperty(const std::string& property) const {
  uint64_t value = 0;
  return db_->GetAggregatedIntProperty(property, &value) ? value : 0;
}

Snapshot::Snapshot(const ViewStore& store)
    : store_(store), snapshot_(store.db()->GetSnapshot()) {}

Snapshot::~Snapshot() { store_.db()->ReleaseSnapshot(snapshot_); }

absl::StatusOr<bool> Snapshot::Get(Family family, absl::string_view key,
                                   std::string& value) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  const rocksdb::Status status =
      store_.db()->Get(options, store_.handle(family), ToSlice(key), &value);
  if (status.IsNotFound()) return false;
  if (!status.ok()) return FromRocks(status);
  return true;
}

absl::StatusOr<bool> Snapshot::Get(
    Family family, absl::string_view key,
    google::protobuf::MessageLite& message) const {
  std::string value;
  const auto found = Get(family, key, value);
  if (!found.ok() || !*found) return found;
  if (const absl::Status status = Parse(value, message); !status.ok()) {
    return status;
  }
  return true;
}

absl::Status Snapshot::Scan(
    Family family, absl::string_view first, absl::string_view end,
    const std::function<bool(absl::string_view, absl::string_view)>& visit)
    const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  const rocksdb::Slice upper = ToSlice(end);
  if (!end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(
      store_.db()->NewIterator(options, store_.handle(family)));
  for (it->Seek(ToSlice(first)); it->Valid(); it->Next()) {
    if (!visit(ToView(it->key()), ToView(it->value()))) break;
  }
  return FromRocks(it->status());
}

}  // namespace journey::views
