// `journeyctl identity resolve`.
#include <memory>
#include <string>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct ResolveOptions {
  std::string subject;
  std::string as_of;
  std::string known_at;
};

absl::StatusOr<int> RunResolve(const Invocation& invocation,
                               const ResolveOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  auto request = RequestAbout<v1::ResolveRequest>(*settings, options.subject);
  if (!request.ok()) return request.status();
  absl::Status status = SetAsOf(invocation, options.as_of, *request);
  if (status.ok()) status = SetKnownAt(invocation, options.known_at, *request);
  if (!status.ok()) return status;
  return AskOne<v1::IdentityService>(
      invocation, *settings, &v1::IdentityService::StubInterface::Resolve,
      *request, [&](const v1::ResolveResponse& identity) {
        PrintIdentity(request->subject(), identity, invocation.out());
      });
}

}  // namespace

void AddIdentityResolveCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command =
      AddCommand(group, "resolve", "Show whose journey touchpoints belong to",
                 "  journeyctl identity resolve visitor:V1\n"
                 "  journeyctl identity resolve contact:C2 --as-of 2025-03-01");
  auto options = std::make_shared<ResolveOptions>();
  AddSubjectArgument(*command, options->subject);
  AddAsOfOption(*command, options->as_of);
  AddKnownAtOption(*command, options->known_at);
  OnRun(*command, invocation, options, RunResolve);
}

}  // namespace journey::cli
