#include "service/rpc/read_stream.h"

#include <limits>
#include <utility>

#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/validate.h"
#include "service/rpc/convert.h"
#include "service/rpc/message_filler.h"
#include "service/rpc/wire.h"

namespace journey::rpc {

ReadStream* ReadStream::Start(const Environment& env,
                              grpc::CallbackServerContext* context,
                              const grpc::ByteBuffer* bytes) {
  v1::ReadRequest request;
  absl::Status status = Parse(*bytes, &request);
  if (status.ok()) status = core::ValidateRead(request);
  auto stream = std::make_shared<ReadStream>(env, context, request);
  stream->self_ = stream;
  if (status.ok()) status = env.streams->Add(stream, /*is_reader=*/true);
  if (status.ok()) {
    core::MutexLock lock(&stream->mutex_);
    stream->ArmTimer();
  }
  if (status.ok()) {
    stream->Schedule(&ReadStream::Open);
  } else {
    stream->End(status);
  }
  return stream.get();
}

ReadStream::ReadStream(const Environment& env,
                       grpc::CallbackServerContext* context,
                       const v1::ReadRequest& request)
    : env_(env),
      context_(context),
      filter_(request.filter()),
      pager_(env.log, env.views, request),
      events_left_(request.max_events() == 0
                       ? std::numeric_limits<int64_t>::max()
                       : request.max_events()),
      timer_(env.stats, Method::kRead),
      reader_(env) {
  timer_.Received();
}

void ReadStream::Schedule(absl::Status (ReadStream::*step)()) {
  if (finished()) return;
  env_.stream_pool->Submit([self = shared_from_this(), step] {
    // The call may have ended while the task waited.
    if (self->finished()) return;
    const absl::Status status = (self.get()->*step)();
    if (!status.ok()) self->End(status);
  });
}

absl::Status ReadStream::Open() {
  const absl::Status status = pager_.Open();
  return status.ok() ? Produce() : status;
}

absl::Status ReadStream::Produce() {
  v1::ReadResponse response;
  bool at_end = events_left_ == 0;
  MessageFiller<v1::Event> filler(response.mutable_events(), events_left_);
  for (int pages = 0; !at_end && !filler.full(); ++pages) {
    if (cursor_ == page_.size()) {
      if (pages >= core::kReadPagesPerTask) break;
      auto page = pager_.Next();
      if (!page.ok()) return page.status();
      page_ = *std::move(page);
      cursor_ = 0;
      at_end = page_.empty();
    }
    filler.Fill(
        page_,
        [this](const log::LogEvent& event) { return filter_.Matches(event); },
        &ToEvent, &cursor_);
  }
  events_left_ -= response.events_size();
  if (!response.events().empty()) {
    last_position_ = response.events().rbegin()->position();
    Send(response);
  } else if (at_end) {
    End(absl::OkStatus());
  } else {
    // Others have their turn while the filter hides so much.
    Schedule(&ReadStream::Produce);
  }
  return absl::OkStatus();
}

void ReadStream::Send(const v1::ReadResponse& response) {
  response_ = Serialize(response);
  core::MutexLock lock(&mutex_);
  if (finished_) return;
  timer_.Sent();
  reader_.Sent();
  StartWrite(&response_);
}

void ReadStream::ArmTimer() {
  // Weak, because the stream owns the alarm.
  reader_.Arm(env_.slow_reader_timeout, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->OnTimer();
  });
}

void ReadStream::OnTimer() {
  core::MutexLock lock(&mutex_);
  if (finished_) return;
  const ReaderWatch::Verdict verdict = reader_.Look();
  if (verdict == ReaderWatch::Verdict::kGiveUp) GiveUp();
  if (verdict == ReaderWatch::Verdict::kCutOff) context_->TryCancel();
  ArmTimer();
}

void ReadStream::GiveUp() {
  timer_.Handled(core::SlowReaderError(last_position_));
  page_ = std::vector<log::LogEvent>();
  cursor_ = 0;
}

void ReadStream::OnWriteDone(bool ok) {
  {
    core::MutexLock lock(&mutex_);
    if (reader_.gave_up()) {
      return FinishOnce(core::SlowReaderError(last_position_));
    }
    reader_.Taken();
  }
  if (ok) {
    Schedule(&ReadStream::Produce);
  } else {
    End(absl::CancelledError("the client is gone"));
  }
}

void ReadStream::OnCancel() { End(absl::CancelledError("the client is gone")); }

void ReadStream::EndForShutdown() { End(core::ShuttingDownError()); }

void ReadStream::End(const absl::Status& status) {
  core::MutexLock lock(&mutex_);
  FinishOnce(status);
}

void ReadStream::FinishOnce(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  // The outcome of a call that was given up is known already.
  if (!reader_.gave_up()) timer_.Handled(status);
  Finish(ToGrpc(status));
}

bool ReadStream::finished() {
  core::MutexLock lock(&mutex_);
  return finished_;
}

void ReadStream::OnDone() {
  env_.streams->Remove(this);
  const std::shared_ptr<ReadStream> self = std::move(self_);
}

}  // namespace journey::rpc
