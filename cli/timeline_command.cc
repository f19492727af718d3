// `journeyctl journey timeline`.
#include <memory>
#include <string>
#include <vector>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/pages.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct TimelineOptions {
  std::string subject;
  std::string as_of;
  std::vector<std::string> kinds;
  std::string link;
  bool newest_first = false;
  bool show_retracted = false;
  bool without_changes = false;
  std::string known_at;
  PageOptions pages;
};

absl::StatusOr<v1::GetTimelineRequest> TimelineRequest(
    const Invocation& invocation, const Settings& settings,
    const TimelineOptions& options) {
  auto about = RequestAbout<v1::GetTimelineRequest>(settings, options.subject);
  if (!about.ok()) return about.status();
  v1::GetTimelineRequest& request = *about;
  request.set_newest_first(options.newest_first);
  request.set_show_retracted(options.show_retracted);
  request.set_without_changes(options.without_changes);
  absl::Status status = AddKinds(options.kinds, *request.mutable_kinds());
  if (!status.ok()) return status;
  if (!options.link.empty()) {
    const size_t colon = options.link.find(':');
    const auto type = ParseEnum<v1::LinkType>(options.link.substr(0, colon));
    if (colon == std::string::npos || !type.ok()) {
      return UsageError("--link: write TYPE:ID, for example case:4711; " +
                        std::string(type.status().message()));
    }
    request.mutable_link()->set_type(*type);
    request.mutable_link()->set_id(options.link.substr(colon + 1));
  }
  status = SetAsOf(invocation, options.as_of, request);
  if (status.ok()) status = SetKnownAt(invocation, options.known_at, request);
  if (!status.ok()) return status;
  return about;
}

absl::StatusOr<int> RunTimeline(const Invocation& invocation,
                                const TimelineOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = TimelineRequest(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const auto response = FetchPages<v1::JourneyService>(
      *settings, options.pages, &v1::JourneyService::StubInterface::GetTimeline,
      *request);
  if (!response.ok()) return response.status();
  PrintPage(invocation, settings->format, *response, response->entries(),
            "touchpoints", [&](const std::vector<v1::TimelineEntry>& entries) {
              PrintTimeline(entries, invocation.out());
            });
  return kExitOk;
}

}  // namespace

void AddTimelineCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command = AddCommand(
      group, "timeline", "List the touchpoints and changes of one journey",
      "  journeyctl journey timeline account:acme --newest-first\n"
      "  journeyctl journey timeline account:acme --kind call,meeting --all\n"
      "  journeyctl journey timeline deal:D-17 --as-of 2025-03-01");
  auto options = std::make_shared<TimelineOptions>();
  AddSubjectArgument(*command, options->subject);
  AddKindsOption(*command, options->kinds);
  command->add_option("--link", options->link, "Only with this link")
      ->type_name("TYPE:ID");
  command->add_flag("--newest-first", options->newest_first, "Newest first");
  command->add_flag("--show-retracted", options->show_retracted,
                    "Also those that were retracted");
  command->add_flag("--without-changes", options->without_changes,
                    "Only touchpoints, not what changed");
  AddAsOfOption(*command, options->as_of);
  AddKnownAtOption(*command, options->known_at);
  AddPageOptions(*command, invocation, options->pages);
  OnRun(*command, invocation, options, RunTimeline);
}

}  // namespace journey::cli
