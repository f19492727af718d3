// What the writer reports, kept as numbers for metrics.
#ifndef SERVICE_SERVER_WRITER_METRICS_H_
#define SERVICE_SERVER_WRITER_METRICS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "service/core/clock.h"
#include "service/core/sync.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "service/rpc/histogram.h"

namespace journey::server {

inline constexpr char kOtherSources[] = "other";

// Thread-safe.
class WriterMetrics final : public log::WriterObserver {
 public:
  // `event_count` is what the log holds at the start.
  WriterMetrics(const log::EventLog* log, int64_t event_count)
      : log_(log), event_count_(event_count) {}

  void OnGroup(int64_t events, size_t bytes, double fsync_seconds) override;
  void OnRepeated(int64_t events) override { repeated_ += events; }
  void OnInertLinks(int64_t links) override { inert_links_ += links; }
  void OnSent(absl::string_view source, core::Micros skew) override;

  [[nodiscard]] int64_t event_count() const { return event_count_; }
  [[nodiscard]] int64_t repeated() const { return repeated_; }
  [[nodiscard]] int64_t inert_links() const { return inert_links_; }
  [[nodiscard]] int64_t bytes() const { return bytes_; }
  [[nodiscard]] const rpc::Histogram& group_events() const {
    return group_events_;
  }
  [[nodiscard]] const rpc::Histogram& fsync_seconds() const {
    return fsync_seconds_;
  }

  // How far the newest touchpoint of each source was off, by source. Sources
  // beyond the first kMetricSourcesMax share the name kOtherSources.
  [[nodiscard]] std::vector<std::pair<std::string, core::Micros>> ClockSkews()
      const;

  // For how long the oldest group that is not in the views has been durable;
  // 0 when `view_group` is the newest.
  [[nodiscard]] double LagSeconds(int64_t view_group);

 private:
  const log::EventLog* const log_;
  std::atomic<int64_t> event_count_;
  std::atomic<int64_t> repeated_{0};
  std::atomic<int64_t> inert_links_{0};
  std::atomic<int64_t> bytes_{0};
  rpc::Histogram group_events_{rpc::kEventsBounds};
  rpc::Histogram fsync_seconds_{rpc::kSecondsBounds};
  mutable core::Mutex mutex_;
  absl::flat_hash_map<std::string, core::Micros> clock_skews_
      ABSL_GUARDED_BY(mutex_);
  // The newest groups and when they became durable; older ones are visible,
  // because only a few may be under way.
  std::deque<std::pair<int64_t, std::chrono::steady_clock::time_point>> recent_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace journey::server

#endif  // SERVICE_SERVER_WRITER_METRICS_H_
