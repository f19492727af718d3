#include "service/views/view_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "rocksdb/cache.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/sst_file_writer.h"
#include "rocksdb/table.h"
#include "service/core/errors.h"
#include "service/core/limits.h"

namespace journey::views {
namespace {

constexpr const char* kFamilyNames[kFamilyCount] = {
    "default", "ids", "touchpoints", "subjects", "deals", "lists"};
constexpr double kBloomBitsPerKey = 10;
constexpr int kTableFormatVersion = 5;
constexpr int kBackgroundJobs = 2;
constexpr char kFilePrefix[] = "generation-";
// A generation is written down at this age even when it is small.
constexpr std::chrono::seconds kGenerationAgeMax{30};
// How often compaction that is behind is looked at.
constexpr std::chrono::milliseconds kCompactionPoll{50};

rocksdb::Options MakeOptions(const ViewsOptions& options, rocksdb::Env* env) {
  rocksdb::Options out;
  if (env != nullptr) out.env = env;
  out.create_if_missing = true;
  out.create_missing_column_families = true;
  out.max_background_jobs = kBackgroundJobs;
  out.compression = rocksdb::kLZ4Compression;
  out.info_log_level = rocksdb::WARN_LEVEL;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.format_version = kTableFormatVersion;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return out;
}

std::unique_ptr<rocksdb::Env> MakeEnv(const ViewsOptions& options) {
  return options.file_system == nullptr
             ? nullptr
             : rocksdb::NewCompositeEnv(options.file_system);
}

// Removes files that a stop in the middle of writing down has left.
void RemoveLeftovers(rocksdb::Env* env, const std::string& directory) {
  std::vector<std::string> names;
  if (!env->GetChildren(directory, &names).ok()) return;
  for (const std::string& name : names) {
    if (absl::StartsWith(name, kFilePrefix)) {
      (void)env->DeleteFile(absl::StrCat(directory, "/", name));
    }
  }
}

}  // namespace

absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat("views: ", status.ToString());
  // A file that was there once is gone.
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return core::DamagedError(message);
  }
  return core::MakeError(absl::StatusCode::kUnavailable,
                         v1::ERROR_REASON_STORAGE_UNAVAILABLE, message);
}

absl::Status Parse(absl::string_view bytes,
                   google::protobuf::MessageLite& message) {
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::OkStatus();
  }
  return core::DamagedError(
      absl::StrCat("views: a ", message.GetTypeName(), " is damaged"));
}

ViewStore::ViewStore(const ViewsOptions& options)
    : directory_(options.directory),
      generation_bytes_max_(options.write_buffer_bytes),
      env_(MakeEnv(options)),
      rocks_options_(MakeOptions(options, env_.get())),
      active_(std::make_shared<Generation>()),
      active_since_(std::chrono::steady_clock::now()) {}

absl::StatusOr<std::unique_ptr<ViewStore>> ViewStore::Open(
    const ViewsOptions& options) {
  std::unique_ptr<ViewStore> store(new ViewStore(options));
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : kFamilyNames) {
    families.emplace_back(name, store->rocks_options_);
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  if (const rocksdb::Status status = rocksdb::DB::Open(
          store->rocks_options_, options.directory, families, &handles, &db);
      !status.ok()) {
    return FromRocks(status);
  }
  store->db_.reset(db);
  std::copy(handles.begin(), handles.end(), store->handles_.begin());
  RemoveLeftovers(store->rocks_options_.env, options.directory);
  store->flusher_ = std::thread([raw = store.get()] { raw->RunFlusher(); });
  return store;
}

ViewStore::~ViewStore() {
  {
    core::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  if (flusher_.joinable()) flusher_.join();
  for (auto* handle : handles_) {
    if (handle != nullptr) (void)db_->DestroyColumnFamilyHandle(handle);
  }
}

absl::Status ViewStore::Destroy(const ViewsOptions& options) {
  const std::unique_ptr<rocksdb::Env> env = MakeEnv(options);
  const rocksdb::Options rocks = MakeOptions(options, env.get());
  RemoveLeftovers(rocks.env, options.directory);
  return FromRocks(rocksdb::DestroyDB(options.directory, rocks));
}

bool ViewStore::IsOld() const {
  return std::chrono::steady_clock::now() - active_since_ > kGenerationAgeMax;
}

void ViewStore::Freeze() {
  frozen_ = std::move(active_);
  active_ = std::make_shared<Generation>();
  active_since_ = std::chrono::steady_clock::now();
  changed_.NotifyAll();
}

absl::Status ViewStore::Flush() {
  core::MutexLock lock(&mutex_);
  is_flushing_ = true;
  changed_.NotifyAll();
  while ((frozen_ != nullptr || is_updating_) && flush_status_.ok()) {
    changed_.Wait(&mutex_);
  }
  if (!flush_status_.ok()) return flush_status_;
  Freeze();
  while (frozen_ != nullptr && flush_status_.ok()) changed_.Wait(&mutex_);
  is_flushing_ = false;
  return flush_status_;
}

bool ViewStore::IsCompactionBehind() const {
  // Compaction may have ended with an error, which taking in a file tells.
  if (IntProperty(rocksdb::DB::Properties::kBackgroundErrors) > 0) return false;
  return std::any_of(handles_.begin(), handles_.end(), [&](auto* handle) {
    std::string files;
    int count = 0;
    return db_->GetProperty(
               handle, rocksdb::DB::Properties::kNumFilesAtLevelPrefix + "0",
               &files) &&
           absl::SimpleAtoi(files, &count) && count >= core::kLevel0FilesMax;
  });
}

void ViewStore::RunFlusher() {
  while (true) {
    std::shared_ptr<const Generation> frozen;
    {
      core::MutexLock lock(&mutex_);
      while (!stopping_ && (frozen_ == nullptr || !flush_status_.ok())) {
        changed_.WaitFor(&mutex_, kGenerationAgeMax);
        if (frozen_ == nullptr && !is_updating_ && IsOld() &&
            active_->bytes() > 0) {
          Freeze();
        }
      }
      while (!stopping_ && !is_flushing_ && IsCompactionBehind()) {
        changed_.WaitFor(&mutex_, kCompactionPoll);
      }
      if (stopping_) return;
      frozen = frozen_;
    }
    const absl::Status status = WriteDown(*frozen);
    {
      core::MutexLock lock(&mutex_);
      if (status.ok()) {
        frozen_ = nullptr;
      } else {
        flush_status_ = status;
      }
    }
    changed_.NotifyAll();
  }
}

// Writes a file a column family, then lets RocksDB take in all of them at
// once.
absl::Status ViewStore::WriteDown(const Generation& generation) {
  std::vector<rocksdb::IngestExternalFileArg> files;
  for (int i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    const std::string path =
        absl::StrCat(directory_, "/", kFilePrefix, kFamilyNames[i], ".sst");
    const auto written = WriteFile(family, generation, path);
    if (!written.ok()) return written.status();
    if (!*written) continue;
    rocksdb::IngestExternalFileArg arg;
    arg.column_family = handle(family);
    arg.external_files = {path};
    arg.options.move_files = true;
    files.push_back(std::move(arg));
  }
  if (files.empty()) return absl::OkStatus();
  return FromRocks(db_->IngestExternalFiles(files));
}

absl::StatusOr<bool> ViewStore::WriteFile(Family family,
                                          const Generation& generation,
                                          const std::string& path) {
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), rocks_options_,
                                handle(family));
  rocksdb::Status status;
  bool is_open = false;
  const auto slice_of = [](absl::string_view text) {
    return rocksdb::Slice(text.data(), text.size());
  };
  generation.ForEach(family, [&](absl::string_view key, const Value& value) {
    if (!is_open) status = writer.Open(path);
    is_open = true;
    if (status.ok()) {
      status = value.has_value() ? writer.Put(slice_of(key), slice_of(*value))
                                 : writer.Delete(slice_of(key));
    }
    return status.ok();
  });
  if (is_open && status.ok()) status = writer.Finish();
  if (!status.ok()) return FromRocks(status);
  return is_open;
}

uint64_t ViewStore::IntProperty(const std::string& property) const {
  uint64_t value = 0;
  return db_->GetAggregatedIntProperty(property, &value) ? value : 0;
}

}  // namespace journey::views
