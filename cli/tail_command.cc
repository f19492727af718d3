// `journeyctl tail`.
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/event_printer.h"
#include "cli/exit_codes.h"
#include "cli/locked_file.h"
#include "cli/options.h"
#include "cli/reconnect.h"

namespace journey::cli {
namespace {

struct TailOptions {
  std::optional<int64_t> after;
  std::vector<std::string> kinds;
  std::vector<std::string> sources;
  std::string checkpoint;
  int64_t max_events = 0;
};

// The position that a checkpoint keeps: "TENANT POSITION" on one line.
absl::StatusOr<int64_t> PositionIn(const std::string& content,
                                   const std::string& path,
                                   const std::string& tenant) {
  absl::string_view line = content;
  const bool whole = absl::ConsumeSuffix(&line, "\n");
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  int64_t position = -1;
  if (!whole || words.size() != 2 || !absl::SimpleAtoi(words[1], &position) ||
      position < 0) {
    return UsageError(absl::StrCat(
        path,
        ": is no checkpoint of tail; name another file, or delete this one to "
        "begin anew"));
  }
  absl::Status status = CheckOwner(path, words[0], tenant);
  if (!status.ok()) return status;
  return position;
}

// Where to begin without --after and checkpoint: at the end, like tail(1).
absl::StatusOr<int64_t> HeadPosition(const Settings& settings) {
  v1::GetStatusRequest request;
  request.set_tenant_id(settings.tenant);
  const auto response = Call<v1::AdminService>(
      settings, &v1::AdminService::StubInterface::GetStatus, request);
  if (!response.ok()) return response.status();
  return response->tenant().head_position();
}

absl::StatusOr<int64_t> StartPosition(const Settings& settings,
                                      const TailOptions& options,
                                      const LockedFile* checkpoint) {
  if (checkpoint == nullptr) {
    if (options.after.has_value()) return *options.after;
    return HeadPosition(settings);
  }
  const std::optional<std::string>& content = checkpoint->content();
  // A consumer that starts for the first time must not miss anything.
  if (!content.has_value()) return options.after.value_or(0);
  if (options.after.has_value()) {
    return UsageError(absl::StrCat(
        "--after: ", checkpoint->path(),
        " says where to go on; leave out --after to go on from it, or delete "
        "the file to begin anew"));
  }
  return PositionIn(*content, checkpoint->path(), settings.tenant);
}

// Follows the log over as many calls as it takes.
class Follower {
 public:
  Follower(const Invocation& invocation, const Settings& settings,
           const TailOptions& options, v1::SubscribeRequest request)
      : invocation_(invocation),
        settings_(settings),
        options_(options),
        request_(std::move(request)),
        stub_(v1::TouchpointService::NewStub(OpenChannel(settings))),
        printer_(invocation.out(), settings.format == Format::kTable
                                       ? Format::kTable
                                       : Format::kNdjson) {}

  absl::StatusOr<int> Run() {
    for (;;) {
      const int64_t before = request_.after_position();
      const absl::Status ended = FollowOnce();
      if (enough()) return kExitOk;
      const Interrupt& interrupt = *invocation_.environment.interrupt;
      if (interrupt.requested()) return kExitInterrupted;
      const int64_t position = request_.after_position();
      const auto delay = reconnect_.DelayAfter(ended, position > before);
      if (!delay.ok()) return delay.status();
      invocation_.err() << DescribeLoss(ended, position);
      if (!interrupt.Sleep(*delay)) return kExitInterrupted;
    }
  }

 private:
  [[nodiscard]] bool enough() const {
    return options_.max_events > 0 && printed_ >= options_.max_events;
  }

  absl::Status FollowOnce() {
    grpc::ClientContext context;
    const InterruptHandler orderly_end(*invocation_.environment.interrupt,
                                       [&context] { context.TryCancel(); });
    const auto stream = stub_->Subscribe(&context, request_);
    v1::SubscribeResponse response;
    while (!enough() && stream->Read(&response)) {
      reconnect_.Heard();
      absl::Status status = Take(response);
      if (!status.ok()) {
        context.TryCancel();
        (void)stream->Finish();
        return status;
      }
    }
    if (enough()) context.TryCancel();
    return FromGrpc(stream->Finish());
  }

  absl::Status Take(const v1::SubscribeResponse& response) {
    int64_t position = request_.after_position();
    if (response.has_caught_up()) position = response.caught_up().position();
    if (response.has_heartbeat()) position = response.heartbeat().position();
    for (const v1::Event& event : response.events().events()) {
      if (enough()) break;
      printer_.Print(event);
      ++printed_;
      position = event.position();
    }
    // The checkpoint must never be ahead of what the reader has seen.
    invocation_.out().flush();
    if (!invocation_.out()) return LocalError("the output cannot be written");
    if (position == request_.after_position()) return absl::OkStatus();
    request_.set_after_position(position);
    if (options_.checkpoint.empty()) return absl::OkStatus();
    return ReplaceFile(options_.checkpoint,
                       absl::StrCat(settings_.tenant, " ", position, "\n"));
  }

  const Invocation& invocation_;
  const Settings& settings_;
  const TailOptions& options_;
  v1::SubscribeRequest request_;
  std::unique_ptr<v1::TouchpointService::StubInterface> stub_;
  EventPrinter printer_;
  Reconnect reconnect_;
  int64_t printed_ = 0;
};

absl::StatusOr<int> RunTail(const Invocation& invocation,
                            const TailOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::SubscribeRequest request;
  request.set_tenant_id(settings->tenant);
  absl::Status status =
      AddKinds(options.kinds, *request.mutable_filter()->mutable_kinds());
  if (!status.ok()) return status;
  for (const std::string& source : options.sources) {
    request.mutable_filter()->add_sources(source);
  }
  // Held to the end, so that no other command uses the same checkpoint.
  std::optional<LockedFile> checkpoint;
  if (!options.checkpoint.empty()) {
    auto file = LockedFile::Open(options.checkpoint);
    if (!file.ok()) return file.status();
    checkpoint.emplace(*std::move(file));
  }
  const auto after = StartPosition(
      *settings, options, checkpoint.has_value() ? &*checkpoint : nullptr);
  if (!after.ok()) return after.status();
  request.set_after_position(*after);
  return Follower(invocation, *settings, options, std::move(request)).Run();
}

}  // namespace

void AddTailCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command = AddCommand(
      root, "tail", "Follow the log, also over lost connections",
      "  journeyctl tail\n"
      "  journeyctl tail --after 0 --kind deal,offer -o ndjson\n"
      "  journeyctl tail --checkpoint crm.position -o ndjson | ./consumer");
  auto options = std::make_shared<TailOptions>();
  command
      ->add_option("--after", options->after,
                   "After this position; default: only what is new")
      ->type_name("POSITION");
  AddKindsOption(*command, options->kinds);
  command->add_option("--source", options->sources, "Only of these sources")
      ->delimiter(',')
      ->type_name("SOURCE");
  command
      ->add_option("--checkpoint", options->checkpoint,
                   "Keeps the position, to go on from there")
      ->type_name("FILE");
  AddCountOption(*command, "--max-events", options->max_events,
                 "End after so many");
  OnRun(*command, invocation, options, RunTail);
}

}  // namespace journey::cli
