#include "service/server/metric_family.h"

#include <cstdint>
#include <limits>

namespace journey::server {
namespace {

prometheus::MetricFamily Family(std::string name, std::string help,
                                prometheus::MetricType type) {
  prometheus::MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  return family;
}

prometheus::ClientMetric& Add(prometheus::MetricFamily& family,
                              MetricLabels labels) {
  family.metric.emplace_back();
  family.metric.back().label = std::move(labels);
  return family.metric.back();
}

}  // namespace

prometheus::MetricFamily CounterFamily(std::string name, std::string help) {
  return Family(std::move(name), std::move(help),
                prometheus::MetricType::Counter);
}

prometheus::MetricFamily GaugeFamily(std::string name, std::string help) {
  return Family(std::move(name), std::move(help),
                prometheus::MetricType::Gauge);
}

prometheus::MetricFamily HistogramFamily(std::string name, std::string help) {
  return Family(std::move(name), std::move(help),
                prometheus::MetricType::Histogram);
}

void AddCounter(prometheus::MetricFamily& family, double value,
                MetricLabels labels) {
  Add(family, std::move(labels)).counter.value = value;
}

void AddGauge(prometheus::MetricFamily& family, double value,
              MetricLabels labels) {
  Add(family, std::move(labels)).gauge.value = value;
}

void AddHistogram(prometheus::MetricFamily& family,
                  const rpc::Histogram& histogram, MetricLabels labels) {
  auto& out = Add(family, std::move(labels)).histogram;
  uint64_t count = 0;
  for (size_t i = 0; i <= rpc::kHistogramBounds; ++i) {
    count += histogram.count(i);
    const double bound = i < rpc::kHistogramBounds
                             ? histogram.bounds()[i]
                             : std::numeric_limits<double>::infinity();
    out.bucket.push_back({count, bound});
  }
  out.sample_count = count;
  out.sample_sum = histogram.sum();
}

}  // namespace journey::server
