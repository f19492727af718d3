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

// The n-th touchpoint of a run; `run` keeps the ids of runs apart.
[[nodiscard]] v1::Touchpoint MakeTouchpoint(const std::string& run, int64_t n);

// Requests, in serialised form.
[[nodiscard]] std::string AppendBytes(const std::string& run, int64_t n);
[[nodiscard]] std::string GetJourneyBytes(int64_t n);

}  // namespace journey::bench

#endif  // TESTS_BENCH_WORKLOAD_H_
