// `journeyctl signals` and its `list`.
#include "cli/signal_commands.h"

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
  if (!options.account.empty() && !options.contact.empty()) {
    return UsageError("give only one of --account and --contact");
  }
  if (!options.account.empty()) {
    request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
    request.mutable_subject()->set_id(options.account);
  }
  if (!options.contact.empty()) {
    request.mutable_subject()->set_type(v1::SUBJECT_TYPE_CONTACT);
    request.mutable_subject()->set_id(options.contact);
  }
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
  const std::unique_ptr<v1::SignalService::StubInterface> stub =
      v1::SignalService::NewStub(OpenChannel(*settings));
  const auto response =
      FetchPages(*stub, *settings, options.pages,
                 &v1::SignalService::StubInterface::ListSignals, *request);
  if (!response.ok()) return response.status();
  if (settings->format == Format::kJson) {
    (void)PrintJson(invocation, Format::kJson, *response);
    return kExitOk;
  }
  if (settings->format == Format::kNdjson) {
    for (const v1::Signal& signal : response->signals()) {
      (void)PrintJson(invocation, Format::kNdjson, signal);
    }
  } else if (response->signals().empty()) {
    PrintNone(invocation, "signals", response->next_page_token());
    if (!request->include_historical()) {
      invocation.err() << "Those that were old news when they became known are "
                       << "shown with --include-historical.\n";
    }
  } else {
    PrintSignals({response->signals().begin(), response->signals().end()},
                 invocation.environment.columns, invocation.out());
  }
  PrintMore(invocation, response->next_page_token());
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
  command
      ->add_option("--account", options->account,
                   "Only of this account's journey and its deals")
      ->type_name("ID");
  command
      ->add_option("--contact", options->contact,
                   "Only of this contact's journey and its deals")
      ->type_name("ID");
  command->add_option("--deal", options->deal, "Only of this deal")
      ->type_name("ID");
  AddEnumOption<v1::SignalHandling>(*command, "--handling", options->handling,
                                    "Only those about which this was done");
  command->add_flag("--include-withdrawn", options->include_withdrawn,
                    "Also those that hold no longer");
  AddPageOptions(*command, options->pages);
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
