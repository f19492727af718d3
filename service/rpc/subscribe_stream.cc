#include "service/rpc/subscribe_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/validate.h"
#include "service/rpc/convert.h"
#include "service/rpc/wire.h"

namespace journey::rpc {

using std::chrono::steady_clock;

SubscribeStream* SubscribeStream::Start(const Environment& env,
                                        const grpc::ByteBuffer* bytes) {
  v1::SubscribeRequest request;
  absl::Status status = Parse(*bytes, &request);
  if (status.ok()) status = core::ValidateSubscribe(request);
  auto stream = std::make_shared<SubscribeStream>(env, request);
  stream->self_ = stream;
  if (status.ok()) status = env.streams->Add(stream, /*is_reader=*/true);
  if (status.ok()) {
    stream->Listen();
  } else {
    core::MutexLock lock(&stream->mutex_);
    stream->FinishOnce(status);
  }
  return stream.get();
}

SubscribeStream::SubscribeStream(const Environment& env,
                                 const v1::SubscribeRequest& request)
    : env_(env),
      tenant_id_(request.tenant_id()),
      filter_(request.filter()),
      position_(request.after_position()),
      timer_(env.stats, Method::kSubscribe),
      last_sent_(steady_clock::now()) {
  timer_.Received();
}

void SubscribeStream::Listen() {
  env_.subscribers->fetch_add(1);
  listening_ = true;
  // Before the head is looked at, so that no group falls in between.
  listener_ = env_.views->Listen(tenant_id_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Wake();
  });
  {
    core::MutexLock lock(&mutex_);
    ArmHeartbeat();
  }
  Wake();
}

void SubscribeStream::Wake() {
  core::MutexLock lock(&mutex_);
  woken_ = true;
  if (phase_ == Phase::kIdle) Continue();
}

void SubscribeStream::ArmHeartbeat() {
  const auto now = steady_clock::now();
  auto due = last_sent_ + env_.heartbeat_interval;
  if (due <= now) due = now + env_.heartbeat_interval;
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(
      std::chrono::system_clock::now() +
          std::chrono::duration_cast<std::chrono::microseconds>(due - now),
      // Weak, because the stream owns the alarm.
      [weak = weak_from_this()](bool ok) {
        const auto self = weak.lock();
        if (ok && self != nullptr) self->OnHeartbeatDue();
      });
}

void SubscribeStream::OnHeartbeatDue() {
  core::MutexLock lock(&mutex_);
  if (phase_ == Phase::kFinished) return;
  if (phase_ != Phase::kWriting &&
      steady_clock::now() - last_sent_ >= env_.heartbeat_interval) {
    heartbeat_due_ = true;
    if (phase_ == Phase::kIdle) Continue();
  }
  ArmHeartbeat();
}

void SubscribeStream::StartWork() {
  phase_ = Phase::kWorking;
  woken_ = false;
  env_.stream_pool->Submit([self = shared_from_this()] { self->Work(); });
}

void SubscribeStream::Work() {
  v1::SubscribeResponse message;
  const absl::Status status = NextMessage(&message);
  core::MutexLock lock(&mutex_);
  if (phase_ == Phase::kFinished) return;
  if (!status.ok()) return FinishOnce(status);
  if (message.message_case() == v1::SubscribeResponse::MESSAGE_NOT_SET) {
    return Continue();
  }
  Send(message);
}

absl::Status SubscribeStream::NextMessage(v1::SubscribeResponse* message) {
  const auto tenant = env_.views->Head(tenant_id_);
  if (!tenant.ok()) return tenant.status();
  const int64_t head = tenant->head_position;
  absl::Status status = CheckStart(head);
  if (!status.ok()) return status;
  started_ = true;
  v1::EventBatch batch;
  MessageFiller filler(batch.mutable_events(), core::kReadMessageEventsMax);
  for (int pages = 0; pages < core::kReadPagesPerTask && !filler.full();
       ++pages) {
    if (cursor_ == page_.size()) {
      if (position_ >= head) break;
      status = ReadPage(head);
      if (!status.ok()) return status;
    }
    filler.Fill(page_, filter_, &cursor_);
    if (cursor_ > 0) position_ = page_[cursor_ - 1].position;
    if (cursor_ == page_.size()) {
      // What comes next may be long in coming.
      page_ = std::vector<log::LogEvent>();
      cursor_ = 0;
    }
  }
  if (!batch.events().empty()) {
    *message->mutable_events() = std::move(batch);
    return absl::OkStatus();
  }
  if (position_ >= head && !caught_up_) {
    caught_up_ = true;
    message->mutable_caught_up()->set_position(position_);
    return absl::OkStatus();
  }
  core::MutexLock lock(&mutex_);
  if (heartbeat_due_) message->mutable_heartbeat()->set_position(position_);
  // The filter hid all that was looked at; there is more.
  if (position_ < head) woken_ = true;
  return absl::OkStatus();
}

absl::Status SubscribeStream::CheckStart(int64_t head) const {
  core::Violations violations;
  if (!started_ && position_ > head) {
    violations.Add("after_position",
                   absl::StrCat("is ", position_,
                                ", beyond the head of the log at ", head));
  }
  return violations.ToStatus();
}

absl::Status SubscribeStream::ReadPage(int64_t head) {
  const int64_t count =
      std::min<int64_t>(head - position_, core::kReadMessageEventsMax);
  auto page = env_.log->ReadRange(tenant_id_, position_ + 1,
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

void SubscribeStream::Continue() {
  if (draining_) {
    SendLastPosition();
  } else if (woken_ || heartbeat_due_) {
    StartWork();
  } else {
    phase_ = Phase::kIdle;
  }
}

void SubscribeStream::Send(const v1::SubscribeResponse& message) {
  phase_ = Phase::kWriting;
  heartbeat_due_ = false;
  last_sent_ = steady_clock::now();
  timer_.Sent();
  response_ = Serialize(message);
  StartWrite(&response_);
}

void SubscribeStream::SendLastPosition() {
  const absl::Status status = core::ShuttingDownError();
  // Before the start the position is only what the client said.
  if (!started_) return FinishOnce(status);
  v1::SubscribeResponse message;
  message.mutable_heartbeat()->set_position(position_);
  response_ = Serialize(message);
  phase_ = Phase::kFinished;
  timer_.Sent();
  timer_.Handled(status);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), ToGrpc(status));
}

void SubscribeStream::OnWriteDone(bool ok) {
  core::MutexLock lock(&mutex_);
  if (phase_ == Phase::kFinished) return;
  response_.Clear();
  if (!ok) return FinishOnce(absl::CancelledError("the client is gone"));
  woken_ = true;
  Continue();
}

void SubscribeStream::EndForShutdown() {
  core::MutexLock lock(&mutex_);
  draining_ = true;
  if (phase_ == Phase::kIdle) Continue();
}

void SubscribeStream::OnCancel() {
  core::MutexLock lock(&mutex_);
  FinishOnce(absl::CancelledError("the client is gone"));
}

void SubscribeStream::FinishOnce(const absl::Status& status) {
  if (phase_ == Phase::kFinished) return;
  phase_ = Phase::kFinished;
  timer_.Handled(status);
  Finish(ToGrpc(status));
}

void SubscribeStream::OnDone() {
  if (listening_) {
    // Without the lock, which a listener that is being called may hold.
    env_.views->Unlisten(listener_);
    env_.subscribers->fetch_sub(1);
  }
  env_.streams->Remove(this);
  const std::shared_ptr<SubscribeStream> self = std::move(self_);
}

}  // namespace journey::rpc
