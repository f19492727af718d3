#include "cli/invocation.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/enum_names.h"
#include "cli/failure.h"
#include "cli/instants.h"
#include "cli/json.h"
#include "service/core/limits.h"

namespace journey::cli {
namespace {

constexpr char kDefaultServer[] = "127.0.0.1:50051";

// A value and who gave it, for errors.
struct Setting {
  std::string origin;
  std::string value;
};

// The first that is set; the last one is where none is.
Setting FirstOf(const std::vector<Setting>& settings) {
  for (const Setting& setting : settings) {
    if (!setting.value.empty()) return setting;
  }
  return settings.back();
}

absl::StatusOr<Context> ChosenContext(const Config& config,
                                      const std::string& name,
                                      const std::string& path) {
  if (name.empty()) return Context();
  const Context* context = config.Find(name);
  if (context != nullptr) return *context;
  return UsageError(absl::StrCat(path, " has no context \"", name,
                                 "\"; see `journeyctl config get-contexts`"));
}

}  // namespace

absl::Status CheckServer(absl::string_view origin, absl::string_view server) {
  const size_t colon = std::min(server.rfind(':'), server.size());
  const absl::string_view host = server.substr(0, colon);
  const absl::string_view port = server.substr(colon);
  const bool bracketed =
      absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  int number = 0;
  if (!host.empty() &&
      (bracketed || host.find_first_of(":/[] ") == absl::string_view::npos) &&
      port.find_first_not_of("0123456789", 1) == absl::string_view::npos &&
      absl::SimpleAtoi(absl::StripPrefix(port, ":"), &number) && number >= 1 &&
      number <= 65535) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat(
      origin, ": \"", server,
      "\" is not HOST:PORT, for example 127.0.0.1:50051 or [::1]:50051"));
}

absl::Status CheckTenant(absl::string_view origin, absl::string_view tenant) {
  const bool known_letters =
      std::all_of(tenant.begin(), tenant.end(), [](char letter) {
        return absl::ascii_islower(letter) || absl::ascii_isdigit(letter) ||
               letter == '-';
      });
  if (known_letters && !tenant.empty() && tenant.front() != '-' &&
      tenant.size() <= core::kTenantIdBytesMax) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat(
      origin, ": \"", tenant, "\" is no tenant; write 1 to ",
      core::kTenantIdBytesMax,
      " characters of a-z, 0-9 and \"-\", beginning with a letter or digit"));
}

absl::StatusOr<Format> ParseFormat(absl::string_view origin,
                                   absl::string_view text) {
  if (text == "table") return Format::kTable;
  if (text == "json") return Format::kJson;
  if (text == "ndjson") return Format::kNdjson;
  return UsageError(
      absl::StrCat(origin, ": \"", text, "\" is none of: table, json, ndjson"));
}

absl::StatusOr<Settings> Invocation::Resolve() const {
  const std::string path = ConfigPath(environment);
  const auto config = LoadConfig(path);
  if (!config.ok()) return config.status();
  const std::string name =
      flags.context.empty() ? config->current_context : flags.context;
  const auto context = ChosenContext(*config, name, path);
  if (!context.ok()) return context.status();
  const std::string origin = absl::StrCat(path, ": context \"", name, "\"");
  const Setting server =
      FirstOf({{"--server", flags.server},
               {"JOURNEYCTL_SERVER", environment.Variable("JOURNEYCTL_SERVER")},
               {origin, context->server},
               {"default", kDefaultServer}});
  absl::Status status = CheckServer(server.origin, server.value);
  if (!status.ok()) return status;
  const Setting tenant =
      FirstOf({{"--tenant", flags.tenant},
               {"JOURNEYCTL_TENANT", environment.Variable("JOURNEYCTL_TENANT")},
               {origin, context->tenant}});
  if (!tenant.value.empty()) status = CheckTenant(tenant.origin, tenant.value);
  if (!status.ok()) return status;
  const Setting output = FirstOf({{"--output", flags.output},
                                  {origin, context->output},
                                  {"default", "table"}});
  const auto format = ParseFormat(output.origin, output.value);
  if (!format.ok()) return format.status();
  const auto timeout = ParseTimeout(flags.timeout);
  if (!timeout.ok()) {
    return UsageError(absl::StrCat("--timeout: ", timeout.status().message()));
  }
  Settings settings;
  settings.server = server.value;
  settings.tenant = tenant.value;
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
  const auto parsed = ParseInstant(text, invocation.now_micros);
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
