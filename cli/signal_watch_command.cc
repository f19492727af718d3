// `journeyctl signals watch`.
#include <optional>

#include "cli/client.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/render.h"
#include "cli/signal_commands.h"
#include "cli/signal_options.h"
#include "cli/signal_watcher.h"

namespace journey::cli {
namespace {

struct WatchOptions {
  SignalFilterOptions filter;
  std::optional<int64_t> after;
  bool from_start = false;
  int64_t max_events = 0;
};

absl::StatusOr<v1::WatchSignalsRequest> MakeRequest(
    const Settings& settings, const WatchOptions& options) {
  if (options.after.has_value() && options.from_start) {
    return UsageError("give only one of --after and --from-start");
  }
  v1::WatchSignalsRequest request;
  request.set_tenant_id(settings.tenant);
  const auto filter = SignalFilterOf(options.filter);
  if (!filter.ok()) return filter.status();
  *request.mutable_filter() = *filter;
  request.set_include_historical(options.filter.include_historical);
  if (options.from_start) return request;
  const absl::StatusOr<int64_t> after =
      options.after.has_value() ? *options.after : SignalHead(settings);
  if (!after.ok()) return after.status();
  request.set_after_position(*after);
  return request;
}

absl::StatusOr<int> RunWatch(const Invocation& invocation,
                             const WatchOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto request = MakeRequest(*settings, options);
  if (!request.ok()) return request.status();
  const bool lines = settings->format == Format::kTable;
  int64_t printed = 0;
  SignalWatchHooks hooks;
  hooks.on_event = [&](const v1::SignalEvent& event) -> absl::StatusOr<bool> {
    invocation.out() << (lines ? SignalEventLine(event) : ToJsonLine(event))
                     << std::endl;
    if (!invocation.out()) return LocalError("the output cannot be written");
    return ++printed != options.max_events;
  };
  hooks.on_position = [](int64_t, bool) { return true; };
  hooks.report = [&](const std::string& line) { invocation.err() << line; };
  SignalWatcher watcher(*settings, *request, std::move(hooks));
  const InterruptHandler orderly_end(*invocation.environment.interrupt,
                                     [&watcher] { watcher.Stop(); });
  const absl::Status status = watcher.Run();
  if (!status.ok()) return status;
  if (!invocation.environment.interrupt->requested()) return kExitOk;
  invocation.err() << "Go on with --after " << watcher.position() << "\n";
  return kExitInterrupted;
}

}  // namespace

void AddSignalWatchCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command = AddCommand(
      group, "watch", "Follow the signal log, also over lost connections",
      "  journeyctl signals watch --owner anna\n"
      "  journeyctl signals watch --after 4711 --severity critical\n"
      "  journeyctl signals watch --from-start -o ndjson");
  auto options = std::make_shared<WatchOptions>();
  AddSignalFilterOptions(*command, options->filter);
  command
      ->add_option("--after", options->after,
                   "After this position; default: only what is new")
      ->type_name("POSITION");
  command->add_flag("--from-start", options->from_start,
                    "From the start of the signal log");
  AddCountOption(*command, "--max-events", options->max_events,
                 "End after so many");
  OnRun(*command, invocation, options, RunWatch);
}

}  // namespace journey::cli
