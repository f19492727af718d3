// journeyctl as a function.
#ifndef CLI_APP_H_
#define CLI_APP_H_

#include <memory>
#include <string>
#include <vector>

#include "cli/environment.h"
#include "cli/invocation.h"

namespace journey::cli {

// The whole command tree. `invocation` outlives it.
[[nodiscard]] std::unique_ptr<CLI::App> MakeCommandTree(Invocation& invocation);

// Runs one command line, without the program's name; returns the exit code.
[[nodiscard]] int RunCommandLine(const std::vector<std::string>& arguments,
                                 const Environment& environment);

}  // namespace journey::cli

#endif  // CLI_APP_H_
