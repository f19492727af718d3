#include "cli/signal_watcher.h"

#include <utility>

#include "cli/client.h"

namespace journey::cli {

SignalWatcher::SignalWatcher(const Settings& settings,
                             v1::WatchSignalsRequest request,
                             SignalWatchHooks hooks)
    : stub_(v1::SignalService::NewStub(OpenChannel(settings))),
      request_(std::move(request)),
      hooks_(std::move(hooks)) {}

absl::Status SignalWatcher::Run() {
  for (;;) {
    const int64_t before = position();
    const absl::Status ended = WatchOnce();
    if (!failure_.ok()) return failure_;
    if (satisfied_ || !WaitFor(absl::ZeroDuration())) return absl::OkStatus();
    const auto delay = reconnect_.DelayAfter(ended, position() > before);
    if (!delay.ok()) return delay.status();
    hooks_.report(DescribeLoss(ended, position()));
    if (!WaitFor(*delay)) return absl::OkStatus();
  }
}

void SignalWatcher::Stop() {
  const std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  if (current_ != nullptr) current_->TryCancel();
  stopping_.notify_all();
}

absl::Status SignalWatcher::WatchOnce() {
  grpc::ClientContext context;
  if (!SetCurrent(&context)) return absl::OkStatus();
  const auto stream = stub_->WatchSignals(&context, request_);
  v1::WatchSignalsResponse response;
  while (stream->Read(&response)) {
    reconnect_.Heard();
    if (!Take(response)) {
      context.TryCancel();
      break;
    }
  }
  const grpc::Status status = stream->Finish();
  (void)SetCurrent(nullptr);
  return FromGrpc(status);
}

bool SignalWatcher::Take(const v1::WatchSignalsResponse& response) {
  switch (response.message_case()) {
    case v1::WatchSignalsResponse::kCaughtUpPosition:
      return TakePosition(response.caught_up_position(), true);
    case v1::WatchSignalsResponse::kHeartbeatPosition:
      return TakePosition(response.heartbeat_position(), false);
    default:
      break;
  }
  for (const v1::SignalEvent& event : response.events().events()) {
    const auto more = hooks_.on_event(event);
    if (more.ok()) request_.set_after_position(event.position());
    if (!Obey(more)) return false;
  }
  return true;
}

bool SignalWatcher::TakePosition(int64_t position, bool caught_up) {
  const auto more = hooks_.on_position(position, caught_up);
  if (more.ok()) request_.set_after_position(position);
  return Obey(more);
}

bool SignalWatcher::Obey(const absl::StatusOr<bool>& more) {
  if (!more.ok()) failure_ = more.status();
  satisfied_ = more.ok() && !*more;
  return more.ok() && *more;
}

bool SignalWatcher::SetCurrent(grpc::ClientContext* context) {
  const std::lock_guard<std::mutex> lock(mutex_);
  current_ = stopped_ ? nullptr : context;
  return !stopped_;
}

bool SignalWatcher::WaitFor(absl::Duration length) {
  std::unique_lock<std::mutex> lock(mutex_);
  stopping_.wait_for(lock, absl::ToChronoMicroseconds(length),
                     [this] { return stopped_; });
  return !stopped_;
}

}  // namespace journey::cli
