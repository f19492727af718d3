// One run of journeyctl: the global flags, what they resolve to, and how
// commands hang themselves into the command tree.
#ifndef CLI_INVOCATION_H_
#define CLI_INVOCATION_H_

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cli/config.h"
#include "cli/environment.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "journey/v1/common.pb.h"

namespace journey::cli {

enum class Format { kTable, kJson, kNdjson };

// As given on the command line; empty where not given.
struct GlobalFlags {
  std::string context;
  std::string server;
  std::string tenant;
  std::string output;
  std::string timeout = "30s";
};

// After environment variables and the configuration file have had their say.
struct Settings {
  std::string server;
  std::string tenant;
  Format format = Format::kTable;
  absl::Duration timeout;
};

struct Invocation {
  explicit Invocation(const Environment& world) : environment(world) {}

  const Environment& environment;
  GlobalFlags flags;
  // What times relative to now count from: one instant for the whole run, or
  // that of the run which printed the page before.
  int64_t now_micros = 0;
  // What the command line asks for: returns the exit code, or an error.
  std::function<absl::StatusOr<int>()> run;

  [[nodiscard]] std::ostream& out() const { return *environment.out; }
  [[nodiscard]] std::ostream& err() const { return *environment.err; }

  // A flag wins over the environment, that over the context, that over the
  // default.
  [[nodiscard]] absl::StatusOr<Settings> Resolve() const;
  // The same, and refuses to go on without a tenant.
  [[nodiscard]] absl::StatusOr<Settings> ResolveWithTenant() const;
};

// Whether these can be what they are to be. INVALID_ARGUMENT begins with
// `origin`: the flag, variable or context that is to blame.
[[nodiscard]] absl::Status CheckServer(absl::string_view origin,
                                       absl::string_view server);
[[nodiscard]] absl::Status CheckTenant(absl::string_view origin,
                                       absl::string_view tenant);
[[nodiscard]] absl::StatusOr<Format> ParseFormat(absl::string_view origin,
                                                 absl::string_view text);

// Adds a command. `Options` holds its options; `body(invocation, options)`
// returns absl::StatusOr<int>.
template <typename Options, typename Body>
void OnRun(CLI::App& command, Invocation& invocation,
           std::shared_ptr<Options> options, Body body) {
  command.callback([&invocation, options = std::move(options), body] {
    invocation.run = [&invocation, options, body] {
      return body(invocation, *options);
    };
  });
}

// A command with its examples, one a line.
CLI::App* AddCommand(CLI::App& parent, const std::string& name,
                     const std::string& description,
                     const std::string& examples);

// Parses `account:ID` and the like. INVALID_ARGUMENT says the forms.
[[nodiscard]] absl::StatusOr<v1::Subject> ParseSubject(const std::string& text);

// For tables: `account:ID`.
[[nodiscard]] std::string FormatSubject(const v1::Subject& subject);

// Sets an instant in a request. INVALID_ARGUMENT names the flag.
[[nodiscard]] absl::Status SetInstant(const Invocation& invocation,
                                      const std::string& flag,
                                      const std::string& text,
                                      google::protobuf::Timestamp* instant);

// Prints one message as a document or a line; false for tables, which every
// command prints itself.
[[nodiscard]] bool PrintJson(const Invocation& invocation, Format format,
                             const google::protobuf::Message& message);

}  // namespace journey::cli

#endif  // CLI_INVOCATION_H_
