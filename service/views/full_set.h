// Keys of subjects that are full of something. Nearly always empty, so that
// asking costs next to nothing. Thread-safe.
#ifndef SERVICE_VIEWS_FULL_SET_H_
#define SERVICE_VIEWS_FULL_SET_H_

#include <atomic>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "service/core/sync.h"

namespace journey::views {

class FullSet {
 public:
  void Insert(absl::string_view key) {
    core::MutexLock lock(&mutex_);
    keys_.emplace(key);
    is_empty_ = false;
  }

  void Erase(absl::string_view key) {
    core::MutexLock lock(&mutex_);
    keys_.erase(key);
    is_empty_ = keys_.empty();
  }

  [[nodiscard]] bool is_empty() const { return is_empty_; }

  [[nodiscard]] bool Contains(absl::string_view key) const {
    core::MutexLock lock(&mutex_);
    return keys_.contains(key);
  }

 private:
  mutable core::Mutex mutex_;
  absl::flat_hash_set<std::string> keys_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> is_empty_ = true;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_FULL_SET_H_
