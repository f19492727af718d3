// Short ways to make metric families.
#ifndef SERVICE_SERVER_METRIC_FAMILY_H_
#define SERVICE_SERVER_METRIC_FAMILY_H_

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

#include "service/rpc/histogram.h"

namespace journey::server {

using MetricLabels = std::vector<prometheus::ClientMetric::Label>;

[[nodiscard]] prometheus::MetricFamily CounterFamily(std::string name,
                                                     std::string help);
[[nodiscard]] prometheus::MetricFamily GaugeFamily(std::string name,
                                                   std::string help);
[[nodiscard]] prometheus::MetricFamily HistogramFamily(std::string name,
                                                       std::string help);

// Adds one series to a family of the fitting type.
void AddCounter(prometheus::MetricFamily& family, double value,
                MetricLabels labels = {});
void AddGauge(prometheus::MetricFamily& family, double value,
              MetricLabels labels = {});
void AddHistogram(prometheus::MetricFamily& family,
                  const rpc::Histogram& histogram, MetricLabels labels = {});

}  // namespace journey::server

#endif  // SERVICE_SERVER_METRIC_FAMILY_H_
