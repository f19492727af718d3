// The numbers of the server for Prometheus, gathered when they are asked for.
#ifndef SERVICE_SERVER_METRICS_H_
#define SERVICE_SERVER_METRICS_H_

#include <prometheus/collectable.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "service/rpc/call_stats.h"
#include "service/server/writer_metrics.h"
#include "service/signals/announcer.h"
#include "service/views/views.h"

namespace journey::server {

// Where the numbers come from; nothing is owned.
struct MetricSources {
  const rpc::CallStats* calls = nullptr;
  WriterMetrics* writes = nullptr;
  const log::EventLog* log = nullptr;
  const log::Writer* writer = nullptr;
  const views::Views* views = nullptr;
  const signals::AnnouncerStats* signals = nullptr;
  const std::atomic<int64_t>* subscribers = nullptr;
};

// docs/METRICS.md describes every family; a test compares both. Thread-safe.
class MetricsCollector final : public prometheus::Collectable {
 public:
  explicit MetricsCollector(const MetricSources& sources);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  void CollectCalls(std::vector<prometheus::MetricFamily>& out) const;
  void CollectWrites(std::vector<prometheus::MetricFamily>& out) const;
  void CollectViews(std::vector<prometheus::MetricFamily>& out) const;
  void CollectSignals(std::vector<prometheus::MetricFamily>& out) const;
  void CollectStores(std::vector<prometheus::MetricFamily>& out) const;

  const MetricSources sources_;
};

}  // namespace journey::server

#endif  // SERVICE_SERVER_METRICS_H_
