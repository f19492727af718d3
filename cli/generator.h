// Lifelike histories for demonstrations, tests and load: the same options
// give the same bytes on every machine.
#ifndef CLI_GENERATOR_H_
#define CLI_GENERATOR_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "journey/v1/touchpoint.pb.h"

namespace journey::cli {

struct GeneratorOptions {
  uint64_t seed = 1;
  int accounts = 40;
  // The first day, in microseconds since 1970 UTC.
  int64_t start_micros = 0;
  int days = 180;
};

// Random numbers that do not depend on the standard library. Not thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  [[nodiscard]] uint64_t Next();
  // 0 to bound − 1; `bound` is above zero.
  [[nodiscard]] int64_t Below(int64_t bound);
  // Both ends included.
  [[nodiscard]] int64_t Between(int64_t low, int64_t high);
  [[nodiscard]] bool Chance(int percent);

  template <typename T, size_t N>
  [[nodiscard]] const T& Pick(const T (&choices)[N]) {
    return choices[static_cast<size_t>(Below(static_cast<int64_t>(N)))];
  }

 private:
  uint64_t state_;
};

// The touchpoints of the account with this number, by no order; none after
// the last day. Does not depend on how many accounts there are.
[[nodiscard]] std::vector<v1::Touchpoint> AccountHistory(
    const GeneratorOptions& options, int number);

// Every touchpoint as a line of NDJSON, in the order in which the reporting
// systems deliver them: mostly by time, a few late, a few twice.
void Generate(const GeneratorOptions& options,
              const std::function<void(const std::string& line)>& on_line);

}  // namespace journey::cli

#endif  // CLI_GENERATOR_H_
