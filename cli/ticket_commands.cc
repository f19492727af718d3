// `journeyctl tickets get|list`.
#include <vector>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/pages.h"
#include "cli/render.h"

namespace journey::cli {
namespace {

struct TicketOptions {
  std::string ticket_id;
  bool open = false;
  std::string status;
  std::string waiting_for;
  std::string severity;
  std::string type;
  std::string owner;
  std::string account;
  std::string contact;
  std::string as_of;
  PageOptions pages;
};

absl::StatusOr<int> RunGet(const Invocation& invocation,
                           const TicketOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::GetTicketRequest request;
  request.set_tenant_id(settings->tenant);
  request.set_ticket_id(options.ticket_id);
  absl::Status status = SetAsOf(invocation, options.as_of, request);
  if (!status.ok()) return status;
  return AskOne<v1::TicketService>(
      invocation, *settings, &v1::TicketService::StubInterface::GetTicket,
      request, [&](const v1::GetTicketResponse& response) {
        PrintTicket(response.ticket(), InstantOf(invocation, request),
                    invocation.out());
      });
}

// Sets the status that is asked for: `--waiting-for` is one since a time.
absl::Status SetStatus(const TicketOptions& options, int64_t at,
                       v1::ListTicketsRequest& request) {
  if (!options.status.empty()) {
    const auto status =
        ParseEnumFlag<v1::TicketStatus>("--status", options.status);
    if (!status.ok()) return status.status();
    request.set_status(*status);
  }
  if (options.waiting_for.empty()) return absl::OkStatus();
  if (request.status() != v1::TICKET_STATUS_UNSPECIFIED) {
    return UsageError("--waiting-for and --status: give one of both");
  }
  const auto span = ParseSpan(options.waiting_for);
  if (!span.ok()) {
    return UsageError(absl::StrCat("--waiting-for: ", span.status().message()));
  }
  request.set_status(v1::TICKET_STATUS_WAITING_ON_CUSTOMER);
  *request.mutable_status_since_by() =
      FromMicros(at - absl::ToInt64Microseconds(*span));
  return absl::OkStatus();
}

absl::Status SetConditions(const TicketOptions& options, int64_t at,
                           v1::ListTicketsRequest& request) {
  request.set_open(options.open);
  request.set_owner_id(options.owner);
  if (!options.severity.empty()) {
    const auto severity = ParseEnumFlag<v1::TicketChange::Severity>(
        "--severity", options.severity);
    if (!severity.ok()) return severity.status();
    request.set_severity(*severity);
  }
  if (!options.type.empty()) {
    const auto type =
        ParseEnumFlag<v1::TicketChange::Type>("--type", options.type);
    if (!type.ok()) return type.status();
    request.set_type(*type);
  }
  absl::Status status = SetSubject(options.account, options.contact, request);
  return status.ok() ? SetStatus(options, at, request) : status;
}

absl::StatusOr<int> RunList(const Invocation& invocation,
                            const TicketOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::ListTicketsRequest request;
  request.set_tenant_id(settings->tenant);
  absl::Status status = SetAsOf(invocation, options.as_of, request);
  if (!status.ok()) return status;
  const int64_t at = InstantOf(invocation, request);
  status = SetConditions(options, at, request);
  if (!status.ok()) return status;
  const auto response = FetchPages<v1::TicketService>(
      *settings, options.pages, &v1::TicketService::StubInterface::ListTickets,
      request);
  if (!response.ok()) return response.status();
  PrintPage(invocation, settings->format, *response, response->tickets(),
            "tickets", [&](const std::vector<v1::Ticket>& tickets) {
              PrintTickets(tickets, at, invocation.environment.columns,
                           invocation.out());
            });
  return kExitOk;
}

void AddGet(CLI::App& tickets, Invocation& invocation) {
  CLI::App* command =
      AddCommand(tickets, "get", "Show one ticket",
                 "  journeyctl tickets get T-4711\n"
                 "  journeyctl tickets get T-4711 --as-of -30d -o json");
  auto options = std::make_shared<TicketOptions>();
  command->add_option("ticket", options->ticket_id, "The ticket's id")
      ->required()
      ->type_name("ID");
  AddAsOfOption(*command, options->as_of);
  OnRun(*command, invocation, options, RunGet);
}

void AddList(CLI::App& tickets, Invocation& invocation) {
  CLI::App* command = AddCommand(
      tickets, "list", "List tickets; open ones the oldest status first",
      "  journeyctl tickets list --open --severity critical\n"
      "  journeyctl tickets list --waiting-for 7d --owner anna\n"
      "  journeyctl tickets list --account A-1 --as-of 2025-03-01");
  auto options = std::make_shared<TicketOptions>();
  command->add_flag("--open", options->open,
                    "Only those neither resolved nor closed");
  AddEnumOption<v1::TicketStatus>(*command, "--status", options->status,
                                  "Only with this status");
  command
      ->add_option("--waiting-for", options->waiting_for,
                   "Only those that wait for the customer so long: 7d")
      ->type_name("SPAN");
  AddEnumOption<v1::TicketChange::Severity>(
      *command, "--severity", options->severity, "Only of this severity");
  AddEnumOption<v1::TicketChange::Type>(*command, "--type", options->type,
                                        "Only of this type");
  command->add_option("--owner", options->owner, "Only of this owner")
      ->type_name("ID");
  AddIdOption(*command, "--account", v1::SUBJECT_TYPE_ACCOUNT, options->account,
              "Only of this account's journey");
  AddIdOption(*command, "--contact", v1::SUBJECT_TYPE_CONTACT, options->contact,
              "Only of this contact's journey");
  AddAsOfOption(*command, options->as_of);
  AddPageOptions(*command, invocation, options->pages);
  OnRun(*command, invocation, options, RunList);
}

}  // namespace

void AddTicketCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* tickets = AddCommand(root, "tickets", "Show requests for help",
                                 "  journeyctl tickets list --open\n"
                                 "  journeyctl tickets list --waiting-for 7d");
  tickets->require_subcommand(1);
  AddGet(*tickets, invocation);
  AddList(*tickets, invocation);
}

}  // namespace journey::cli
