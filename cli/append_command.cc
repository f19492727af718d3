// `journeyctl append`.
#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/line_reader.h"
#include "cli/upload.h"

namespace journey::cli {
namespace {

struct AppendOptions {
  std::string file;
  bool strict = false;
};

absl::Status SendLines(LineReader& reader, Upload& upload) {
  std::string line;
  for (int64_t number = 1; upload.WantsMore(); ++number) {
    // A slow sender at the other end of a pipe should not have its
    // touchpoints wait for a full batch.
    if (reader.WouldWait()) {
      absl::Status status = upload.Flush();
      if (!status.ok()) return status;
    }
    const auto more = reader.Next(line);
    if (!more.ok()) return more.status();
    if (!*more) break;
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    v1::Touchpoint touchpoint;
    absl::Status status = ParseJson(line, touchpoint);
    if (!status.ok()) {
      upload.Refuse(number, std::string(status.message()));
      continue;
    }
    status = upload.Send(number, std::move(touchpoint));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<int> RunAppend(const Invocation& invocation,
                              const AppendOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const Environment& environment = invocation.environment;
  const bool from_stdin = options.file == "-";
  int fd = environment.stdin_fd;
  if (!from_stdin) {
    const auto opened = LineReader::Open(options.file);
    if (!opened.ok()) return opened.status();
    fd = *opened;
  }
  UploadOptions upload_options;
  const std::string origin = from_stdin ? "standard input" : options.file;
  upload_options.row_name = [origin](int64_t row) {
    return absl::StrCat(origin, ": line ", row);
  };
  upload_options.strict = options.strict;
  Upload upload(invocation, *settings, std::move(upload_options));
  LineReader reader(fd, environment.interrupt->fd());
  auto code = upload.Finish(SendLines(reader, upload));
  if (!from_stdin) close(fd);
  return code;
}

}  // namespace

void AddAppendCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command = AddCommand(
      root, "append", "Append touchpoints, one JSON object a line",
      "  journeyctl append touchpoints.ndjson\n"
      "  journeyctl generate --accounts 10 | journeyctl append -f -\n"
      "Refused lines are reported with number and reason; the others are\n"
      "appended. Repeating is safe: what is known already is not added again.");
  auto options = std::make_shared<AppendOptions>();
  command
      ->add_option("-f,--file,file", options->file, "The file, or - for stdin")
      ->required()
      ->type_name("FILE");
  command->add_flag("--strict", options->strict,
                    "End at the first refused line");
  OnRun(*command, invocation, options, RunAppend);
}

}  // namespace journey::cli
