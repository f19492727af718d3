// The timers that are due, over all tenants, and where looking for them begins.
#ifndef SERVICE_VIEWS_DUE_TIMERS_H_
#define SERVICE_VIEWS_DUE_TIMERS_H_

#include <cstdint>
#include <functional>
#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/core/clock.h"
#include "service/core/sync.h"
#include "service/views/signal_keys.h"
#include "service/views/view_store.h"

namespace journey::views {

// An instant before which no timer is. Timers that have fired stay in the store
// as deleted entries, which every scan from the beginning would go over again.
// Thread-safe.
class FirstTimer {
 public:
  struct Scan {
    int64_t number = 0;
    // Where it may begin.
    core::Micros from = 0;
  };

  // Begins a scan; to be called before its snapshot is taken.
  Scan Begin();
  // Ends it: it saw no timer before `first`.
  void End(const Scan& scan, core::Micros first);
  // A timer was put; to be called once it is visible.
  void Put(core::Micros due);

 private:
  core::Mutex mutex_;
  core::Micros from_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t scans_ ABSL_GUARDED_BY(mutex_) = 0;
  // The first timer that was put since each of the scans under way began, by
  // their numbers.
  std::map<int64_t, core::Micros> put_since_ ABSL_GUARDED_BY(mutex_);
};

// Visits the timers that are due by `now`, the first one first, until `visit`
// returns false.
absl::Status ForEachDue(const ViewStore& store, FirstTimer& first_timer,
                        core::Micros now,
                        const std::function<bool(Timer timer)>& visit);

// When the first announcement was due that is still to be made by `now`: of one
// tenant, or of all where its id is empty. kNever where none is, or where
// kListEntriesScannedMax of other tenants are due before it.
absl::StatusOr<core::Micros> OldestDueSignal(const ViewStore& store,
                                             FirstTimer& first_timer,
                                             absl::string_view tenant_id,
                                             core::Micros now);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_DUE_TIMERS_H_
