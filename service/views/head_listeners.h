// Readers that wait for a tenant's log to grow.
#ifndef SERVICE_VIEWS_HEAD_LISTENERS_H_
#define SERVICE_VIEWS_HEAD_LISTENERS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "service/core/sync.h"
#include "service/views/views.h"

namespace journey::views {

// Thread-safe.
class HeadListeners {
 public:
  int64_t Add(absl::string_view tenant_id, HeadListener call) {
    core::MutexLock lock(&mutex_);
    const int64_t id = next_id_++;
    listeners_[id] = {std::string(tenant_id), std::move(call)};
    return id;
  }

  // Waits for a call that is under way.
  void Remove(int64_t id) {
    core::MutexLock lock(&mutex_);
    listeners_.erase(id);
  }

  // Calls the listeners of the tenants for which `has_grown` holds.
  template <typename Predicate>
  void Notify(const Predicate& has_grown) {
    core::MutexLock lock(&mutex_);
    for (const auto& [id, listener] : listeners_) {
      if (has_grown(listener.first)) listener.second();
    }
  }

 private:
  core::Mutex mutex_;
  // Tenant and call, by id. The lock is held while they are called.
  absl::flat_hash_map<int64_t, std::pair<std::string, HeadListener>> listeners_
      ABSL_GUARDED_BY(mutex_);
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_HEAD_LISTENERS_H_
