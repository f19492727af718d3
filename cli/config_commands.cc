// `journeyctl config …`.
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "cli/json.h"
#include "cli/text.h"
#include "google/protobuf/wrappers.pb.h"

namespace journey::cli {
namespace {

struct ConfigOptions {
  std::string name;
};

absl::Status NoSuchContext(const std::string& path, const std::string& name) {
  return UsageError(absl::StrCat(path, " has no context \"", name,
                                 "\"; see `journeyctl config get-contexts`"));
}

std::string Quoted(const std::string& text) {
  google::protobuf::StringValue value;
  value.set_value(text);
  return ToJsonLine(value);
}

std::string ContextAsJson(const std::string& name, const Context& context,
                          bool current) {
  return absl::StrCat("{\"name\":", Quoted(name),
                      ",\"current\":", current ? "true" : "false",
                      ",\"server\":", Quoted(context.server),
                      ",\"tenant\":", Quoted(context.tenant),
                      ",\"output\":", Quoted(context.output), "}");
}

void PrintContexts(const Config& config, Format format, std::ostream& out) {
  Table table({"CURRENT", "NAME", "SERVER", "TENANT", "OUTPUT"});
  std::vector<std::string> lines;
  for (const auto& [name, context] : config.contexts) {
    const bool current = name == config.current_context;
    table.AddRow({current ? "*" : "", name, context.server, context.tenant,
                  context.output});
    lines.push_back(ContextAsJson(name, context, current));
  }
  if (format == Format::kJson) {
    out << "[" << absl::StrJoin(lines, ",\n") << "]\n";
  } else if (format == Format::kNdjson) {
    for (const std::string& line : lines) out << line << '\n';
  } else if (table.empty()) {
    out << "No contexts; make one with `journeyctl config set-context`.\n";
  } else {
    table.Print(out);
  }
}

// The format is the flag's alone: a mistake in the current context must not
// hide the contexts.
absl::StatusOr<int> RunGetContexts(const Invocation& invocation,
                                   const ConfigOptions& /*options*/) {
  const auto config = LoadConfig(ConfigPath(invocation.environment));
  if (!config.ok()) return config.status();
  const std::string& output = invocation.flags.output;
  const auto format =
      ParseFormat("--output", output.empty() ? "table" : output);
  if (!format.ok()) return format.status();
  PrintContexts(*config, *format, invocation.out());
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
    return NoSuchContext(path, options.name);
  }
  config->current_context = options.name;
  absl::Status status = SaveConfig(path, *config);
  if (!status.ok()) return status;
  invocation.err() << "Context is now " << options.name << "\n";
  return kExitOk;
}

absl::Status CheckFlags(const GlobalFlags& flags) {
  absl::Status status;
  if (!flags.server.empty()) status = CheckServer("--server", flags.server);
  if (status.ok() && !flags.tenant.empty()) {
    status = CheckTenant("--tenant", flags.tenant);
  }
  if (status.ok() && !flags.output.empty()) {
    status = ParseFormat("--output", flags.output).status();
  }
  return status;
}

// Only what is given on the command line changes. The first context becomes
// the current one.
absl::StatusOr<int> RunSetContext(const Invocation& invocation,
                                  const ConfigOptions& options) {
  const std::string path = ConfigPath(invocation.environment);
  auto config = LoadConfig(path);
  if (!config.ok()) return config.status();
  const GlobalFlags& flags = invocation.flags;
  absl::Status status = CheckFlags(flags);
  if (!status.ok()) return status;
  Context& context = config->At(options.name);
  if (!flags.server.empty()) context.server = flags.server;
  if (!flags.tenant.empty()) context.tenant = flags.tenant;
  if (!flags.output.empty()) context.output = flags.output;
  if (config->current_context.empty()) config->current_context = options.name;
  status = SaveConfig(path, *config);
  if (!status.ok()) return status;
  invocation.err() << "Saved " << options.name << " in " << path << "\n";
  return kExitOk;
}

absl::StatusOr<int> RunDeleteContext(const Invocation& invocation,
                                     const ConfigOptions& options) {
  const std::string path = ConfigPath(invocation.environment);
  auto config = LoadConfig(path);
  if (!config.ok()) return config.status();
  if (!config->Remove(options.name)) return NoSuchContext(path, options.name);
  const bool was_current = config->current_context == options.name;
  if (was_current) config->current_context.clear();
  absl::Status status = SaveConfig(path, *config);
  if (!status.ok()) return status;
  invocation.err() << "Deleted " << options.name << " from " << path << "\n";
  if (was_current) {
    invocation.err() << "It was the current context; choose another with "
                        "`journeyctl config use-context NAME`\n";
  }
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
  AddNamed(*config, invocation, "delete-context", "Forget a context",
           "  journeyctl config delete-context live", RunDeleteContext);
}

}  // namespace journey::cli
