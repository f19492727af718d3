// What the benchmark sends: touchpoints of about 300 bytes, spread over many
// accounts.
#ifndef TESTS_BENCH_WORKLOAD_H_
#define TESTS_BENCH_WORKLOAD_H_

#include <cstdint>
#include <string>

#include "journey/v1/touchpoint_service.pb.h"

namespace journey::bench {

inline constexpr char kTenant[] = "bench";
inline constexpr int64_t kAccounts = 50'000;

// One measurement that appends. Runs have ids of their own, and each follows
// those before it in time: a touchpoint before the newest of its journey would
// have the journey folded again.
struct Run {
  const char* id;
  int64_t first_second;
};
// The runs begin in 2016, 2017 and 2018.
inline constexpr Run kUnaryRun{"unary", 1'451'606'400};
inline constexpr Run kFewRun{"few", 1'483'228'800};
inline constexpr Run kStreamRun{"stream", 1'514'764'800};

// The n-th touchpoint of a run, a second after the one before.
[[nodiscard]] v1::Touchpoint MakeTouchpoint(const Run& run, int64_t n);

// Requests, in serialised form.
[[nodiscard]] std::string AppendBytes(const Run& run, int64_t n);
[[nodiscard]] std::string GetJourneyBytes(int64_t n);

}  // namespace journey::bench

#endif  // TESTS_BENCH_WORKLOAD_H_
