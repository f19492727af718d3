// `journeyctl journey get|explain|list|timeline`; the other commands of the
// group have files of their own.
#include <optional>
#include <vector>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/enum_names.h"
#include "cli/options.h"
#include "cli/pages.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct GetOptions {
  std::string subject;
  std::string as_of;
  std::string known_at;
};

struct ListOptions {
  std::string stage;
  std::string lead_status;
  std::string segment;
  std::string owner;
  std::string type;
  std::optional<double> score_min;
  std::optional<double> score_max;
  std::optional<double> fit_min;
  std::optional<double> fit_max;
  std::string as_of;
  PageOptions pages;
};

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

// A question about one journey.
template <typename Request>
absl::StatusOr<Request> JourneyRequest(const Invocation& invocation,
                                       const Settings& settings,
                                       const GetOptions& options) {
  const auto subject = ParseSubject(options.subject);
  if (!subject.ok()) return subject.status();
  Request request;
  request.set_tenant_id(settings.tenant);
  *request.mutable_subject() = *subject;
  if (!options.as_of.empty()) {
    absl::Status status = SetInstant(invocation, "--as-of", options.as_of,
                                     request.mutable_as_of());
    if (!status.ok()) return status;
  }
  if (!options.known_at.empty()) {
    absl::Status status = SetInstant(invocation, "--known-at", options.known_at,
                                     request.mutable_known_at());
    if (!status.ok()) return status;
  }
  return request;
}

absl::StatusOr<int> RunExplain(const Invocation& invocation,
                               const GetOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request =
      JourneyRequest<v1::ExplainJourneyRequest>(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const auto response = Call<v1::JourneyService>(
      *settings, &v1::JourneyService::StubInterface::ExplainJourney, *request);
  if (!response.ok()) return response.status();
  if (!PrintJson(invocation, settings->format, *response)) {
    PrintExplanation(response->explanation(), invocation.out());
  }
  return 0;
}

absl::StatusOr<int> RunGet(const Invocation& invocation,
                           const GetOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request =
      JourneyRequest<v1::GetJourneyRequest>(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const auto response = Call<v1::JourneyService>(
      *settings, &v1::JourneyService::StubInterface::GetJourney, *request);
  if (!response.ok()) return response.status();
  if (!PrintJson(invocation, settings->format, *response)) {
    // A deal has a journey of another subject, whose version this is not.
    const bool own =
        request->subject().type() == response->journey().subject().type();
    PrintJourney(
        response->journey(),
        own ? std::optional(response->subject_version()) : std::nullopt,
        invocation.out());
  }
  return 0;
}

void SetRange(std::optional<double> min, std::optional<double> max,
              v1::ScoreRange& range) {
  if (min.has_value()) range.set_min(*min);
  if (max.has_value()) range.set_max(*max);
}

absl::StatusOr<v1::ListJourneysRequest> ListRequest(
    const Invocation& invocation, const Settings& settings,
    const ListOptions& options) {
  v1::ListJourneysRequest request;
  request.set_tenant_id(settings.tenant);
  request.set_stage_id(options.stage);
  request.set_owner_id(options.owner);
  if (!options.lead_status.empty()) {
    const auto status =
        ParseEnumFlag<v1::LeadStatus>("--lead-status", options.lead_status);
    if (!status.ok()) return status.status();
    request.set_lead_status(*status);
  }
  if (!options.segment.empty()) {
    const auto segment =
        ParseEnumFlag<v1::Segment>("--segment", options.segment);
    if (!segment.ok()) return segment.status();
    request.set_segment(*segment);
  }
  if (!options.type.empty()) {
    const auto type = ParseEnumFlag<v1::SubjectType>("--type", options.type);
    if (!type.ok()) return type.status();
    request.set_subject_type(*type);
  }
  if (options.score_min.has_value() || options.score_max.has_value()) {
    SetRange(options.score_min, options.score_max,
             *request.mutable_behaviour_score());
  }
  if (options.fit_min.has_value() || options.fit_max.has_value()) {
    SetRange(options.fit_min, options.fit_max, *request.mutable_fit_score());
  }
  if (!options.as_of.empty()) {
    absl::Status status = SetInstant(invocation, "--as-of", options.as_of,
                                     request.mutable_as_of());
    if (!status.ok()) return status;
  }
  return request;
}

absl::StatusOr<int> RunList(const Invocation& invocation,
                            const ListOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = ListRequest(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const std::unique_ptr<v1::JourneyService::StubInterface> stub =
      v1::JourneyService::NewStub(OpenChannel(*settings));
  const auto response =
      FetchPages(*stub, *settings, options.pages,
                 &v1::JourneyService::StubInterface::ListJourneys, *request);
  if (!response.ok()) return response.status();
  if (settings->format == Format::kJson) {
    (void)PrintJson(invocation, Format::kJson, *response);
    return 0;
  }
  if (settings->format == Format::kNdjson) {
    for (const v1::Journey& journey : response->journeys()) {
      (void)PrintJson(invocation, Format::kNdjson, journey);
    }
  } else if (response->journeys().empty()) {
    PrintNone(invocation, "journeys", response->next_page_token());
  } else {
    PrintJourneys({response->journeys().begin(), response->journeys().end()},
                  invocation.out());
  }
  PrintMore(invocation, response->next_page_token());
  return 0;
}

absl::StatusOr<v1::GetTimelineRequest> TimelineRequest(
    const Invocation& invocation, const Settings& settings,
    const TimelineOptions& options) {
  v1::GetTimelineRequest request;
  const auto subject = ParseSubject(options.subject);
  if (!subject.ok()) return subject.status();
  request.set_tenant_id(settings.tenant);
  *request.mutable_subject() = *subject;
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
  if (!options.as_of.empty()) {
    status = SetInstant(invocation, "--as-of", options.as_of,
                        request.mutable_as_of());
    if (!status.ok()) return status;
  }
  if (!options.known_at.empty()) {
    status = SetInstant(invocation, "--known-at", options.known_at,
                        request.mutable_known_at());
    if (!status.ok()) return status;
  }
  return request;
}

absl::StatusOr<int> RunTimeline(const Invocation& invocation,
                                const TimelineOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = TimelineRequest(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const std::unique_ptr<v1::JourneyService::StubInterface> stub =
      v1::JourneyService::NewStub(OpenChannel(*settings));
  const auto response =
      FetchPages(*stub, *settings, options.pages,
                 &v1::JourneyService::StubInterface::GetTimeline, *request);
  if (!response.ok()) return response.status();
  if (settings->format == Format::kJson) {
    (void)PrintJson(invocation, Format::kJson, *response);
    return 0;
  }
  if (settings->format == Format::kNdjson) {
    for (const v1::TimelineEntry& entry : response->entries()) {
      (void)PrintJson(invocation, Format::kNdjson, entry);
    }
  } else if (response->entries().empty()) {
    PrintNone(invocation, "touchpoints", response->next_page_token());
  } else {
    PrintTimeline({response->entries().begin(), response->entries().end()},
                  invocation.out());
  }
  PrintMore(invocation, response->next_page_token());
  return 0;
}

void AddGet(CLI::App& group, Invocation& invocation) {
  CLI::App* command =
      AddCommand(group, "get", "Show one journey",
                 "  journeyctl journey get account:acme\n"
                 "  journeyctl journey get deal:D-17 --as-of 2025-03-01\n"
                 "  journeyctl journey get contact:c1 --as-of -30d -o json");
  auto options = std::make_shared<GetOptions>();
  AddSubjectArgument(*command, options->subject);
  AddAsOfOption(*command, options->as_of);
  AddKnownAtOption(*command, options->known_at);
  OnRun(*command, invocation, options, RunGet);
}

void AddExplain(CLI::App& group, Invocation& invocation) {
  CLI::App* command =
      AddCommand(group, "explain", "Show why a journey stands where it stands",
                 "  journeyctl journey explain account:acme\n"
                 "  journeyctl journey explain contact:c1 --as-of 2025-03-01\n"
                 "  journeyctl journey explain deal:D-17 -o json");
  auto options = std::make_shared<GetOptions>();
  AddSubjectArgument(*command, options->subject);
  AddAsOfOption(*command, options->as_of);
  AddKnownAtOption(*command, options->known_at);
  OnRun(*command, invocation, options, RunExplain);
}

void AddList(CLI::App& group, Invocation& invocation) {
  CLI::App* command =
      AddCommand(group, "list", "List journeys",
                 "  journeyctl journey list --stage opportunity --owner anna\n"
                 "  journeyctl journey list --lead-status sql --all -o ndjson\n"
                 "  journeyctl journey list --lead-status mql --score-min 80\n"
                 "  journeyctl journey list --segment lost --owner anna\n"
                 "  journeyctl journey list --type account --as-of 2025-03-01");
  auto options = std::make_shared<ListOptions>();
  command->add_option("--stage", options->stage, "Only in this stage")
      ->type_name("ID");
  AddEnumOption<v1::LeadStatus>(*command, "--lead-status", options->lead_status,
                                "Only with this status");
  AddEnumOption<v1::Segment>(*command, "--segment", options->segment,
                             "Only of this segment");
  command->add_option("--owner", options->owner, "Only of this owner")
      ->type_name("ID");
  AddEnumOption<v1::SubjectType>(*command, "--type", options->type,
                                 "Only of this type");
  const auto add_points = [&](const char* name, std::optional<double>& points,
                              const char* description) {
    command->add_option(name, points, description)->type_name("POINTS");
  };
  add_points("--score-min", options->score_min, "Behaviour score, at least");
  add_points("--score-max", options->score_max, "Behaviour score, at most");
  add_points("--fit-min", options->fit_min, "Fit score, at least");
  add_points("--fit-max", options->fit_max, "Fit score, at most");
  AddAsOfOption(*command, options->as_of);
  AddPageOptions(*command, options->pages);
  OnRun(*command, invocation, options, RunList);
}

}  // namespace

void AddJourneyCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* group = AddCommand(root, "journey", "Show where customers are",
                               "  journeyctl journey get account:acme\n"
                               "  journeyctl journey list --stage opportunity");
  group->require_subcommand(1);
  AddGet(*group, invocation);
  AddExplain(*group, invocation);
  AddList(*group, invocation);
  AddContactsCommand(*group, invocation);
  AddSegmentsCommand(*group, invocation);
  AddDiffCommand(*group, invocation);
  AddPlanCommand(*group, invocation);
  AddMapCommand(*group, invocation);
  CLI::App* command = AddCommand(
      *group, "timeline", "List the touchpoints and changes of one journey",
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
  AddPageOptions(*command, options->pages);
  OnRun(*command, invocation, options, RunTimeline);
}

}  // namespace journey::cli
