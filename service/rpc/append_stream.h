// AppendStream: many batches over one call.
#ifndef SERVICE_RPC_APPEND_STREAM_H_
#define SERVICE_RPC_APPEND_STREAM_H_

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/core/sync.h"
#include "service/rpc/call_timer.h"
#include "service/rpc/environment.h"

namespace journey::rpc {

// The reactor of one AppendStream. Batches are submitted in the order in
// which they come and answered in that order. It stops reading while
// kStreamBatchesInFlightMax batches are under way or the writer's queue is
// full, so that the client is slowed down by flow control.
class AppendStream final
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
      public Drainable,
      public std::enable_shared_from_this<AppendStream> {
 public:
  // Begins; the result owns itself until gRPC is done with it.
  static AppendStream* Start(const Environment& env);

  explicit AppendStream(const Environment& env);

  // Answers what was read, then ends.
  void EndForShutdown() override;

 private:
  using Outcome = absl::StatusOr<v1::AppendResponse>;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // The batch in `request_`, checked and ready.
  absl::StatusOr<log::Append> ParseBatch();
  // Submits the waiting batch; tries again later when the queue is full.
  void Submit(int64_t index);
  void Retry(int64_t index);
  // Called by the writer, possibly from within Submit.
  void OnBatchDone(int64_t index, const Outcome& outcome);
  void Complete(int64_t index, const Outcome& outcome);

  void RetryLater(int64_t index) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MaybeRead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Writes the next answer, or ends the call when there is nothing left.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishOnce(const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Environment& env_;
  const InFlightCall in_flight_{env_.in_flight};
  std::shared_ptr<AppendStream> self_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;

  core::Mutex mutex_;
  CallTimer timer_ ABSL_GUARDED_BY(mutex_);
  // Answers by batch, from `first_index_` on; unset while under way.
  std::deque<std::optional<grpc::ByteBuffer>> answers_ ABSL_GUARDED_BY(mutex_);
  int64_t first_index_ ABSL_GUARDED_BY(mutex_) = 0;
  // The batch that is being submitted; kept to try again.
  std::optional<log::Append> waiting_ ABSL_GUARDED_BY(mutex_);
  bool overloaded_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<grpc::Alarm> retry_alarm_ ABSL_GUARDED_BY(mutex_);
  // From StartRead until `request_` is not needed any more.
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  // The client has sent its last batch.
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_APPEND_STREAM_H_
