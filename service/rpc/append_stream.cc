#include "service/rpc/append_stream.h"

#include <chrono>
#include <utility>

#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/validate.h"
#include "service/rpc/convert.h"
#include "service/rpc/wire.h"

namespace journey::rpc {
namespace {

grpc::ByteBuffer SerializeAnswer(
    int64_t index, const absl::StatusOr<v1::AppendResponse>& outcome) {
  v1::AppendStreamResponse response;
  response.set_batch_index(index);
  if (outcome.ok()) {
    *response.mutable_appended() = *outcome;
  } else {
    *response.mutable_refused() = core::ToRpcStatus(outcome.status());
  }
  return Serialize(response);
}

}  // namespace

AppendStream* AppendStream::Start(const Environment& env) {
  auto stream = std::make_shared<AppendStream>(env);
  stream->self_ = stream;
  const absl::Status admitted = env.streams->Add(stream, /*is_reader=*/false);
  core::MutexLock lock(&stream->mutex_);
  if (admitted.ok()) {
    stream->MaybeRead();
  } else {
    stream->FinishOnce(admitted);
  }
  return stream.get();
}

AppendStream::AppendStream(const Environment& env)
    : env_(env), timer_(env.stats, Method::kAppendStream) {}

void AppendStream::EndForShutdown() {
  core::MutexLock lock(&mutex_);
  draining_ = true;
  Advance();
}

void AppendStream::OnReadDone(bool ok) {
  int64_t index = 0;
  bool draining = false;
  {
    core::MutexLock lock(&mutex_);
    if (!ok) {
      reading_ = false;
      half_closed_ = true;
      return Advance();
    }
    timer_.Received();
    index = first_index_ + static_cast<int64_t>(answers_.size());
    answers_.emplace_back();
    draining = draining_;
  }
  absl::StatusOr<log::Append> append =
      draining ? core::ShuttingDownError() : ParseBatch();
  const absl::Status status = append.status();
  {
    core::MutexLock lock(&mutex_);
    // Only now may `request_` be read into again, and only once the batch is
    // not waiting any more.
    reading_ = false;
    if (append.ok()) waiting_ = *std::move(append);
  }
  if (status.ok()) return Submit(index);
  Complete(index, status);
  core::MutexLock lock(&mutex_);
  MaybeRead();
}

absl::StatusOr<log::Append> AppendStream::ParseBatch() {
  v1::AppendStreamRequest request;
  absl::Status status = Parse(request_, &request);
  if (status.ok()) {
    status = core::ValidateAppend(request.batch(), env_.clock->Now(),
                                  env_.sender_clocks);
  }
  if (!status.ok()) return status;
  return ToAppend(std::move(*request.mutable_batch()));
}

void AppendStream::Submit(int64_t index) {
  log::Append append;
  {
    core::MutexLock lock(&mutex_);
    overloaded_ = false;
    append = *waiting_;
  }
  append.done = [self = shared_from_this(), index](const Outcome& outcome) {
    self->OnBatchDone(index, outcome);
  };
  env_.writer->Submit(std::move(append));
  core::MutexLock lock(&mutex_);
  if (overloaded_) {
    RetryLater(index);
  } else {
    waiting_.reset();
    MaybeRead();
  }
}

void AppendStream::OnBatchDone(int64_t index, const Outcome& outcome) {
  if (core::ReasonOf(outcome.status()) == v1::ERROR_REASON_OVERLOADED) {
    core::MutexLock lock(&mutex_);
    // The queue is full, which this stream waits out.
    overloaded_ = true;
    return;
  }
  Complete(index, outcome);
}

void AppendStream::RetryLater(int64_t index) {
  retry_alarm_ = std::make_unique<grpc::Alarm>();
  retry_alarm_->Set(std::chrono::system_clock::now() +
                        std::chrono::milliseconds(core::kStreamRetryMillis),
                    // Weak, because the stream owns the alarm.
                    [weak = weak_from_this(), index](bool) {
                      if (const auto self = weak.lock()) self->Retry(index);
                    });
}

void AppendStream::Retry(int64_t index) {
  bool draining = false;
  {
    core::MutexLock lock(&mutex_);
    if (finished_) return;
    draining = draining_;
    if (draining) waiting_.reset();
  }
  if (draining) {
    Complete(index, core::ShuttingDownError());
  } else {
    Submit(index);
  }
}

void AppendStream::Complete(int64_t index, const Outcome& outcome) {
  if (!outcome.ok()) env_.stats->CountRefusal(outcome.status());
  grpc::ByteBuffer answer = SerializeAnswer(index, outcome);
  core::MutexLock lock(&mutex_);
  // After an end nobody waits for the answer.
  if (finished_) return;
  answers_[index - first_index_] = std::move(answer);
  Advance();
}

void AppendStream::MaybeRead() {
  if (reading_ || half_closed_ || draining_ || finished_ ||
      waiting_.has_value() ||
      answers_.size() >= size_t{core::kStreamBatchesInFlightMax}) {
    return;
  }
  reading_ = true;
  StartRead(&request_);
}

void AppendStream::Advance() {
  if (writing_ || finished_) return;
  if (answers_.empty()) {
    if (half_closed_) {
      FinishOnce(absl::OkStatus());
    } else if (draining_) {
      FinishOnce(core::ShuttingDownError());
    }
    return;
  }
  if (!answers_.front().has_value()) return;
  response_ = *std::move(answers_.front());
  answers_.pop_front();
  ++first_index_;
  writing_ = true;
  timer_.Sent();
  StartWrite(&response_);
}

void AppendStream::OnWriteDone(bool ok) {
  core::MutexLock lock(&mutex_);
  writing_ = false;
  if (!ok) return FinishOnce(absl::CancelledError("the client is gone"));
  MaybeRead();
  Advance();
}

void AppendStream::OnCancel() {
  core::MutexLock lock(&mutex_);
  FinishOnce(absl::CancelledError("the client is gone"));
}

void AppendStream::FinishOnce(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  timer_.Handled(status);
  Finish(ToGrpc(status));
}

void AppendStream::OnDone() {
  env_.streams->Remove(this);
  const std::shared_ptr<AppendStream> self = std::move(self_);
}

}  // namespace journey::rpc
