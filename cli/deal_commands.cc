// `journeyctl deals get|list|stalled|board`.
#include <vector>

#include "absl/strings/match.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/instants.h"
#include "cli/options.h"
#include "cli/pages.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct DealOptions {
  std::string deal_id;
  std::string status;
  std::vector<std::string> reasons;
  std::string pipeline;
  std::string stage;
  std::string owner;
  std::string account;
  std::string as_of;
  std::string known_at;
  int deals_per_column = 10;
  PageOptions pages;
};

// Sets `as_of` where given and returns the instant that ages count to.
template <typename Request>
absl::StatusOr<int64_t> SetAsOf(const Invocation& invocation,
                                const DealOptions& options, Request& request) {
  if (options.as_of.empty()) return invocation.environment.now_micros();
  absl::Status status =
      SetInstant(invocation, "--as-of", options.as_of, request.mutable_as_of());
  if (!status.ok()) return status;
  return ToMicros(request.as_of());
}

std::unique_ptr<v1::DealService::StubInterface> NewStub(
    const Settings& settings) {
  return v1::DealService::NewStub(OpenChannel(settings));
}

absl::StatusOr<int> RunGet(const Invocation& invocation,
                           const DealOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::GetDealRequest request;
  request.set_tenant_id(settings->tenant);
  request.set_deal_id(options.deal_id);
  auto at = SetAsOf(invocation, options, request);
  if (!at.ok()) return at.status();
  if (!options.known_at.empty()) {
    absl::Status status = SetInstant(invocation, "--known-at", options.known_at,
                                     request.mutable_known_at());
    if (!status.ok()) return status;
    if (options.as_of.empty()) at = ToMicros(request.known_at());
  }
  const auto response = Call<v1::DealService>(
      *settings, &v1::DealService::StubInterface::GetDeal, request);
  if (!response.ok()) return response.status();
  if (!PrintJson(invocation, settings->format, *response)) {
    PrintDeal(response->deal(), *at, invocation.out());
  }
  return 0;
}

absl::StatusOr<int> RunList(const Invocation& invocation,
                            const DealOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::ListDealsRequest request;
  request.set_tenant_id(settings->tenant);
  request.set_pipeline_id(options.pipeline);
  request.set_stage_id(options.stage);
  request.set_owner_id(options.owner);
  request.set_account_id(options.account);
  if (!options.status.empty()) {
    const auto status =
        ParseEnumFlag<v1::DealStatus>("--status", options.status);
    if (!status.ok()) return status.status();
    request.set_status(*status);
  }
  const auto at = SetAsOf(invocation, options, request);
  if (!at.ok()) return at.status();
  const auto stub = NewStub(*settings);
  const auto response =
      FetchPages(*stub, *settings, options.pages,
                 &v1::DealService::StubInterface::ListDeals, request);
  if (!response.ok()) return response.status();
  if (settings->format == Format::kJson) {
    (void)PrintJson(invocation, Format::kJson, *response);
    return 0;
  }
  if (settings->format == Format::kNdjson) {
    for (const v1::Deal& deal : response->deals()) {
      (void)PrintJson(invocation, Format::kNdjson, deal);
    }
  } else if (response->deals().empty()) {
    PrintNone(invocation, "deals", response->next_page_token());
    if (absl::StartsWith(options.account, "account:")) {
      invocation.err()
          << "--account takes the id alone, without \"account:\"\n";
    }
  } else {
    PrintDeals({response->deals().begin(), response->deals().end()}, *at,
               invocation.out());
  }
  PrintMore(invocation, response->next_page_token());
  return 0;
}

absl::StatusOr<int> RunStalled(const Invocation& invocation,
                               const DealOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::ListStalledDealsRequest request;
  request.set_tenant_id(settings->tenant);
  request.set_pipeline_id(options.pipeline);
  request.set_stage_id(options.stage);
  request.set_owner_id(options.owner);
  for (const std::string& name : options.reasons) {
    const auto reason = ParseEnumFlag<v1::StallReason>("--reason", name);
    if (!reason.ok()) return reason.status();
    request.add_reasons(*reason);
  }
  const auto at = SetAsOf(invocation, options, request);
  if (!at.ok()) return at.status();
  const auto stub = NewStub(*settings);
  const auto response =
      FetchPages(*stub, *settings, options.pages,
                 &v1::DealService::StubInterface::ListStalledDeals, request);
  if (!response.ok()) return response.status();
  if (settings->format == Format::kJson) {
    (void)PrintJson(invocation, Format::kJson, *response);
    return 0;
  }
  if (settings->format == Format::kNdjson) {
    for (const v1::StalledDeal& stalled : response->stalled_deals()) {
      (void)PrintJson(invocation, Format::kNdjson, stalled);
    }
  } else if (response->stalled_deals().empty()) {
    PrintNone(invocation, "stalled deals", response->next_page_token());
  } else {
    PrintStalledDeals(
        {response->stalled_deals().begin(), response->stalled_deals().end()},
        *at, invocation.environment.columns, invocation.out());
  }
  PrintMore(invocation, response->next_page_token());
  return 0;
}

absl::StatusOr<int> RunBoard(const Invocation& invocation,
                             const DealOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::GetBoardRequest request;
  request.set_tenant_id(settings->tenant);
  request.set_pipeline_id(options.pipeline);
  request.set_owner_id(options.owner);
  request.set_deals_per_column(options.deals_per_column);
  const auto at = SetAsOf(invocation, options, request);
  if (!at.ok()) return at.status();
  const auto response = Call<v1::DealService>(
      *settings, &v1::DealService::StubInterface::GetBoard, request);
  if (!response.ok()) return response.status();
  if (!PrintJson(invocation, settings->format, *response)) {
    PrintBoard(*response, *at, invocation.environment.columns,
               invocation.out());
  }
  return 0;
}

void AddFilterOptions(CLI::App& command, DealOptions& options) {
  command.add_option("--pipeline", options.pipeline, "Only of this pipeline")
      ->type_name("ID");
  command.add_option("--owner", options.owner, "Only of this owner")
      ->type_name("ID");
  AddAsOfOption(command, options.as_of);
}

void AddList(CLI::App& deals, Invocation& invocation) {
  CLI::App* command =
      AddCommand(deals, "list", "List deals",
                 "  journeyctl deals list --status open --owner anna\n"
                 "  journeyctl deals list --all --as-of 2025-03-01 -o ndjson");
  auto options = std::make_shared<DealOptions>();
  AddEnumOption<v1::DealStatus>(*command, "--status", options->status,
                                "Only with this status");
  command->add_option("--stage", options->stage, "Only in this pipeline stage")
      ->type_name("ID");
  command->add_option("--account", options->account, "Only of this account")
      ->type_name("ID");
  AddFilterOptions(*command, *options);
  AddPageOptions(*command, options->pages);
  OnRun(*command, invocation, options, RunList);
}

void AddStalled(CLI::App& deals, Invocation& invocation) {
  CLI::App* command = AddCommand(
      deals, "stalled", "List stalled deals by reason, the oldest first",
      "  journeyctl deals stalled --owner anna\n"
      "  journeyctl deals stalled --reason inactive,neglected --all");
  auto options = std::make_shared<DealOptions>();
  AddEnumOption<v1::StallReason>(*command, "--reason", options->reasons,
                                 "Only for these reasons")
      ->delimiter(',');
  command->add_option("--stage", options->stage, "Only in this pipeline stage")
      ->type_name("ID");
  AddFilterOptions(*command, *options);
  AddPageOptions(*command, options->pages);
  OnRun(*command, invocation, options, RunStalled);
}

void AddBoard(CLI::App& deals, Invocation& invocation) {
  CLI::App* command =
      AddCommand(deals, "board", "Show a pipeline's open deals by stage",
                 "  journeyctl deals board\n"
                 "  journeyctl deals board --pipeline retail --per-column 5");
  auto options = std::make_shared<DealOptions>();
  command
      ->add_option("--per-column", options->deals_per_column,
                   "At most so many deals a column, 0 to 100")
      ->type_name("N")
      ->capture_default_str();
  AddFilterOptions(*command, *options);
  OnRun(*command, invocation, options, RunBoard);
}

}  // namespace

void AddDealCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* deals = AddCommand(root, "deals", "Show sales opportunities",
                               "  journeyctl deals list --status open\n"
                               "  journeyctl deals board");
  deals->require_subcommand(1);
  CLI::App* command =
      AddCommand(*deals, "get", "Show one deal",
                 "  journeyctl deals get D-17\n"
                 "  journeyctl deals get D-17 --as-of -30d -o json");
  auto options = std::make_shared<DealOptions>();
  command->add_option("deal", options->deal_id, "The deal's id")
      ->required()
      ->type_name("ID");
  AddAsOfOption(*command, options->as_of);
  AddKnownAtOption(*command, options->known_at);
  OnRun(*command, invocation, options, RunGet);
  AddList(*deals, invocation);
  AddStalled(*deals, invocation);
  AddBoard(*deals, invocation);
}

}  // namespace journey::cli
