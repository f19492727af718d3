// `journeyctl signals ack|snooze|finish|dismiss`.
#include <functional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/render.h"
#include "cli/signal_commands.h"
#include "cli/signal_ids.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

using Stub = v1::SignalService::StubInterface;

struct HandlingOptions {
  std::vector<std::string> ids;
  std::string actor;
  std::string reason;
  // Only of `snooze`; exactly one is given.
  std::string snooze_for;
  std::string snooze_until;
};

// One call about one signal, in the name of the actor and with the reason.
using Handle = std::function<absl::StatusOr<v1::Signal>(
    Stub& stub, const Settings& settings, const std::string& signal_id)>;

template <typename Request, typename Response>
absl::StatusOr<v1::Signal> HandleOne(
    Stub& stub, const Settings& settings,
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                 Response*),
    Request request, const std::string& signal_id) {
  request.set_tenant_id(settings.tenant);
  request.set_signal_id(signal_id);
  auto response = CallOn(stub, settings, method, request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_signal());
}

void PrintHandled(const Invocation& invocation, Format format,
                  const v1::ListSignalsResponse& handled) {
  if (format == Format::kJson) {
    (void)PrintJson(invocation, format, handled);
    return;
  }
  for (const v1::Signal& signal : handled.signals()) {
    if (PrintJson(invocation, format, signal)) continue;
    const std::string state = DescribeSignalState(signal);
    invocation.out() << Printable(absl::StrCat(signal.signal_id(), "  ",
                                               state.empty() ? "open" : state))
                     << '\n';
  }
}

// Signals stand on their own: one that is unknown does not keep the others
// from being handled. What the next call would only meet again ends it.
absl::StatusOr<int> HandleAll(const Invocation& invocation,
                              const std::vector<std::string>& texts,
                              const Handle& handle) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const std::unique_ptr<Stub> stub =
      v1::SignalService::NewStub(OpenChannel(*settings));
  const auto ids = CompleteSignalIds(*stub, *settings, texts);
  if (!ids.ok()) return ids.status();
  v1::ListSignalsResponse handled;
  absl::Status failure;
  for (const std::string& id : *ids) {
    auto signal = handle(*stub, *settings, id);
    if (signal.ok()) {
      *handled.add_signals() = *std::move(signal);
      continue;
    }
    failure = signal.status();
    if (!absl::IsNotFound(failure)) break;
    if (ids->size() > 1) {
      invocation.err() << id << ": " << failure.message() << "\n";
    }
  }
  PrintHandled(invocation, settings->format, handled);
  if (!failure.ok()) return failure;
  return kExitOk;
}

template <typename Request>
absl::StatusOr<Request> MakeRequest(const Invocation& invocation,
                                    const HandlingOptions& options) {
  Request request;
  request.set_actor(ActorOf(invocation, options.actor));
  if (request.actor().empty()) {
    return UsageError("nobody acts: give --actor, or set $USER");
  }
  request.set_reason(options.reason);
  return request;
}

template <typename Request, typename Response>
absl::StatusOr<int> Run(const Invocation& invocation,
                        const HandlingOptions& options,
                        grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                     const Request&,
                                                     Response*)) {
  const auto request = MakeRequest<Request>(invocation, options);
  if (!request.ok()) return request.status();
  return HandleAll(
      invocation, options.ids,
      [&](Stub& stub, const Settings& settings, const std::string& signal_id) {
        return HandleOne(stub, settings, method, *request, signal_id);
      });
}

absl::StatusOr<int> RunAck(const Invocation& invocation,
                           const HandlingOptions& options) {
  return Run(invocation, options, &Stub::Acknowledge);
}

absl::StatusOr<int> RunFinish(const Invocation& invocation,
                              const HandlingOptions& options) {
  return Run(invocation, options, &Stub::Finish);
}

absl::StatusOr<int> RunDismiss(const Invocation& invocation,
                               const HandlingOptions& options) {
  return Run(invocation, options, &Stub::Dismiss);
}

absl::StatusOr<int> RunSnooze(const Invocation& invocation,
                              const HandlingOptions& options) {
  if (options.snooze_for.empty() == options.snooze_until.empty()) {
    return UsageError("give --for or --until");
  }
  auto request = MakeRequest<v1::SnoozeRequest>(invocation, options);
  if (!request.ok()) return request.status();
  const bool relative = !options.snooze_for.empty();
  if (relative && absl::StartsWith(options.snooze_for, "-")) {
    return UsageError("--for: write a time to come, for example 2d or 4h");
  }
  const absl::Status status =
      relative ? SetInstant(invocation, "--for", "+" + options.snooze_for,
                            request->mutable_until())
               : SetInstant(invocation, "--until", options.snooze_until,
                            request->mutable_until());
  if (!status.ok()) return status;
  return HandleAll(
      invocation, options.ids,
      [&](Stub& stub, const Settings& settings, const std::string& signal_id) {
        return HandleOne(stub, settings, &Stub::Snooze, *request, signal_id);
      });
}

template <typename Body>
std::pair<CLI::App*, std::shared_ptr<HandlingOptions>> AddHandling(
    CLI::App& group, Invocation& invocation, const std::string& name,
    const std::string& description, const std::string& examples, Body body) {
  CLI::App* command = AddCommand(group, name, description, examples);
  auto options = std::make_shared<HandlingOptions>();
  command
      ->add_option("signals", options->ids,
                   "Their ids, or at least the first 8 digits")
      ->required()
      ->type_name("SIGNAL_ID");
  AddReasonAndActorOptions(*command, options->reason, options->actor);
  OnRun(*command, invocation, options, body);
  return {command, options};
}

}  // namespace

void AddSignalHandlingCommands(CLI::App& group, Invocation& invocation) {
  AddHandling(group, invocation, "ack", "Take signals over",
              "  journeyctl signals ack 3f9a02c1\n"
              "  journeyctl signals ack 3f9a02c1 77b0c5de --actor anna",
              RunAck);
  const auto [snooze, options] = AddHandling(
      group, invocation, "snooze", "Have signals announced again later",
      "  journeyctl signals snooze 3f9a02c1 --for 2d\n"
      "  journeyctl signals snooze 3f9a02c1 --until \"2025-04-01 08:00\"",
      RunSnooze);
  snooze
      ->add_option("--for", options->snooze_for, "For so long: 30m, 4h, 2d, 1w")
      ->type_name("TIME");
  snooze
      ->add_option("--until", options->snooze_until,
                   "Until then: RFC 3339, a day (midnight UTC), or +2d")
      ->type_name("INSTANT");
  AddHandling(group, invocation, "finish", "Say that what was to do is done",
              "  journeyctl signals finish 3f9a02c1\n"
              "  journeyctl signals finish 3f9a02c1 --reason \"called them\"",
              RunFinish);
  AddHandling(group, invocation, "dismiss", "Say that nothing is to be done",
              "  journeyctl signals dismiss 3f9a02c1 --reason \"known bug\"",
              RunDismiss);
}

}  // namespace journey::cli
