// `journeyctl amend`.
#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "cli/json.h"
#include "cli/line_reader.h"
#include "cli/options.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

struct AmendOptions {
  std::string source;
  std::string id;
  std::string file;
  std::string reason;
  std::string actor;
};

// The only touchpoint of a file.
absl::StatusOr<v1::Touchpoint> ReadTouchpoint(LineReader& reader,
                                              const std::string& origin) {
  v1::Touchpoint touchpoint;
  std::string line;
  int count = 0;
  while (true) {
    const auto more = reader.Next(line);
    if (!more.ok()) return more.status();
    if (!*more) break;
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    if (++count > 1) break;
    const absl::Status status = ParseJson(line, touchpoint);
    if (!status.ok()) {
      return UsageError(absl::StrCat(origin, ": ", status.message()));
    }
  }
  if (count != 1) {
    return UsageError(absl::StrCat(
        origin, ": must hold one touchpoint, which replaces the wrong one"));
  }
  return touchpoint;
}

absl::StatusOr<v1::Touchpoint> ReadReplacement(const Environment& environment,
                                               const std::string& file) {
  const bool from_stdin = file == "-";
  int fd = environment.stdin_fd;
  if (!from_stdin) {
    const auto opened = LineReader::Open(file);
    if (!opened.ok()) return opened.status();
    fd = *opened;
  }
  LineReader reader(fd, environment.interrupt->fd());
  auto replacement =
      ReadTouchpoint(reader, from_stdin ? "standard input" : file);
  if (!from_stdin) close(fd);
  return replacement;
}

absl::StatusOr<int> RunAmend(const Invocation& invocation,
                             const AmendOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto replacement =
      ReadReplacement(invocation.environment, options.file);
  if (invocation.environment.interrupt->requested()) return kExitInterrupted;
  if (!replacement.ok()) return replacement.status();
  v1::AmendRequest request;
  request.set_tenant_id(settings->tenant);
  request.mutable_target()->set_source(options.source);
  request.mutable_target()->set_touchpoint_id(options.id);
  *request.mutable_replacement() = *replacement;
  request.set_reason(options.reason);
  request.set_actor(ActorOf(invocation, options.actor));
  const auto response = Call<v1::TouchpointService>(
      *settings, &v1::TouchpointService::StubInterface::Amend, request);
  if (!response.ok()) return response.status();
  if (PrintJson(invocation, settings->format, *response)) return kExitOk;
  Table table({"SOURCE", "ID", ">POSITION", "RESULT"});
  const v1::AppendResult& retraction = response->retraction();
  table.AddRow({options.source, options.id, FormatCount(retraction.position()),
                retraction.repeated() ? "was retracted before" : "retracted"});
  const v1::AppendResult& added = response->replacement();
  table.AddRow({replacement->source(), replacement->touchpoint_id(),
                FormatCount(added.position()),
                added.repeated() ? "was known before" : "appended"});
  table.Print(invocation.out());
  return kExitOk;
}

}  // namespace

void AddAmendCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command = AddCommand(
      root, "amend", "Replace a touchpoint that was wrong by another one",
      "  journeyctl amend crm call-4711 -f right.ndjson --reason \"wrong "
      "day\"\n"
      "The file holds one touchpoint as JSON, with a new id and the same\n"
      "subject. Both happen in one step. Repeating is safe.");
  auto options = std::make_shared<AmendOptions>();
  command->add_option("source", options->source, "The touchpoint's source")
      ->required()
      ->type_name("SOURCE");
  command->add_option("id", options->id, "The touchpoint's id")
      ->required()
      ->type_name("ID");
  command
      ->add_option("-f,--file", options->file,
                   "The file with the replacement, or - for stdin")
      ->required()
      ->type_name("FILE");
  AddReasonAndActorOptions(*command, options->reason, options->actor);
  OnRun(*command, invocation, options, RunAmend);
}

}  // namespace journey::cli
