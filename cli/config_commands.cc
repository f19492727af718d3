// `journeyctl config …`.
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

struct ConfigOptions {
  std::string name;
};

absl::StatusOr<int> RunGetContexts(const Invocation& invocation,
                                   const ConfigOptions& /*options*/) {
  const auto config = LoadConfig(ConfigPath(invocation.environment));
  if (!config.ok()) return config.status();
  Table table({"CURRENT", "NAME", "SERVER", "TENANT", "OUTPUT"});
  for (const auto& [name, context] : config->contexts) {
    table.AddRow({name == config->current_context ? "*" : "", name,
                  context.server, context.tenant, context.output});
  }
  table.Print(invocation.out());
  return kExitOk;
}

absl::StatusOr<int> RunCurrentContext(const Invocation& invocation,
                                      const ConfigOptions& /*options*/) {
  const std::string path = ConfigPath(invocation.environment);
  const auto config = LoadConfig(path);
  if (!config.ok()) return config.status();
  if (config->current_context.empty()) {
    return UsageError(absl::StrCat(path,
                                   " has no current context; see "
                                   "`journeyctl config use-context`"));
  }
  invocation.out() << config->current_context << "\n";
  return kExitOk;
}

absl::StatusOr<int> RunUseContext(const Invocation& invocation,
                                  const ConfigOptions& options) {
  const std::string path = ConfigPath(invocation.environment);
  auto config = LoadConfig(path);
  if (!config.ok()) return config.status();
  if (config->Find(options.name) == nullptr) {
    return UsageError(absl::StrCat(path, " has no context \"", options.name,
                                   "\"; see `journeyctl config "
                                   "get-contexts`"));
  }
  config->current_context = options.name;
  absl::Status status = SaveConfig(path, *config);
  if (!status.ok()) return status;
  invocation.err() << "Context is now " << options.name << "\n";
  return kExitOk;
}

// Only what is given on the command line changes. The first context becomes
// the current one.
absl::StatusOr<int> RunSetContext(const Invocation& invocation,
                                  const ConfigOptions& options) {
  const std::string path = ConfigPath(invocation.environment);
  auto config = LoadConfig(path);
  if (!config.ok()) return config.status();
  const GlobalFlags& flags = invocation.flags;
  Context& context = config->At(options.name);
  if (!flags.server.empty()) context.server = flags.server;
  if (!flags.tenant.empty()) context.tenant = flags.tenant;
  if (!flags.output.empty()) context.output = flags.output;
  if (config->current_context.empty()) config->current_context = options.name;
  absl::Status status = SaveConfig(path, *config);
  if (!status.ok()) return status;
  invocation.err() << "Saved " << options.name << " in " << path << "\n";
  return kExitOk;
}

template <typename Body>
void AddNamed(CLI::App& config, Invocation& invocation, const std::string& name,
              const std::string& description, const std::string& examples,
              Body body) {
  CLI::App* command = AddCommand(config, name, description, examples);
  auto options = std::make_shared<ConfigOptions>();
  command->add_option("name", options->name, "The context's name")
      ->required()
      ->type_name("NAME");
  OnRun(*command, invocation, options, body);
}

}  // namespace

void AddConfigCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* config = AddCommand(
      root, "config", "Keep servers and tenants as named contexts",
      "  journeyctl config set-context local --server 127.0.0.1:50051 \\\n"
      "      --tenant acme\n"
      "  journeyctl config use-context local\n"
      "The file is $JOURNEYCTL_CONFIG, else "
      "~/.config/journeyctl/config.yaml.");
  config->require_subcommand(1);
  CLI::App* list = AddCommand(*config, "get-contexts", "List the contexts",
                              "  journeyctl config get-contexts");
  OnRun(*list, invocation, std::make_shared<ConfigOptions>(), RunGetContexts);
  CLI::App* current =
      AddCommand(*config, "current-context", "Print the current context",
                 "  journeyctl config current-context");
  OnRun(*current, invocation, std::make_shared<ConfigOptions>(),
        RunCurrentContext);
  AddNamed(*config, invocation, "use-context", "Choose a context",
           "  journeyctl config use-context local", RunUseContext);
  AddNamed(*config, invocation, "set-context", "Make or change a context",
           "  journeyctl config set-context live --server journey:50051 \\\n"
           "      --tenant acme -o table",
           RunSetContext);
}

}  // namespace journey::cli
