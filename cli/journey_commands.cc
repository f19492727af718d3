// `journeyctl journey get|explain|list`; the other commands of the group have
// files of their own.
#include <optional>
#include <vector>

#include "cli/ask.h"
#include "cli/commands.h"
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

// A question about one journey.
template <typename Request>
absl::StatusOr<Request> JourneyRequest(const Invocation& invocation,
                                       const Settings& settings,
                                       const GetOptions& options) {
  auto request = RequestAbout<Request>(settings, options.subject);
  if (!request.ok()) return request;
  absl::Status status = SetAsOf(invocation, options.as_of, *request);
  if (status.ok()) status = SetKnownAt(invocation, options.known_at, *request);
  if (!status.ok()) return status;
  return request;
}

absl::StatusOr<int> RunExplain(const Invocation& invocation,
                               const GetOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request =
      JourneyRequest<v1::ExplainJourneyRequest>(invocation, *settings, options);
  if (!request.ok()) return request.status();
  return AskOne<v1::JourneyService>(
      invocation, *settings, &v1::JourneyService::StubInterface::ExplainJourney,
      *request, [&](const v1::ExplainJourneyResponse& response) {
        PrintExplanation(response.explanation(), invocation.out());
      });
}

absl::StatusOr<int> RunGet(const Invocation& invocation,
                           const GetOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request =
      JourneyRequest<v1::GetJourneyRequest>(invocation, *settings, options);
  if (!request.ok()) return request.status();
  return AskOne<v1::JourneyService>(
      invocation, *settings, &v1::JourneyService::StubInterface::GetJourney,
      *request, [&](const v1::GetJourneyResponse& response) {
        // A deal has a journey of another subject, whose version this is not.
        const bool own =
            request->subject().type() == response.journey().subject().type();
        PrintJourney(
            response.journey(),
            own ? std::optional(response.subject_version()) : std::nullopt,
            invocation.out());
      });
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
  absl::Status status = SetAsOf(invocation, options.as_of, request);
  if (!status.ok()) return status;
  return request;
}

absl::StatusOr<int> RunList(const Invocation& invocation,
                            const ListOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = ListRequest(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const auto response = FetchPages<v1::JourneyService>(
      *settings, options.pages,
      &v1::JourneyService::StubInterface::ListJourneys, *request);
  if (!response.ok()) return response.status();
  PrintPage(invocation, settings->format, *response, response->journeys(),
            "journeys", [&](const std::vector<v1::Journey>& journeys) {
              PrintJourneys(journeys, invocation.out());
            });
  return kExitOk;
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
  AddPageOptions(*command, invocation, options->pages);
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
  AddTimelineCommand(*group, invocation);
}

}  // namespace journey::cli
