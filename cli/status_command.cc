// `journeyctl status`.
#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/instants.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

struct StatusOptions {};

std::string FormatBytes(int64_t bytes) {
  if (bytes >= int64_t{10} << 20) {
    return absl::StrCat(FormatCount(bytes >> 20), " MiB");
  }
  return absl::StrCat(FormatCount((bytes + 1023) >> 10), " KiB");
}

void PrintStatus(const std::string& server, const v1::GetStatusResponse& status,
                 std::ostream& out) {
  Facts facts;
  facts.Add("Server", absl::StrCat(server, ", version ", status.version()));
  facts.Add("Up since",
            absl::StrCat(ShortInstant(status.started_at(), true), " (",
                         ShortDuration(ToMicros(status.now()) -
                                       ToMicros(status.started_at())),
                         ")"));
  facts.Add("Clock", Rfc3339(status.now()));
  facts.Add("Rule set", absl::StrCat(status.rule_set_id(), " version ",
                                     status.rule_set_version()));
  facts.Add("Events",
            absl::StrCat(FormatCount(status.event_count()), " of ",
                         FormatCount(status.tenant_count()), " tenants"));
  facts.Add("On disk",
            absl::StrCat(FormatBytes(status.log_bytes()), " log, ",
                         FormatBytes(status.view_bytes()), " views"));
  facts.Add("Views behind",
            absl::StrCat(FormatCount(status.view_lag_events()), " events"));
  facts.Add("Appends waiting", FormatCount(status.queue_depth()));
  if (status.has_tenant()) {
    const v1::TenantStatus& tenant = status.tenant();
    facts.Add("Tenant", tenant.tenant_id());
    facts.Add("Head position", FormatCount(tenant.head_position()));
    facts.Add("Newest touchpoint",
              ShortInstant(tenant.newest_occurred_at(),
                           tenant.has_newest_occurred_at()));
    facts.Add("Journeys", FormatCount(tenant.journey_count()));
    facts.Add("Deals", FormatCount(tenant.deal_count()));
    if (const int64_t count = tenant.unknown_stage_deal_count(); count > 0) {
      facts.Add("In unknown stages",
                absl::StrCat(FormatCount(count),
                             count == 1 ? " open deal" : " open deals"));
    }
    facts.Add("Tickets", FormatCount(tenant.ticket_count()));
    facts.Add("Signal position", FormatCount(tenant.signal_position()));
    if (tenant.has_oldest_unannounced_at()) {
      const int64_t since = ToMicros(tenant.oldest_unannounced_at());
      facts.Add(
          "Unannounced since",
          absl::StrCat(ShortInstant(tenant.oldest_unannounced_at(), true), " (",
                       ShortDuration(ToMicros(status.now()) - since), ")"));
    }
  }
  facts.Print(out);
}

absl::StatusOr<int> RunStatus(const Invocation& invocation,
                              const StatusOptions& /*options*/) {
  const auto settings = invocation.Resolve();
  if (!settings.ok()) return settings.status();
  v1::GetStatusRequest request;
  request.set_tenant_id(settings->tenant);
  const auto response = Call<v1::AdminService>(
      *settings, &v1::AdminService::StubInterface::GetStatus, request);
  if (!response.ok()) return response.status();
  if (!PrintJson(invocation, settings->format, *response)) {
    PrintStatus(settings->server, *response, invocation.out());
  }
  return 0;
}

}  // namespace

void AddStatusCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command =
      AddCommand(root, "status", "Show what the server is and holds",
                 "  journeyctl status\n"
                 "  journeyctl status --tenant acme -o json");
  OnRun(*command, invocation, std::make_shared<StatusOptions>(), RunStatus);
}

}  // namespace journey::cli
