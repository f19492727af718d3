// What the writer reports, kept as numbers for metrics.
#ifndef SERVICE_SERVER_WRITER_METRICS_H_
#define SERVICE_SERVER_WRITER_METRICS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>

#include "service/core/sync.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "service/rpc/histogram.h"

namespace journey::server {

// Thread-safe.
class WriterMetrics final : public log::WriterObserver {
 public:
  // `event_count` is what the log holds at the start.
  WriterMetrics(const log::EventLog* log, int64_t event_count)
      : log_(log), event_count_(event_count) {}

  void OnGroup(int64_t events, size_t bytes, double fsync_seconds) override;
  void OnRepeated(int64_t events) override { repeated_ += events; }
  void OnInertLinks(int64_t links) override { inert_links_ += links; }

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
  core::Mutex mutex_;
  // The newest groups and when they became durable; older ones are visible,
  // because only a few may be under way.
  std::deque<std::pair<int64_t, std::chrono::steady_clock::time_point>> recent_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace journey::server

#endif  // SERVICE_SERVER_WRITER_METRICS_H_
