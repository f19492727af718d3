// A fixed number of calls under way at any time, for a while.
#ifndef TESTS_BENCH_CLOSED_LOOP_H_
#define TESTS_BENCH_CLOSED_LOOP_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace journey::bench {

// What came of a run.
struct LoopResult {
  int64_t calls = 0;
  int64_t errors = 0;
  double seconds = 0;
  // Of all calls, in microseconds.
  double p50_micros = 0;
  double p99_micros = 0;

  [[nodiscard]] double per_second() const {
    return static_cast<double>(calls) / seconds;
  }
};

// Request bytes of the n-th call. Called from several threads.
using RequestMaker = std::function<std::string(int64_t n)>;

struct LoopOptions {
  std::string address;
  // "/package.Service/Method" of a unary method.
  std::string method;
  RequestMaker make_request;
  int channels = 4;
  int outstanding = 256;
  std::chrono::milliseconds length{5000};
};

// Runs until the time is over and the last call has ended. Raw bytes keep the
// client cheap: it shares the machine with the server.
[[nodiscard]] LoopResult RunClosedLoop(const LoopOptions& options);

}  // namespace journey::bench

#endif  // TESTS_BENCH_CLOSED_LOOP_H_
