// `journeyctl journey map`.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/journey_map.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

// Of longer journeys the sentiment of so many of the newest touchpoints is
// counted.
constexpr int kPageSize = 1000;
constexpr int kPagesMax = 10;

struct MapOptions {
  std::string subject;
  std::string as_of;
};

// What a map is made of.
struct Answers {
  v1::Journey journey;
  v1::GetPlanResponse plan;
  std::vector<v1::TimelineEntry> touchpoints;
  // There are older touchpoints.
  bool is_cut = false;
};

template <typename Request>
Request SameAs(const v1::GetJourneyRequest& about) {
  Request request;
  request.set_tenant_id(about.tenant_id());
  *request.mutable_subject() = about.subject();
  *request.mutable_as_of() = about.as_of();
  return request;
}

absl::Status FetchTouchpoints(v1::JourneyService::StubInterface& stub,
                              const Settings& settings,
                              const v1::GetJourneyRequest& about,
                              Answers& answers) {
  auto request = SameAs<v1::GetTimelineRequest>(about);
  request.set_newest_first(true);
  request.set_without_changes(true);
  request.set_page_size(kPageSize);
  for (int i = 0; i < kPagesMax; ++i) {
    auto page =
        CallOn(stub, settings, &v1::JourneyService::StubInterface::GetTimeline,
               request);
    if (!page.ok()) return page.status();
    for (v1::TimelineEntry& entry : *page->mutable_entries()) {
      answers.touchpoints.push_back(std::move(entry));
    }
    request.set_page_token(page->next_page_token());
    if (request.page_token().empty()) return absl::OkStatus();
  }
  answers.is_cut = true;
  return absl::OkStatus();
}

absl::StatusOr<Answers> Fetch(const Settings& settings,
                              v1::GetJourneyRequest request) {
  const std::unique_ptr<v1::JourneyService::StubInterface> stub =
      v1::JourneyService::NewStub(OpenChannel(settings));
  auto journey = CallOn(
      *stub, settings, &v1::JourneyService::StubInterface::GetJourney, request);
  if (!journey.ok()) return journey.status();
  Answers answers;
  answers.journey.Swap(journey->mutable_journey());
  // All answers are of the same instant.
  *request.mutable_as_of() = answers.journey.as_of();
  auto plan =
      CallOn(*stub, settings, &v1::JourneyService::StubInterface::GetPlan,
             SameAs<v1::GetPlanRequest>(request));
  if (!plan.ok()) return plan.status();
  answers.plan = *std::move(plan);
  absl::Status status = FetchTouchpoints(*stub, settings, request, answers);
  if (!status.ok()) return status;
  return answers;
}

// The answers as protobuf JSON, and what was worked out from them.
std::string MapJson(const JourneyMap& map, const v1::GetPlanResponse& plan,
                    Format format) {
  const auto nested = [&](const google::protobuf::Message& message) {
    return format == Format::kNdjson
               ? ToJsonLine(message)
               : absl::StrReplaceAll(ToJsonDocument(message), {{"\n", "\n "}});
  };
  const std::string stages = absl::StrJoin(
      map.stages, ",\n  ", [](std::string* text, const MapStage& stage) {
        absl::StrAppend(text, "{\"stage_id\": \"", stage.stage.id(),
                        "\", \"mark\": \"", MarkText(stage.mark),
                        "\", \"visits\": ", stage.visits,
                        ", \"negative\": ", stage.sentiments.negative,
                        ", \"neutral\": ", stage.sentiments.neutral,
                        ", \"positive\": ", stage.sentiments.positive, "}");
      });
  google::protobuf::Value text;
  google::protobuf::Value why;
  text.set_string_value(map.next.text);
  why.set_string_value(map.next.why);
  std::string json = absl::StrCat(
      "{\n \"journey\": ", nested(map.journey), ",\n \"plan\": ", nested(plan),
      ",\n \"stages\": [\n  ", stages,
      "\n ],\n \"next_action\": {\"text\": ", ToJsonLine(text),
      ", \"why\": ", ToJsonLine(why), "}\n}");
  if (format == Format::kNdjson) absl::StrReplaceAll({{"\n", ""}}, &json);
  return json;
}

absl::StatusOr<int> RunMap(const Invocation& invocation,
                           const MapOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  auto request =
      RequestAbout<v1::GetJourneyRequest>(*settings, options.subject);
  if (!request.ok()) return request.status();
  absl::Status status = SetAsOf(invocation, options.as_of, *request);
  if (!status.ok()) return status;
  auto answers = Fetch(*settings, *std::move(request));
  if (!answers.ok()) return answers.status();
  const JourneyMap map =
      MakeMap(std::move(answers->journey), answers->plan, answers->touchpoints);
  if (settings->format == Format::kTable) {
    PrintMap(map, invocation.environment.columns, invocation.out());
  } else {
    invocation.out() << MapJson(map, answers->plan, settings->format) << '\n';
  }
  if (answers->is_cut) {
    invocation.err() << "Sentiment is that of the newest "
                     << answers->touchpoints.size() << " touchpoints.\n";
  }
  return 0;
}

}  // namespace

void AddMapCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command =
      AddCommand(group, "map", "Show one journey by the stages of its template",
                 "  journeyctl journey map account:acme\n"
                 "  journeyctl journey map deal:D-17 --as-of 2025-03-01\n"
                 "  journeyctl journey map contact:c1 -o json");
  auto options = std::make_shared<MapOptions>();
  AddSubjectArgument(*command, options->subject);
  AddAsOfOption(*command, options->as_of);
  OnRun(*command, invocation, options, RunMap);
}

}  // namespace journey::cli
