// Appends in large batches over streams.
#ifndef TESTS_BENCH_STREAM_LOAD_H_
#define TESTS_BENCH_STREAM_LOAD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "journey/v1/touchpoint.pb.h"

namespace journey::bench {

inline constexpr int kStreamBatch = 500;

// The n-th touchpoint; called from several threads.
using TouchpointMaker = std::function<v1::Touchpoint(int64_t n)>;

// Appends `events` touchpoints over `streams` calls of AppendStream. Returns
// the seconds that it took, from the first write to the last answer; less
// than 0 when a batch was refused or the server went away.
[[nodiscard]] double AppendByStreams(const std::string& address,
                                     const TouchpointMaker& make,
                                     int64_t events, int streams);

}  // namespace journey::bench

#endif  // TESTS_BENCH_STREAM_LOAD_H_
