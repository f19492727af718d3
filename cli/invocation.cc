#include "cli/invocation.h"

#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/failure.h"
#include "cli/instants.h"
#include "cli/json.h"

namespace journey::cli {
namespace {

constexpr char kDefaultServer[] = "127.0.0.1:50051";

std::string FirstOf(const std::string& flag, const std::string& variable,
                    const std::string& context, const std::string& fallback) {
  if (!flag.empty()) return flag;
  if (!variable.empty()) return variable;
  return context.empty() ? fallback : context;
}

absl::StatusOr<Format> ParseFormat(const std::string& text) {
  if (text == "table") return Format::kTable;
  if (text == "json") return Format::kJson;
  if (text == "ndjson") return Format::kNdjson;
  return UsageError(
      absl::StrCat("output \"", text, "\" is none of: table, json, ndjson"));
}

absl::StatusOr<Context> ChosenContext(const Config& config,
                                      const std::string& flag,
                                      const std::string& path) {
  const std::string& name = flag.empty() ? config.current_context : flag;
  if (name.empty()) return Context();
  const Context* context = config.Find(name);
  if (context != nullptr) return *context;
  return UsageError(absl::StrCat(path, " has no context \"", name,
                                 "\"; see `journeyctl config get-contexts`"));
}

}  // namespace

absl::StatusOr<Settings> Invocation::Resolve() const {
  const std::string path = ConfigPath(environment);
  const auto config = LoadConfig(path);
  if (!config.ok()) return config.status();
  const auto context = ChosenContext(*config, flags.context, path);
  if (!context.ok()) return context.status();
  const auto format =
      ParseFormat(FirstOf(flags.output, "", context->output, "table"));
  if (!format.ok()) return format.status();
  const auto timeout = ParseTimeout(flags.timeout);
  if (!timeout.ok()) {
    return UsageError(absl::StrCat("--timeout: ", timeout.status().message()));
  }
  Settings settings;
  settings.server =
      FirstOf(flags.server, environment.Variable("JOURNEYCTL_SERVER"),
              context->server, kDefaultServer);
  settings.tenant =
      FirstOf(flags.tenant, environment.Variable("JOURNEYCTL_TENANT"),
              context->tenant, "");
  settings.format = *format;
  settings.timeout = *timeout;
  return settings;
}

absl::StatusOr<Settings> Invocation::ResolveWithTenant() const {
  auto settings = Resolve();
  if (settings.ok() && settings->tenant.empty()) {
    return UsageError(
        "no tenant: give --tenant, set JOURNEYCTL_TENANT, or make a context "
        "with `journeyctl config set-context NAME --tenant TENANT`");
  }
  return settings;
}

CLI::App* AddCommand(CLI::App& parent, const std::string& name,
                     const std::string& description,
                     const std::string& examples) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->fallthrough();
  command->footer("Examples:\n" + examples +
                  "\nGlobal options: journeyctl --help");
  return command;
}

absl::StatusOr<v1::Subject> ParseSubject(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon != std::string::npos && colon + 1 < text.size()) {
    const auto type = ParseEnum<v1::SubjectType>(text.substr(0, colon));
    if (type.ok()) {
      v1::Subject subject;
      subject.set_type(*type);
      subject.set_id(text.substr(colon + 1));
      return subject;
    }
  }
  return UsageError(
      absl::StrCat("\"", text,
                   "\" is no subject; write account:ID, contact:ID, "
                   "visitor:ID or deal:ID"));
}

std::string FormatSubject(const v1::Subject& subject) {
  if (subject.id().empty()) return "";
  return absl::StrCat(ShortName(subject.type()), ":", subject.id());
}

absl::Status SetInstant(const Invocation& invocation, const std::string& flag,
                        const std::string& text,
                        google::protobuf::Timestamp* instant) {
  const auto parsed = ParseInstant(text, invocation.environment.now_micros());
  if (!parsed.ok()) {
    return UsageError(absl::StrCat(flag, ": ", parsed.status().message()));
  }
  *instant = *parsed;
  return absl::OkStatus();
}

bool PrintJson(const Invocation& invocation, Format format,
               const google::protobuf::Message& message) {
  if (format == Format::kTable) return false;
  invocation.out() << (format == Format::kJson ? ToJsonDocument(message)
                                               : ToJsonLine(message))
                   << '\n';
  return true;
}

}  // namespace journey::cli
