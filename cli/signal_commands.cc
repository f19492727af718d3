// `journeyctl signals` and its `list`.
#include "cli/signal_commands.h"

#include <vector>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/pages.h"
#include "cli/render.h"
#include "cli/signal_options.h"

namespace journey::cli {
namespace {

struct ListOptions {
  SignalFilterOptions filter;
  std::string account;
  std::string contact;
  std::string deal;
  std::string handling;
  bool include_withdrawn = false;
  PageOptions pages;
};

absl::StatusOr<v1::ListSignalsRequest> MakeRequest(const Settings& settings,
                                                   const ListOptions& options) {
  v1::ListSignalsRequest request;
  request.set_tenant_id(settings.tenant);
  const auto filter = SignalFilterOf(options.filter);
  if (!filter.ok()) return filter.status();
  *request.mutable_filter() = *filter;
  absl::Status status = SetSubject(options.account, options.contact, request);
  if (!status.ok()) return status;
  request.set_deal_id(options.deal);
  if (!options.handling.empty()) {
    const auto handling =
        ParseEnumFlag<v1::SignalHandling>("--handling", options.handling);
    if (!handling.ok()) return handling.status();
    request.set_handling(*handling);
  }
  request.set_include_withdrawn(options.include_withdrawn);
  request.set_include_historical(options.filter.include_historical);
  return request;
}

absl::StatusOr<int> RunList(const Invocation& invocation,
                            const ListOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = MakeRequest(*settings, options);
  if (!request.ok()) return request.status();
  const auto response = FetchPages<v1::SignalService>(
      *settings, options.pages, &v1::SignalService::StubInterface::ListSignals,
      *request);
  if (!response.ok()) return response.status();
  PrintPage(invocation, settings->format, *response, response->signals(),
            "signals", [&](const std::vector<v1::Signal>& signals) {
              PrintSignals(signals, invocation.environment.columns,
                           invocation.out());
            });
  if (settings->format == Format::kTable && response->signals().empty() &&
      !request->include_historical()) {
    invocation.err() << "Those that were old news when they became known are "
                     << "shown with --include-historical.\n";
  }
  return kExitOk;
}

}  // namespace

void AddSignalListCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command = AddCommand(
      group, "list", "List signals, the oldest first",
      "  journeyctl signals list --owner anna --severity warning\n"
      "  journeyctl signals list --type stall,at_risk --all\n"
      "  journeyctl signals list --account acme --include-withdrawn\n"
      "Without --handling those that are neither finished nor dismissed.");
  auto options = std::make_shared<ListOptions>();
  AddSignalFilterOptions(*command, options->filter);
  AddIdOption(*command, "--account", v1::SUBJECT_TYPE_ACCOUNT, options->account,
              "Only of this account's journey and its deals");
  AddIdOption(*command, "--contact", v1::SUBJECT_TYPE_CONTACT, options->contact,
              "Only of this contact's journey and its deals");
  AddIdOption(*command, "--deal", v1::SUBJECT_TYPE_DEAL, options->deal,
              "Only of this deal");
  AddEnumOption<v1::SignalHandling>(*command, "--handling", options->handling,
                                    "Only those about which this was done");
  command->add_flag("--include-withdrawn", options->include_withdrawn,
                    "Also those that hold no longer");
  AddPageOptions(*command, invocation, options->pages);
  OnRun(*command, invocation, options, RunList);
}

void AddSignalsCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* group = AddCommand(root, "signals",
                               "Show, follow and handle what needs attention",
                               "  journeyctl signals list --severity critical\n"
                               "  journeyctl signals watch\n"
                               "  journeyctl signals ack 3f9a02c1");
  group->require_subcommand(1);
  AddSignalListCommand(*group, invocation);
  AddSignalWatchCommand(*group, invocation);
  AddSignalHandlingCommands(*group, invocation);
  AddSignalForwardCommand(*group, invocation);
}

}  // namespace journey::cli
