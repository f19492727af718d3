// Runs journeyctl in the test's own process.
#ifndef TESTS_CLI_CLI_RUN_H_
#define TESTS_CLI_CLI_RUN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/interrupt.h"

namespace journey::testing {

// 2025-03-01T00:00:00Z.
inline constexpr int64_t kNowMicros = int64_t{1'740'787'200} * 1'000'000;

struct RunResult {
  int code = -1;
  std::string out;
  std::string err;
};

// What a run sees of the world; the home directory does not exist.
struct World {
  std::map<std::string, std::string> variables = {{"HOME", "/nonexistent"}};
  int columns = 80;
  std::string standard_input;
  int64_t now_micros = kNowMicros;
  cli::Interrupt* interrupt = nullptr;
};

[[nodiscard]] RunResult RunCli(const std::vector<std::string>& arguments,
                               const World& world = {});

}  // namespace journey::testing

#endif  // TESTS_CLI_CLI_RUN_H_
