// `journeyctl journey plan`.
#include <memory>
#include <string>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct PlanOptions {
  std::string subject;
  std::string as_of;
};

absl::StatusOr<int> RunPlan(const Invocation& invocation,
                            const PlanOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto subject = ParseSubject(options.subject);
  if (!subject.ok()) return subject.status();
  v1::GetPlanRequest request;
  request.set_tenant_id(settings->tenant);
  *request.mutable_subject() = *subject;
  if (!options.as_of.empty()) {
    absl::Status status = SetInstant(invocation, "--as-of", options.as_of,
                                     request.mutable_as_of());
    if (!status.ok()) return status;
  }
  const auto response = Call<v1::JourneyService>(
      *settings, &v1::JourneyService::StubInterface::GetPlan, request);
  if (!response.ok()) return response.status();
  if (!PrintJson(invocation, settings->format, *response)) {
    PrintPlan(*response, invocation.out());
  }
  return 0;
}

}  // namespace

void AddPlanCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command =
      AddCommand(group, "plan", "Show what is to be done in a journey's stage",
                 "  journeyctl journey plan account:acme\n"
                 "  journeyctl journey plan deal:D-17 --as-of -7d -o json");
  auto options = std::make_shared<PlanOptions>();
  AddSubjectArgument(*command, options->subject);
  AddAsOfOption(*command, options->as_of);
  OnRun(*command, invocation, options, RunPlan);
}

}  // namespace journey::cli
