// `journeyctl deals get|list|stalled|board`.
#include <vector>

#include "cli/ask.h"
#include "cli/commands.h"
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

absl::StatusOr<int> RunGet(const Invocation& invocation,
                           const DealOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::GetDealRequest request;
  request.set_tenant_id(settings->tenant);
  request.set_deal_id(options.deal_id);
  absl::Status status = SetAsOf(invocation, options.as_of, request);
  if (status.ok()) status = SetKnownAt(invocation, options.known_at, request);
  if (!status.ok()) return status;
  const bool then = request.has_known_at() && !request.has_as_of();
  const int64_t at =
      then ? ToMicros(request.known_at()) : InstantOf(invocation, request);
  return AskOne<v1::DealService>(
      invocation, *settings, &v1::DealService::StubInterface::GetDeal, request,
      [&](const v1::GetDealResponse& response) {
        PrintDeal(response.deal(), at, invocation.out());
      });
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
  absl::Status status = SetAsOf(invocation, options.as_of, request);
  if (!status.ok()) return status;
  const auto response = FetchPages<v1::DealService>(
      *settings, options.pages, &v1::DealService::StubInterface::ListDeals,
      request);
  if (!response.ok()) return response.status();
  PrintPage(invocation, settings->format, *response, response->deals(), "deals",
            [&](const std::vector<v1::Deal>& deals) {
              PrintDeals(deals, InstantOf(invocation, request),
                         invocation.out());
            });
  return kExitOk;
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
  absl::Status status = SetAsOf(invocation, options.as_of, request);
  if (!status.ok()) return status;
  const auto response = FetchPages<v1::DealService>(
      *settings, options.pages,
      &v1::DealService::StubInterface::ListStalledDeals, request);
  if (!response.ok()) return response.status();
  PrintPage(
      invocation, settings->format, *response, response->stalled_deals(),
      "stalled deals", [&](const std::vector<v1::StalledDeal>& stalled_deals) {
        PrintStalledDeals(stalled_deals, InstantOf(invocation, request),
                          invocation.environment.columns, invocation.out());
      });
  return kExitOk;
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
  absl::Status status = SetAsOf(invocation, options.as_of, request);
  if (!status.ok()) return status;
  return AskOne<v1::DealService>(
      invocation, *settings, &v1::DealService::StubInterface::GetBoard, request,
      [&](const v1::GetBoardResponse& board) {
        PrintBoard(board, InstantOf(invocation, request),
                   invocation.environment.columns, invocation.out());
      });
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
  AddIdOption(*command, "--account", v1::SUBJECT_TYPE_ACCOUNT, options->account,
              "Only of this account");
  AddFilterOptions(*command, *options);
  AddPageOptions(*command, invocation, options->pages);
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
  AddPageOptions(*command, invocation, options->pages);
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
