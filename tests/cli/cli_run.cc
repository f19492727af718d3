#include "tests/cli/cli_run.h"

#include <unistd.h>

#include <cstdio>
#include <sstream>

#include "cli/app.h"

namespace journey::testing {

RunResult RunCli(const std::vector<std::string>& arguments,
                 const World& world) {
  std::FILE* input = std::tmpfile();
  std::fputs(world.standard_input.c_str(), input);
  std::rewind(input);
  cli::Interrupt interrupt;
  std::ostringstream out;
  std::ostringstream err;
  cli::Environment environment;
  environment.stdin_fd = fileno(input);
  environment.out = &out;
  environment.err = &err;
  environment.columns = world.columns;
  environment.now_micros = [&world] { return world.now_micros; };
  environment.variables = world.variables;
  environment.interrupt =
      world.interrupt == nullptr ? &interrupt : world.interrupt;
  RunResult result;
  result.code = cli::RunCommandLine(arguments, environment);
  result.out = out.str();
  result.err = err.str();
  std::fclose(input);
  return result;
}

}  // namespace journey::testing
