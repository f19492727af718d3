// Writing to the store.
#include <algorithm>
#include <vector>

#include "service/views/view_store.h"

namespace journey::views {
namespace {

// A full generation may grow so far while the one before is written down.
constexpr size_t kFullTimesMax = 2;

}  // namespace

ViewStore& ViewStore::BeginUpdate() {
  core::MutexLock lock(&mutex_);
  is_updating_ = true;
  return *this;
}

std::vector<int64_t> ViewStore::LiveVersions() const {
  core::MutexLock lock(&mutex_);
  std::vector<int64_t> live(versions_read_.begin(), versions_read_.end());
  live.insert(std::upper_bound(live.begin(), live.end(), version_), version_);
  return live;
}

void ViewStore::GiveUp() {
  core::MutexLock lock(&mutex_);
  if (flush_status_.ok()) {
    flush_status_ = absl::InternalError("views: an update was not finished");
  }
}

absl::Status ViewStore::Publish() {
  core::MutexLock lock(&mutex_);
  ++version_;
  is_updating_ = false;
  const size_t bytes = active_->bytes();
  if (bytes < generation_bytes_max_ && !IsOld()) return flush_status_;
  while (frozen_ != nullptr && flush_status_.ok() &&
         bytes > kFullTimesMax * generation_bytes_max_) {
    changed_.Wait(&mutex_);
  }
  if (frozen_ == nullptr) Freeze();
  return flush_status_;
}

Update::Update(ViewStore& store)
    : Snapshot(store.BeginUpdate(), 1),
      updated_(store),
      generation_(store.ActiveGeneration()),
      live_(store.LiveVersions()) {}

Update::~Update() {
  if (!is_committed_) updated_.GiveUp();
}

void Update::Put(Family family, absl::string_view key,
                 absl::string_view value) {
  generation_->Put(family, key, value, version(), live_);
}

void Update::Delete(Family family, absl::string_view key) {
  generation_->Put(family, key, std::nullopt, version(), live_);
}

void Update::PutId(absl::string_view key, const log::IdEntry& entry) {
  generation_->PutId(key, entry);
}

void Update::PutTouchpoint(absl::string_view subject_key,
                           const TouchpointRow& row) {
  generation_->PutTouchpoint(subject_key, row, version());
}

absl::Status Update::Commit() {
  is_committed_ = true;
  return updated_.Publish();
}

}  // namespace journey::views
