// `journeyctl journey diff`.
#include "cli/client.h"
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
  const auto subject = ParseSubject(options.subject);
  if (!subject.ok()) return subject.status();
  v1::DiffJourneyRequest request;
  request.set_tenant_id(settings->tenant);
  *request.mutable_subject() = *subject;
  absl::Status status =
      SetInstant(invocation, "--from", options.from, request.mutable_from());
  if (status.ok() && !options.to.empty()) {
    status = SetInstant(invocation, "--to", options.to, request.mutable_to());
  }
  if (status.ok() && !options.known_at.empty()) {
    status = SetInstant(invocation, "--known-at", options.known_at,
                        request.mutable_known_at());
  }
  if (!status.ok()) return status;
  const auto response = Call<v1::JourneyService>(
      *settings, &v1::JourneyService::StubInterface::DiffJourney, request);
  if (!response.ok()) return response.status();
  if (!PrintJson(invocation, settings->format, *response)) {
    PrintDiff(*response, request.from(), invocation.out());
  }
  return 0;
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
