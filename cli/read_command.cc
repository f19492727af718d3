// `journeyctl read`.
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/event_printer.h"
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/pages.h"

namespace journey::cli {
namespace {

struct ReadOptions {
  std::string subject;
  int64_t from_position = 0;
  int64_t max_events = 0;
  bool backwards = false;
  std::vector<std::string> kinds;
  std::vector<std::string> sources;
  std::string occurred_from;
  std::string occurred_before;
};

absl::StatusOr<v1::ReadRequest> MakeRequest(const Invocation& invocation,
                                            const Settings& settings,
                                            const ReadOptions& options) {
  v1::ReadRequest request;
  request.set_tenant_id(settings.tenant);
  request.set_from_position(options.from_position);
  request.set_max_events(options.max_events);
  if (options.backwards) request.set_order(v1::READ_ORDER_BACKWARDS);
  if (!options.subject.empty()) {
    const auto subject = ParseSubject(options.subject);
    if (!subject.ok()) return subject.status();
    *request.mutable_subject() = *subject;
  }
  v1::EventFilter& filter = *request.mutable_filter();
  absl::Status status = AddKinds(options.kinds, *filter.mutable_kinds());
  for (const std::string& source : options.sources) {
    filter.add_sources(source);
  }
  if (status.ok() && !options.occurred_from.empty()) {
    status = SetInstant(invocation, "--occurred-from", options.occurred_from,
                        filter.mutable_occurred_from());
  }
  if (status.ok() && !options.occurred_before.empty()) {
    status =
        SetInstant(invocation, "--occurred-before", options.occurred_before,
                   filter.mutable_occurred_before());
  }
  if (!status.ok()) return status;
  return request;
}

absl::StatusOr<int> RunRead(const Invocation& invocation,
                            const ReadOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = MakeRequest(invocation, *settings, options);
  if (!request.ok()) return request.status();
  const auto stub = v1::TouchpointService::NewStub(OpenChannel(*settings));
  grpc::ClientContext context;
  const InterruptHandler orderly_end(*invocation.environment.interrupt,
                                     [&context] { context.TryCancel(); });
  const auto stream = stub->Read(&context, *request);
  EventPrinter printer(invocation.out(), settings->format);
  v1::ReadResponse response;
  while (stream->Read(&response)) {
    for (const v1::Event& event : response.events()) printer.Print(event);
  }
  const grpc::Status status = stream->Finish();
  if (status.ok() && !printer.any() && settings->format == Format::kTable) {
    PrintNone(invocation, "events", "");
  }
  printer.Finish();
  if (invocation.environment.interrupt->requested()) return kExitInterrupted;
  if (!status.ok()) return FromGrpc(status);
  return kExitOk;
}

}  // namespace

void AddReadCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command =
      AddCommand(root, "read", "Print events of the log",
                 "  journeyctl read --subject account:acme -o ndjson\n"
                 "  journeyctl read --kind deal --occurred-from 2025-01-01\n"
                 "  journeyctl read --backwards --max-events 10");
  auto options = std::make_shared<ReadOptions>();
  command->add_option("--subject", options->subject, "Only of this subject")
      ->type_name("SUBJECT");
  command->add_option("--from", options->from_position, "The first position")
      ->type_name("POSITION");
  AddCountOption(*command, "--max-events", options->max_events,
                 "End after so many");
  command->add_flag("--backwards", options->backwards, "Newest first");
  AddKindsOption(*command, options->kinds);
  command->add_option("--source", options->sources, "Only of these sources")
      ->delimiter(',')
      ->type_name("SOURCE");
  command
      ->add_option("--occurred-from", options->occurred_from,
                   "Only what occurred then or later")
      ->type_name("INSTANT");
  command
      ->add_option("--occurred-before", options->occurred_before,
                   "Only what occurred before")
      ->type_name("INSTANT");
  OnRun(*command, invocation, options, RunRead);
}

}  // namespace journey::cli
