#include "service/views/due_timers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

using core::Micros;

std::string KeyAt(Micros due) {
  std::string key = TimersPrefix();
  AppendInstant(due, key);
  return key;
}

// As ForEachDue, from an instant on. Returns the first timer that it saw, or
// the instant behind `now`.
absl::StatusOr<Micros> ScanDue(const ViewStore& store, Micros from, Micros now,
                               const std::function<bool(Timer timer)>& visit) {
  Micros first = now + 1;
  if (from >= first) return first;
  const Snapshot snapshot(store);
  absl::Status status;
  const absl::Status scan = snapshot.Scan(
      Family::kLists, KeyAt(from), KeyAt(now + 1),
      [&](absl::string_view key, absl::string_view) {
        key.remove_prefix(TimersPrefix().size());
        auto timer = ParseTimer(key);
        if (!timer.has_value()) {
          status = core::DamagedError("views: a timer's key is damaged");
          return false;
        }
        first = std::min(first, timer->due);
        return visit(*std::move(timer));
      });
  if (!scan.ok()) return scan;
  if (!status.ok()) return status;
  return first;
}

}  // namespace

FirstTimer::Scan FirstTimer::Begin() {
  const core::MutexLock lock(&mutex_);
  const Scan scan{++scans_, from_};
  put_since_[scan.number] = core::kNever;
  return scan;
}

void FirstTimer::End(const Scan& scan, Micros first) {
  const core::MutexLock lock(&mutex_);
  const auto put = put_since_.find(scan.number);
  from_ = std::max(from_, std::min(first, put->second));
  put_since_.erase(put);
}

void FirstTimer::Put(Micros due) {
  const core::MutexLock lock(&mutex_);
  from_ = std::min(from_, due);
  for (auto& [number, first] : put_since_) first = std::min(first, due);
}

absl::Status ForEachDue(const ViewStore& store, FirstTimer& first_timer,
                        Micros now,
                        const std::function<bool(Timer timer)>& visit) {
  const FirstTimer::Scan scan = first_timer.Begin();
  const auto first = ScanDue(store, scan.from, now, visit);
  first_timer.End(scan, first.ok() ? *first : 0);
  return first.status();
}

absl::StatusOr<Micros> OldestDueSignal(const ViewStore& store,
                                       FirstTimer& first_timer,
                                       absl::string_view tenant_id,
                                       Micros now) {
  Micros oldest = core::kNever;
  int scanned = 0;
  const absl::Status status =
      ForEachDue(store, first_timer, now, [&](const Timer& timer) {
        if (tenant_id.empty() || timer.tenant_id == tenant_id) {
          oldest = timer.due;
        }
        return oldest == core::kNever &&
               ++scanned < core::kListEntriesScannedMax;
      });
  if (!status.ok()) return status;
  return oldest;
}

}  // namespace journey::views
