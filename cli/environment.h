// Everything outside the program that a command may touch, so that tests can
// run commands in their own process.
#ifndef CLI_ENVIRONMENT_H_
#define CLI_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>

#include "cli/interrupt.h"

namespace journey::cli {

struct Environment {
  // Where `-f -` reads from.
  int stdin_fd = 0;
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  bool err_is_tty = false;
  // Width of the terminal.
  int columns = 80;
  // Microseconds since 1970 UTC.
  std::function<int64_t()> now_micros;
  // The environment variables.
  std::map<std::string, std::string> variables;
  Interrupt* interrupt = nullptr;

  // Empty where the variable is not set.
  [[nodiscard]] std::string Variable(const std::string& name) const {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  }
};

}  // namespace journey::cli

#endif  // CLI_ENVIRONMENT_H_
