// `journeyctl journey plan`.
#include <memory>
#include <string>

#include "cli/ask.h"
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
  auto request = RequestAbout<v1::GetPlanRequest>(*settings, options.subject);
  if (!request.ok()) return request.status();
  absl::Status status = SetAsOf(invocation, options.as_of, *request);
  if (!status.ok()) return status;
  return AskOne<v1::JourneyService>(
      invocation, *settings, &v1::JourneyService::StubInterface::GetPlan,
      *request, [&](const v1::GetPlanResponse& plan) {
        PrintPlan(plan, invocation.out());
      });
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
