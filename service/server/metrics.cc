#include "service/server/metrics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/strip.h"
#include "service/server/metric_family.h"
#include "service/server/process_metrics.h"
#include "service/server/version.h"

namespace journey::server {
namespace {

using prometheus::MetricFamily;
using Families = std::vector<MetricFamily>;

constexpr const char* kCodeNames[rpc::kCodeCount] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

// A number of RocksDB's that tells an operator something.
struct StoreProperty {
  const char* name;
  const char* help;
  const char* property;
};

constexpr StoreProperty kStoreProperties[] = {
    {"journey_rocksdb_live_bytes", "Estimated live data, in bytes",
     "rocksdb.estimate-live-data-size"},
    {"journey_rocksdb_memtable_bytes", "Memtables in memory, in bytes",
     "rocksdb.cur-size-all-mem-tables"},
    {"journey_rocksdb_block_cache_bytes", "Block cache in use, in bytes",
     "rocksdb.block-cache-usage"},
    {"journey_rocksdb_pending_compaction_bytes",
     "Bytes that compaction still has to rewrite",
     "rocksdb.estimate-pending-compaction-bytes"},
    {"journey_rocksdb_running_compactions", "Compactions that run",
     "rocksdb.num-running-compactions"},
    {"journey_rocksdb_running_flushes", "Flushes that run",
     "rocksdb.num-running-flushes"},
    {"journey_rocksdb_write_stopped", "1 while RocksDB holds writes back",
     "rocksdb.is-write-stopped"},
};

MetricLabels MethodLabels(const rpc::MethodInfo& info) {
  return {{"grpc_type", info.type},
          {"grpc_service", info.service},
          {"grpc_method", info.name}};
}

double Load(const std::atomic<int64_t>& value) {
  return static_cast<double>(value.load(std::memory_order_relaxed));
}

void Gauge(Families& out, const char* name, const char* help, double value) {
  AddGauge(out.emplace_back(GaugeFamily(name, help)), value);
}

void Counter(Families& out, const char* name, const char* help, double value) {
  AddCounter(out.emplace_back(CounterFamily(name, help)), value);
}

}  // namespace

MetricsCollector::MetricsCollector(const MetricSources& sources)
    : sources_(sources) {}

Families MetricsCollector::Collect() const {
  Families out;
  CollectCalls(out);
  CollectWrites(out);
  CollectViews(out);
  CollectSignals(out);
  CollectStores(out);
  CollectProcess(out);
  AddGauge(out.emplace_back(
               GaugeFamily("journey_build_info", "Always 1; see its labels")),
           1, {{"version", Version()}, {"revision", Revision()}});
  return out;
}

void MetricsCollector::CollectCalls(Families& out) const {
  MetricFamily started =
      CounterFamily("grpc_server_started_total", "Calls that began");
  MetricFamily handled =
      CounterFamily("grpc_server_handled_total", "Calls that ended, by code");
  MetricFamily received =
      CounterFamily("grpc_server_msg_received_total", "Messages received");
  MetricFamily sent =
      CounterFamily("grpc_server_msg_sent_total", "Messages sent");
  MetricFamily seconds =
      HistogramFamily("grpc_server_handling_seconds",
                      "Time from the request to the answer, in seconds");
  for (size_t i = 0; i < rpc::kMethodCount; ++i) {
    const rpc::MethodStats& stats = sources_.calls->at(i);
    const MetricLabels labels = MethodLabels(rpc::kMethods[i]);
    AddCounter(started, Load(stats.started), labels);
    AddCounter(received, Load(stats.received), labels);
    AddCounter(sent, Load(stats.sent), labels);
    AddHistogram(seconds, stats.seconds, labels);
    for (size_t code = 0; code < rpc::kCodeCount; ++code) {
      const double count = Load(stats.handled[code]);
      // OK always, so that a rate exists from the start.
      if (code != 0 && count == 0) continue;
      MetricLabels with_code = labels;
      with_code.push_back({"grpc_code", kCodeNames[code]});
      AddCounter(handled, count, std::move(with_code));
    }
  }
  for (MetricFamily* family :
       {&started, &handled, &received, &sent, &seconds}) {
    out.push_back(std::move(*family));
  }
  MetricFamily rejected = CounterFamily("journey_rejected_total",
                                        "Calls and batches refused, by reason");
  for (int i = 1; i < static_cast<int>(rpc::kReasonCount); ++i) {
    std::string reason = v1::ErrorReason_Name(i);
    AddCounter(
        rejected, static_cast<double>(sources_.calls->refusals(i)),
        {{"reason", std::string(absl::StripPrefix(reason, "ERROR_REASON_"))}});
  }
  out.push_back(std::move(rejected));
}

void MetricsCollector::CollectWrites(Families& out) const {
  WriterMetrics& writes = *sources_.writes;
  AddHistogram(out.emplace_back(HistogramFamily("journey_append_batch_size",
                                                "Events in a commit group")),
               writes.group_events());
  AddHistogram(
      out.emplace_back(HistogramFamily("journey_fsync_seconds",
                                       "Durable write of a group, in seconds")),
      writes.fsync_seconds());
  Counter(out, "journey_written_bytes_total",
          "Bytes of events written to the log",
          static_cast<double>(writes.bytes()));
  Counter(out, "journey_repeated_events_total",
          "Events that were known already",
          static_cast<double>(writes.repeated()));
  Counter(out, "journey_inert_links_total",
          "Links that bind nobody because a bound is reached",
          static_cast<double>(writes.inert_links()));
  MetricFamily& skew = out.emplace_back(GaugeFamily(
      "journey_source_clock_skew_seconds",
      "Receipt minus sent_at of the source's newest touchpoint, in seconds"));
  for (const auto& [source, micros] : writes.ClockSkews()) {
    AddGauge(skew,
             static_cast<double>(micros) /
                 static_cast<double>(core::kMicrosPerSecond),
             {{"source", source}});
  }
  Gauge(out, "journey_log_head_group", "Newest durable commit group",
        static_cast<double>(sources_.log->head_group()));
  Gauge(out, "journey_log_events", "Events in the log",
        static_cast<double>(writes.event_count()));
  Gauge(out, "journey_queue_depth", "Appends that wait to be written",
        static_cast<double>(sources_.writer->queue_depth()));
}

void MetricsCollector::CollectViews(Families& out) const {
  // The views first: they are never ahead of the log.
  const int64_t viewed = sources_.views->event_count();
  const int64_t group = sources_.views->group();
  const int64_t lag = sources_.writes->event_count() - viewed;
  Gauge(out, "journey_view_group", "Newest commit group that queries see",
        static_cast<double>(group));
  Gauge(out, "journey_view_lag_events", "Events that queries do not see yet",
        static_cast<double>(std::max<int64_t>(lag, 0)));
  Gauge(out, "journey_view_lag_seconds",
        "Age of the oldest group that queries do not see yet, in seconds",
        sources_.writes->LagSeconds(group));
  Gauge(out, "journey_tenants", "Tenants with events",
        static_cast<double>(sources_.views->tenant_count()));
  Gauge(out, "journey_unknown_stage_deals",
        "Open deals in a pipeline or stage that the rule set does not know",
        static_cast<double>(sources_.views->unknown_stage_deal_count()));
  Gauge(out, "journey_subscribers", "Open calls of Subscribe and WatchSignals",
        Load(*sources_.subscribers));
}

void MetricsCollector::CollectSignals(Families& out) const {
  const signals::AnnouncerStats& stats = *sources_.signals;
  MetricFamily& events = out.emplace_back(CounterFamily(
      "journey_signal_events_total", "Events added to signal logs, by change"));
  for (size_t i = 1; i < stats.events.size(); ++i) {
    std::string change = v1::SignalChange_Name(static_cast<int>(i));
    AddCounter(
        events, Load(stats.events[i]),
        {{"change", std::string(absl::StripPrefix(change, "SIGNAL_CHANGE_"))}});
  }
  Counter(out, "journey_signals_historical_total",
          "Signals recorded without being announced", Load(stats.historical));
  Gauge(out, "journey_signal_lag_seconds",
        "For how long the first announcement has been due that is not made",
        static_cast<double>(sources_.views->SignalLag()) /
            static_cast<double>(core::kMicrosPerSecond));
}

void MetricsCollector::CollectStores(Families& out) const {
  MetricFamily disk =
      GaugeFamily("journey_disk_bytes", "Files of a store, in bytes");
  AddGauge(disk, static_cast<double>(sources_.log->DiskBytes()),
           {{"store", "log"}});
  AddGauge(disk, static_cast<double>(sources_.views->DiskBytes()),
           {{"store", "views"}});
  out.push_back(std::move(disk));
  for (const StoreProperty& property : kStoreProperties) {
    MetricFamily& family =
        out.emplace_back(GaugeFamily(property.name, property.help));
    AddGauge(family,
             static_cast<double>(sources_.log->IntProperty(property.property)),
             {{"store", "log"}});
    AddGauge(
        family,
        static_cast<double>(sources_.views->IntProperty(property.property)),
        {{"store", "views"}});
  }
}

}  // namespace journey::server
