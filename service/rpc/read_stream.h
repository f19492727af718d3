// Read: the events of a log or a subject up to the head.
#ifndef SERVICE_RPC_READ_STREAM_H_
#define SERVICE_RPC_READ_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/core/sync.h"
#include "service/rpc/call_timer.h"
#include "service/rpc/environment.h"
#include "service/rpc/event_filter.h"
#include "service/rpc/event_pager.h"
#include "service/rpc/reader_watch.h"

namespace journey::rpc {

// The reactor of one Read. A worker fills one message, gRPC sends it, and so
// on: there is either one task or one write, so that a slow client holds
// nothing but its own call. One that takes nothing is ended as ReaderWatch
// says.
class ReadStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public Drainable,
                         public std::enable_shared_from_this<ReadStream> {
 public:
  // Begins; the result owns itself until gRPC is done with it.
  static ReadStream* Start(const Environment& env,
                           grpc::CallbackServerContext* context,
                           const grpc::ByteBuffer* bytes);

  ReadStream(const Environment& env, grpc::CallbackServerContext* context,
             const v1::ReadRequest& request);

  void EndForShutdown() override;

 private:
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Runs `step` on a worker and ends the call with its error. Does nothing
  // once the call has ended, so that nobody scans for a client that is gone.
  void Schedule(absl::Status (ReadStream::*step)());
  absl::Status Open();
  absl::Status Produce();
  void Send(const v1::ReadResponse& response);
  void OnTimer();
  void ArmTimer() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Decides that the call ends once the message under way is taken.
  void GiveUp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status);
  void FinishOnce(const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] bool finished();

  const Environment& env_;
  // Valid until OnDone.
  grpc::CallbackServerContext* const context_;
  const InFlightCall in_flight_{env_.in_flight};
  std::shared_ptr<ReadStream> self_;
  const EventFilter filter_;

  // Used by one task at a time, and while a message is under way with the lock
  // held.
  EventPager pager_;
  std::vector<log::LogEvent> page_;
  size_t cursor_ = 0;
  int64_t events_left_;
  grpc::ByteBuffer response_;
  // Of the last event that was sent.
  int64_t last_position_ = 0;

  core::Mutex mutex_;
  CallTimer timer_ ABSL_GUARDED_BY(mutex_);
  ReaderWatch reader_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_READ_STREAM_H_
