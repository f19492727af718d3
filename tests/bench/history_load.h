// Long journeys: what late touchpoints and questions about the past cost.
#ifndef TESTS_BENCH_HISTORY_LOAD_H_
#define TESTS_BENCH_HISTORY_LOAD_H_

#include <string>

#include "tests/bench/report.h"

namespace journey::bench {

// Appends journeys of 10,000 and 100,000 touchpoints, one with 5,000 deals and
// a deal of 10,000 touchpoints, and measures, one call at a time. False when a
// call failed, which is told on stderr.
bool MeasureHistory(const std::string& address, Report& report);

// Lists the journeys of the other runs as of a past instant. False when a call
// failed.
bool MeasurePastList(const std::string& address, Report& report);

}  // namespace journey::bench

#endif  // TESTS_BENCH_HISTORY_LOAD_H_
