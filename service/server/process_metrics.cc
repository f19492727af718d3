#include "service/server/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>

#include "service/server/metric_family.h"

namespace journey::server {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) / 1e6;
}

double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  file >> total_pages >> resident_pages;
  return static_cast<double>(resident_pages * sysconf(_SC_PAGESIZE));
}

// Of this image, near enough to the start of the process.
const double start_seconds =
    std::chrono::duration<double>(
        std::chrono::system_clock::now().time_since_epoch())
        .count();

}  // namespace

void CollectProcess(std::vector<prometheus::MetricFamily>& out) {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  AddCounter(out.emplace_back(CounterFamily("process_cpu_seconds_total",
                                            "CPU time used, in seconds")),
             Seconds(usage.ru_utime) + Seconds(usage.ru_stime));
  AddGauge(out.emplace_back(GaugeFamily("process_resident_memory_bytes",
                                        "Memory in use, in bytes")),
           ResidentBytes());
  AddGauge(out.emplace_back(GaugeFamily("process_start_time_seconds",
                                        "Start of the process, Unix seconds")),
           start_seconds);
}

}  // namespace journey::server
