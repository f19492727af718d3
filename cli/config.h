// The configuration file: named contexts, each a server and a tenant.
#ifndef CLI_CONFIG_H_
#define CLI_CONFIG_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/environment.h"

namespace journey::cli {

// Empty fields are not set.
struct Context {
  std::string server;
  std::string tenant;
  std::string output;
};

struct Config {
  std::string current_context;
  // In the order of the file.
  std::vector<std::pair<std::string, Context>> contexts;

  // Null where there is none.
  [[nodiscard]] const Context* Find(const std::string& name) const;
  // Makes the context where there is none.
  [[nodiscard]] Context& At(const std::string& name);
  // False where there is none.
  [[nodiscard]] bool Remove(const std::string& name);
};

// $JOURNEYCTL_CONFIG, else $XDG_CONFIG_HOME/journeyctl/config.yaml, else
// ~/.config/journeyctl/config.yaml.
[[nodiscard]] std::string ConfigPath(const Environment& environment);

// A file that does not exist is an empty configuration. INVALID_ARGUMENT
// names the file and the place of a mistake.
[[nodiscard]] absl::StatusOr<Config> LoadConfig(const std::string& path);

// Replaces the file as a whole; makes its folder where there is none.
[[nodiscard]] absl::Status SaveConfig(const std::string& path,
                                      const Config& config);

// Writes a file beside the target, then renames it, so that nobody ever sees
// half of it.
[[nodiscard]] absl::Status ReplaceFile(const std::string& path,
                                       const std::string& content);

}  // namespace journey::cli

#endif  // CLI_CONFIG_H_
