// Subscribe: the events after a position, then each new one.
#ifndef SERVICE_RPC_SUBSCRIBE_STREAM_H_
#define SERVICE_RPC_SUBSCRIBE_STREAM_H_

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/core/sync.h"
#include "service/rpc/call_timer.h"
#include "service/rpc/environment.h"
#include "service/rpc/event_filter.h"

namespace journey::rpc {

// The reactor of one Subscribe. At any time it is idle, or one worker looks
// for the next message, or one message is being sent; a wake-up in the
// meantime is remembered. It holds at most one page of events, so that a slow
// client costs nobody else anything, and none while there is nothing to send.
class SubscribeStream final
    : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
      public Drainable,
      public std::enable_shared_from_this<SubscribeStream> {
 public:
  // Begins; the result owns itself until gRPC is done with it.
  static SubscribeStream* Start(const Environment& env,
                                const grpc::ByteBuffer* bytes);

  SubscribeStream(const Environment& env, const v1::SubscribeRequest& request);

  // Ends with a last position, once the message under way is sent.
  void EndForShutdown() override;

 private:
  enum class Phase { kIdle, kWorking, kWriting, kFinished };

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Registers for wake-ups and looks for the first message.
  void Listen();
  // There may be something to do.
  void Wake();
  void OnHeartbeatDue();
  void ArmHeartbeat() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // One task of a worker: looks for the next message and sends it.
  void Work();
  // Fills `message` with what comes next; leaves it empty when there is
  // nothing to send.
  absl::Status NextMessage(v1::SubscribeResponse* message);
  // Reads the page after `position_`. Empty at the head.
  absl::Status ReadPage(int64_t head);
  absl::Status CheckStart(int64_t head) const;

  // Takes the next step after one has ended. Called in phase kWorking or
  // kWriting.
  void Continue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void StartWork() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Send(const v1::SubscribeResponse& message)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendLastPosition() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishOnce(const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Environment& env_;
  const InFlightCall in_flight_{env_.in_flight};
  const std::string tenant_id_;
  const EventFilter filter_;
  std::shared_ptr<SubscribeStream> self_;
  int64_t listener_ = 0;
  bool listening_ = false;

  // Used in phase kWorking only, by the one worker.
  std::vector<log::LogEvent> page_;
  size_t cursor_ = 0;
  // Everything up to here was looked at.
  int64_t position_;
  bool started_ = false;
  bool caught_up_ = false;

  grpc::ByteBuffer response_;

  core::Mutex mutex_;
  CallTimer timer_ ABSL_GUARDED_BY(mutex_);
  Phase phase_ ABSL_GUARDED_BY(mutex_) = Phase::kIdle;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool heartbeat_due_ ABSL_GUARDED_BY(mutex_) = false;
  std::chrono::steady_clock::time_point last_sent_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_SUBSCRIBE_STREAM_H_
