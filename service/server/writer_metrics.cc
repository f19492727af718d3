#include "service/server/writer_metrics.h"

#include "service/core/limits.h"

namespace journey::server {

void WriterMetrics::OnGroup(int64_t events, size_t bytes,
                            double fsync_seconds) {
  event_count_ += events;
  bytes_ += static_cast<int64_t>(bytes);
  group_events_.Observe(static_cast<double>(events));
  fsync_seconds_.Observe(fsync_seconds);
  core::MutexLock lock(&mutex_);
  recent_.emplace_back(log_->head_group(), std::chrono::steady_clock::now());
  if (recent_.size() > size_t{core::kGroupsInFlightMax}) recent_.pop_front();
}

void WriterMetrics::OnSent(absl::string_view source, core::Micros skew) {
  core::MutexLock lock(&mutex_);
  const auto known = clock_skews_.find(source);
  if (known != clock_skews_.end()) {
    known->second = skew;
  } else if (clock_skews_.size() < size_t{core::kMetricSourcesMax}) {
    clock_skews_.emplace(source, skew);
  } else {
    clock_skews_[kOtherSources] = skew;
  }
}

std::vector<std::pair<std::string, core::Micros>> WriterMetrics::ClockSkews()
    const {
  core::MutexLock lock(&mutex_);
  return {clock_skews_.begin(), clock_skews_.end()};
}

double WriterMetrics::LagSeconds(int64_t view_group) {
  core::MutexLock lock(&mutex_);
  for (const auto& [group, durable_at] : recent_) {
    if (group <= view_group) continue;
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         durable_at)
        .count();
  }
  return 0;
}

}  // namespace journey::server
