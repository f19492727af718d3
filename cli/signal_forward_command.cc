// `journeyctl signals forward`.
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/client.h"
#include "cli/delivery/checkpoint_file.h"
#include "cli/delivery/cloud_event.h"
#include "cli/delivery/dead_letters.h"
#include "cli/delivery/delivery.h"
#include "cli/delivery/signature.h"
#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/signal_commands.h"
#include "cli/signal_options.h"
#include "cli/signal_watcher.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

struct ForwardOptions {
  SignalFilterOptions filter;
  std::string url;
  std::string checkpoint;
  std::string dead_letters;
  std::string secret_file;
  std::string retry_for = "24h";
  std::string retry_delay = "1s";
  int parallel = 8;
  bool from_now = false;
  bool once = false;
};

constexpr int kParallelMax = 64;

absl::StatusOr<absl::Duration> ParseTime(absl::string_view flag,
                                         const std::string& text) {
  auto time = ParseTimeout(text);
  if (time.ok()) return time;
  return UsageError(absl::StrCat(flag, ": ", time.status().message()));
}

absl::StatusOr<DeliveryOptions> DeliveryOptionsOf(
    const Invocation& invocation, const Settings& settings,
    const ForwardOptions& options) {
  DeliveryOptions delivery;
  absl::Status status = CheckUrl(options.url);
  if (!status.ok()) return status;
  delivery.url = options.url;
  delivery.timeout = settings.timeout;
  if (options.parallel > kParallelMax) {
    return UsageError(absl::StrCat("--parallel: at most ", kParallelMax));
  }
  delivery.parallel = options.parallel;
  const auto retry_for = ParseTime("--retry-for", options.retry_for);
  if (!retry_for.ok()) return retry_for.status();
  delivery.retry.retry_for = *retry_for;
  const auto retry_delay = ParseTime("--retry-delay", options.retry_delay);
  if (!retry_delay.ok()) return retry_delay.status();
  delivery.retry.delay_first = *retry_delay;
  if (!options.secret_file.empty()) {
    auto secret = LoadSecret(options.secret_file);
    if (!secret.ok()) return secret.status();
    delivery.secret = *std::move(secret);
  }
  delivery.now_micros = invocation.environment.now_micros;
  return delivery;
}

// Where the checkpoint says, or at the start, or after what there is.
absl::StatusOr<DeliveryProgress> StartOf(const Settings& settings,
                                         const ForwardOptions& options,
                                         const CheckpointFile& checkpoint) {
  if (checkpoint.loaded().has_value()) return *checkpoint.loaded();
  DeliveryProgress progress;
  if (options.from_now) {
    const auto head = SignalHead(settings);
    if (!head.ok()) return head.status();
    progress.seen = *head;
  }
  // What comes after the head that was read now is never lost, even if this
  // run ends before the first delivery.
  absl::Status status = checkpoint.Save(progress);
  if (!status.ok()) return status;
  return progress;
}

// The error stream, shared by the threads of the watch and of the deliveries.
class Console {
 public:
  explicit Console(const Environment& environment)
      : err_(*environment.err), progress_(environment, "delivered", 0) {}

  void Say(const std::string& line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    progress_.Clear();
    err_ << line << std::flush;
  }
  void Show(int64_t delivered) {
    const std::lock_guard<std::mutex> lock(mutex_);
    progress_.Update(delivered);
  }

 private:
  std::mutex mutex_;
  std::ostream& err_;
  Progress progress_;
};

// Reads events and hands them to the deliveries, until Ctrl-C, an error or,
// with --once, the end of the log.
class Forwarder {
 public:
  // `delivery_options` lack what concerns this run.
  Forwarder(const Invocation& invocation, const Settings& settings,
            const ForwardOptions& options, v1::WatchSignalsRequest request,
            DeliveryOptions delivery_options, const DeliveryProgress& start,
            const CheckpointFile& checkpoint, const DeadLetterFile& letters)
      : interrupt_(*invocation.environment.interrupt),
        tenant_(settings.tenant),
        once_(options.once),
        console_(invocation.environment),
        watcher_(settings, std::move(request), WatchHooks()),
        delivery_(Connected(std::move(delivery_options)), start, checkpoint,
                  letters) {}

  absl::StatusOr<int> Run() {
    const InterruptHandler orderly_end(interrupt_, [this] {
      watcher_.Stop();
      delivery_.Stop();
    });
    const absl::Status watched = watcher_.Run();
    if (watched.ok() && once_) (void)delivery_.Drain();
    const absl::Status failure = delivery_.Finish();
    const DeliveryTotals totals = delivery_.totals();
    console_.Say(absl::StrCat(FormatCount(totals.delivered), " delivered, ",
                              FormatCount(totals.dead_letters),
                              " dead letters, ", FormatCount(totals.open),
                              " left for the next run\n"));
    if (!failure.ok()) return failure;
    if (!watched.ok()) return watched;
    if (interrupt_.requested()) return kExitInterrupted;
    return totals.dead_letters > 0 ? kExitRefused : kExitOk;
  }

 private:
  SignalWatchHooks WatchHooks() {
    SignalWatchHooks hooks;
    hooks.on_event = [this](const v1::SignalEvent& event) {
      return delivery_.Add({event.position(), event.signal().signal_id(),
                            CloudEventJson(tenant_, event)});
    };
    hooks.on_position = [this](int64_t position, bool caught_up) {
      delivery_.Skip(position);
      return !(caught_up && once_);
    };
    hooks.report = [this](const std::string& line) { console_.Say(line); };
    return hooks;
  }

  DeliveryOptions Connected(DeliveryOptions options) {
    options.report = [this](const std::string& line) { console_.Say(line); };
    options.on_progress = [this](int64_t done) { console_.Show(done); };
    options.on_failure = [this] { watcher_.Stop(); };
    return options;
  }

  Interrupt& interrupt_;
  const std::string tenant_;
  const bool once_;
  Console console_;
  SignalWatcher watcher_;
  // Its threads use what stands above.
  Delivery delivery_;
};

absl::StatusOr<int> RunForward(const Invocation& invocation,
                               const ForwardOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  auto delivery = DeliveryOptionsOf(invocation, *settings, options);
  if (!delivery.ok()) return delivery.status();
  const auto filter = SignalFilterOf(options.filter);
  if (!filter.ok()) return filter.status();
  const auto checkpoint =
      CheckpointFile::Open(options.checkpoint, settings->tenant);
  if (!checkpoint.ok()) return checkpoint.status();
  const auto letters = DeadLetterFile::Open(
      options.dead_letters.empty() ? options.checkpoint + ".dead.ndjson"
                                   : options.dead_letters);
  if (!letters.ok()) return letters.status();
  const auto start = StartOf(*settings, options, *checkpoint);
  if (!start.ok()) return start.status();
  if (delivery->secret.empty()) {
    invocation.err() << "Nothing is signed without --secret-file.\n";
  }
  v1::WatchSignalsRequest request;
  request.set_tenant_id(settings->tenant);
  request.set_after_position(start->resume_after());
  *request.mutable_filter() = *filter;
  request.set_include_historical(options.filter.include_historical);
  return Forwarder(invocation, *settings, options, std::move(request),
                   *std::move(delivery), *start, *checkpoint, *letters)
      .Run();
}

void AddDeliveryOptions(CLI::App& command, ForwardOptions& options) {
  command.add_option("--url", options.url, "Where to, http:// or https://")
      ->required()
      ->type_name("URL");
  command
      .add_option("--checkpoint", options.checkpoint,
                  "Keeps what is done, to go on from there")
      ->required()
      ->type_name("FILE");
  command
      .add_option("--dead-letters", options.dead_letters,
                  "What was given up; default: CHECKPOINT.dead.ndjson")
      ->type_name("FILE");
  command
      .add_option("--secret-file", options.secret_file,
                  "Its content signs what is sent")
      ->type_name("FILE");
  command
      .add_option("--retry-for", options.retry_for,
                  "Try again for so long, at most 24h")
      ->type_name("TIME")
      ->capture_default_str();
  command
      .add_option("--retry-delay", options.retry_delay,
                  "Before the second attempt; then longer, up to 1m")
      ->type_name("TIME")
      ->capture_default_str();
  AddCountOption(command, "--parallel", options.parallel,
                 "So many signals at the same time, up to 64")
      ->capture_default_str();
}

}  // namespace

void AddSignalForwardCommand(CLI::App& group, Invocation& invocation) {
  CLI::App* command = AddCommand(
      group, "forward", "Deliver signals as CloudEvents over HTTP",
      "  journeyctl signals forward --url https://crm.example/signals \\\n"
      "    --checkpoint crm.position --secret-file crm.secret\n"
      "  journeyctl signals forward --url http://127.0.0.1:8080/ \\\n"
      "    --checkpoint crm.position --once --retry-for 5m\n"
      "Each event at least once, those of one signal in order. --timeout is "
      "for\none attempt. docs/DELIVERY.md says what a receiver has to do.");
  auto options = std::make_shared<ForwardOptions>();
  AddDeliveryOptions(*command, *options);
  AddSignalFilterOptions(*command, options->filter);
  command->add_flag("--from-now", options->from_now,
                    "Without a checkpoint yet: only what is new");
  command->add_flag("--once", options->once,
                    "End when everything there is was delivered");
  OnRun(*command, invocation, options, RunForward);
}

}  // namespace journey::cli
