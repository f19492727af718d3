// Writing to the store.
#include <algorithm>
#include <vector>

#include "service/views/view_store.h"

namespace journey::views {
namespace {

// A full generation may grow so far while the one before is written down.
constexpr size_t kFullTimesMax = 2;
// Writes, and bytes of texts, that wait to be applied together.
constexpr size_t kWaitingMax = 64;
constexpr size_t kWaitingBytes = size_t{64} * 1024;

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
  changed_.NotifyAll();
}

absl::Status ViewStore::Publish() {
  core::MutexLock lock(&mutex_);
  is_updating_ = false;
  changed_.NotifyAll();
  if (!flush_status_.ok()) return flush_status_;
  ++version_;
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

absl::string_view Update::Keep(absl::string_view text) {
  const size_t begin = texts_.size();
  texts_.append(text.data(), text.size());
  return {texts_.data() + begin, text.size()};
}

void Update::Put(Family family, absl::string_view key,
                 absl::string_view value) {
  Write write;
  write.family = family;
  write.value = value;
  Add(key, write);
}

void Update::Delete(Family family, absl::string_view key) {
  Write write;
  write.family = family;
  Add(key, write);
}

void Update::PutId(absl::string_view key, const log::IdEntry& entry) {
  Write write;
  write.family = Family::kIds;
  write.id = entry;
  Add(key, write);
}

void Update::PutTouchpoint(absl::string_view subject_key,
                           const TouchpointRow& row) {
  Write write;
  write.family = Family::kTouchpoints;
  write.row = row;
  Add(subject_key, write);
}

void Update::Add(absl::string_view key, Write write) {
  MakeRoom(key.size() + (write.value.has_value() ? write.value->size() : 0));
  write.key = Keep(key);
  if (write.value.has_value()) write.value = Keep(*write.value);
  waiting_.push_back(write);
}

// Texts must not move while writes refer to them.
void Update::MakeRoom(size_t bytes) {
  if (waiting_.size() == kWaitingMax ||
      texts_.size() + bytes > texts_.capacity()) {
    ApplyWaiting();
    texts_.reserve(std::max(bytes, kWaitingBytes));
  }
}

void Update::ApplyWaiting() const {
  if (waiting_.empty()) return;
  generation_->Apply(waiting_, version(), live_);
  waiting_.clear();
  texts_.clear();
}

absl::Status Update::Commit() {
  ApplyWaiting();
  is_committed_ = true;
  return updated_.Publish();
}

}  // namespace journey::views
