// `journeyctl journey diff`.
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct DiffOptions {
  std::string subject;
  std::string from;
  std::string to;
  std::string known_at;
};

absl::StatusOr<int> RunDiff(const Invocation& invocation,
                            const DiffOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  auto about = RequestAbout<v1::DiffJourneyRequest>(*settings, options.subject);
  if (!about.ok()) return about.status();
  v1::DiffJourneyRequest& request = *about;
  absl::Status status =
      SetInstant(invocation, "--from", options.from, request.mutable_from());
  if (status.ok() && !options.to.empty()) {
    status = SetInstant(invocation, "--to", options.to, request.mutable_to());
  }
  if (status.ok()) status = SetKnownAt(invocation, options.known_at, request);
  if (!status.ok()) return status;
  return AskOne<v1::JourneyService>(
      invocation, *settings, &v1::JourneyService::StubInterface::DiffJourney,
      request, [&](const v1::DiffJourneyResponse& diff) {
        PrintDiff(diff, request.from(), invocation.out());
      });
}

}  // namespace

void AddDiffCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command = AddCommand(
      group, "diff", "Compare one journey at two instants",
      "  journeyctl journey diff account:acme --from -30d\n"
      "  journeyctl journey diff deal:D-17 --from 2025-03-01 --to 2025-04-01");
  auto options = std::make_shared<DiffOptions>();
  AddSubjectArgument(*command, options->subject);
  command->add_option("--from", options->from, "The earlier instant")
      ->type_name("INSTANT")
      ->required();
  command->add_option("--to", options->to, "The later instant; else now")
      ->type_name("INSTANT");
  AddKnownAtOption(*command, options->known_at);
  OnRun(*command, invocation, options, RunDiff);
}

}  // namespace journey::cli
