// What the operating system knows of this process.
#ifndef SERVICE_SERVER_PROCESS_METRICS_H_
#define SERVICE_SERVER_PROCESS_METRICS_H_

#include <prometheus/metric_family.h>

#include <vector>

namespace journey::server {

// Adds the usual process_* families.
void CollectProcess(std::vector<prometheus::MetricFamily>& out);

}  // namespace journey::server

#endif  // SERVICE_SERVER_PROCESS_METRICS_H_
