#include "service/rpc/follow_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/rpc/wire.h"

namespace journey::rpc {

FollowStream* FollowStream::Start(const Environment& env,
                                  grpc::CallbackServerContext* context,
                                  const absl::Status& checked,
                                  FollowRequest request) {
  auto stream =
      std::make_shared<FollowStream>(env, context, std::move(request));
  stream->self_ = stream;
  absl::Status status = checked;
  if (status.ok()) status = env.streams->Add(stream, /*is_reader=*/true);
  if (status.ok()) {
    stream->Listen();
  } else {
    core::MutexLock lock(&stream->mutex_);
    stream->FinishOnce(status);
  }
  return stream.get();
}

FollowStream::FollowStream(const Environment& env,
                           grpc::CallbackServerContext* context,
                           FollowRequest request)
    : env_(env),
      context_(context),
      log_id_(std::move(request.log_id)),
      messages_(std::move(request.messages)),
      position_(request.after_position),
      timer_(env.stats, request.method),
      reader_(env) {
  timer_.Received();
}

void FollowStream::Listen() {
  env_.subscribers->fetch_add(1);
  listening_ = true;
  // Before the head is looked at, so that no group falls in between.
  listener_ = env_.views->Listen(log_id_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Wake();
  });
  {
    core::MutexLock lock(&mutex_);
    ArmTimer();
  }
  Wake();
}

void FollowStream::Wake() {
  core::MutexLock lock(&mutex_);
  woken_ = true;
  if (phase_ == Phase::kIdle) Continue();
}

void FollowStream::ArmTimer() {
  auto wait = env_.heartbeat_interval - reader_.silence();
  if (wait <= std::chrono::nanoseconds::zero()) wait = env_.heartbeat_interval;
  // Weak, because the stream owns the alarm.
  reader_.Arm(wait, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->OnTimer();
  });
}

void FollowStream::OnTimer() {
  core::MutexLock lock(&mutex_);
  if (phase_ == Phase::kFinished) return;
  const ReaderWatch::Verdict verdict = reader_.Look();
  if (verdict == ReaderWatch::Verdict::kGiveUp) {
    GiveUp();
  } else if (verdict == ReaderWatch::Verdict::kCutOff) {
    context_->TryCancel();
  } else if (phase_ != Phase::kWriting &&
             reader_.silence() >= env_.heartbeat_interval) {
    heartbeat_due_ = true;
    if (phase_ == Phase::kIdle) Continue();
  }
  ArmTimer();
}

void FollowStream::StartWork() {
  phase_ = Phase::kWorking;
  woken_ = false;
  env_.stream_pool->Submit([self = shared_from_this()] { self->Work(); });
}

void FollowStream::Work() {
  auto message = NextMessage();
  core::MutexLock lock(&mutex_);
  if (phase_ == Phase::kFinished) return;
  if (!message.ok()) return FinishOnce(message.status());
  if (!message->has_value()) return Continue();
  Send(**std::move(message));
}

absl::StatusOr<std::optional<grpc::ByteBuffer>> FollowStream::NextMessage() {
  const auto log = env_.views->Head(log_id_);
  if (!log.ok()) return log.status();
  const int64_t head = log->head_position;
  absl::Status status = CheckStart(head);
  if (!status.ok()) return status;
  started_ = true;
  auto events = NextEvents(head);
  if (!events.ok() || events->has_value()) return events;
  if (position_ >= head && !caught_up_) {
    caught_up_ = true;
    return messages_->CaughtUp(position_);
  }
  core::MutexLock lock(&mutex_);
  if (heartbeat_due_) return messages_->Heartbeat(position_);
  // The filter hid all that was looked at; there is more.
  if (position_ < head) woken_ = true;
  return std::nullopt;
}

absl::StatusOr<std::optional<grpc::ByteBuffer>> FollowStream::NextEvents(
    int64_t head) {
  messages_->Begin();
  bool has_room = true;
  for (int pages = 0; pages < core::kReadPagesPerTask && has_room; ++pages) {
    if (cursor_ == page_.size()) {
      if (position_ >= head) break;
      absl::Status status = ReadPage(head);
      if (!status.ok()) return status;
    }
    has_room = messages_->Fill(page_, &cursor_);
    if (cursor_ > 0) position_ = page_[cursor_ - 1].position;
    // What comes next may be long in coming.
    if (cursor_ == page_.size()) DropPage();
  }
  return messages_->Finish();
}

absl::Status FollowStream::CheckStart(int64_t head) const {
  core::Violations violations;
  if (!started_ && position_ > head) {
    violations.Add("after_position",
                   absl::StrCat("is ", position_,
                                ", beyond the head of the log at ", head));
  }
  return violations.ToStatus();
}

absl::Status FollowStream::ReadPage(int64_t head) {
  const int64_t count =
      std::min<int64_t>(head - position_, core::kReadMessageEventsMax);
  auto page = env_.log->ReadRange(log_id_, position_ + 1,
                                  /*backwards=*/false, static_cast<int>(count),
                                  core::kReadMessageBytesMax);
  if (!page.ok()) return page.status();
  if (page->empty()) {
    return core::DamagedError("the log ends before its head");
  }
  page_ = *std::move(page);
  cursor_ = 0;
  return absl::OkStatus();
}

void FollowStream::DropPage() {
  page_ = std::vector<log::LogEvent>();
  cursor_ = 0;
}

void FollowStream::Continue() {
  if (draining_) {
    SendLastPosition();
  } else if (woken_ || heartbeat_due_) {
    StartWork();
  } else {
    phase_ = Phase::kIdle;
  }
}

void FollowStream::Send(grpc::ByteBuffer message) {
  phase_ = Phase::kWriting;
  heartbeat_due_ = false;
  reader_.Sent();
  timer_.Sent();
  response_ = std::move(message);
  StartWrite(&response_);
}

void FollowStream::SendLastPosition() {
  const absl::Status status = core::ShuttingDownError();
  // Before the start the position is only what the client said.
  if (!started_) return FinishOnce(status);
  response_ = messages_->Heartbeat(position_);
  phase_ = Phase::kFinished;
  timer_.Sent();
  timer_.Handled(status);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), ToGrpc(status));
}

void FollowStream::GiveUp() {
  timer_.Handled(core::SlowReaderError(position_));
  DropPage();
}

void FollowStream::OnWriteDone(bool ok) {
  core::MutexLock lock(&mutex_);
  if (phase_ == Phase::kFinished) return;
  response_.Clear();
  if (reader_.gave_up()) return FinishOnce(core::SlowReaderError(position_));
  reader_.Taken();
  if (!ok) return FinishOnce(absl::CancelledError("the client is gone"));
  woken_ = true;
  Continue();
}

void FollowStream::EndForShutdown() {
  core::MutexLock lock(&mutex_);
  draining_ = true;
  if (phase_ == Phase::kIdle) Continue();
}

void FollowStream::OnCancel() {
  core::MutexLock lock(&mutex_);
  FinishOnce(absl::CancelledError("the client is gone"));
}

void FollowStream::FinishOnce(const absl::Status& status) {
  if (phase_ == Phase::kFinished) return;
  // The outcome of a call that was given up is known already.
  if (!reader_.gave_up()) timer_.Handled(status);
  phase_ = Phase::kFinished;
  Finish(ToGrpc(status));
}

void FollowStream::OnDone() {
  if (listening_) {
    // Without the lock, which a listener that is being called may hold.
    env_.views->Unlisten(listener_);
    env_.subscribers->fetch_sub(1);
  }
  env_.streams->Remove(this);
  const std::shared_ptr<FollowStream> self = std::move(self_);
}

}  // namespace journey::rpc
