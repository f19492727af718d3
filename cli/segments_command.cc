// `journeyctl journey segments`.
#include <memory>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct SegmentsOptions {
  std::string as_of;
};

absl::StatusOr<int> RunSegments(const Invocation& invocation,
                                const SegmentsOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::CountSegmentsRequest request;
  request.set_tenant_id(settings->tenant);
  absl::Status status = SetAsOf(invocation, options.as_of, request);
  if (!status.ok()) return status;
  return AskOne<v1::JourneyService>(
      invocation, *settings, &v1::JourneyService::StubInterface::CountSegments,
      request, [&](const v1::CountSegmentsResponse& segments) {
        PrintSegments(segments, invocation.out());
      });
}

}  // namespace

void AddSegmentsCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command =
      AddCommand(group, "segments", "Count the customers of each segment",
                 "  journeyctl journey segments\n"
                 "  journeyctl journey segments --as-of 2025-03-01 -o json");
  auto options = std::make_shared<SegmentsOptions>();
  AddAsOfOption(*command, options->as_of);
  OnRun(*command, invocation, options, RunSegments);
}

}  // namespace journey::cli
