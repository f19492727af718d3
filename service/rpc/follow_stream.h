// One call that follows a log: the events after a position, then each new one.
#ifndef SERVICE_RPC_FOLLOW_STREAM_H_
#define SERVICE_RPC_FOLLOW_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/core/sync.h"
#include "service/rpc/call_timer.h"
#include "service/rpc/environment.h"
#include "service/rpc/follow_messages.h"
#include "service/rpc/reader_watch.h"

namespace journey::rpc {

// What a call follows.
struct FollowRequest {
  Method method;
  // The tenant, or the name of its signal log (core/signal_log.h).
  std::string log_id;
  // Where it begins.
  int64_t after_position = 0;
  std::unique_ptr<FollowMessages> messages;
};

// The reactor of one such call. At any time it is idle, or one worker looks
// for the next message, or one message is being sent; a wake-up in the
// meantime is remembered. It holds at most one page of events, so that a slow
// client costs nobody else anything, and none while there is nothing to send.
// A reader that takes nothing is ended as ReaderWatch says.
class FollowStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                           public Drainable,
                           public std::enable_shared_from_this<FollowStream> {
 public:
  // Begins the call, or ends it with `checked`, the outcome of checking its
  // request, if that is an error. The result owns itself until gRPC is done
  // with it.
  static FollowStream* Start(const Environment& env,
                             grpc::CallbackServerContext* context,
                             const absl::Status& checked,
                             FollowRequest request);

  FollowStream(const Environment& env, grpc::CallbackServerContext* context,
               FollowRequest request);

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
  void OnTimer();
  void ArmTimer() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // One task of a worker: looks for the next message and sends it.
  void Work();
  // What comes next; unset when there is nothing to send.
  absl::StatusOr<std::optional<grpc::ByteBuffer>> NextMessage();
  // The message of the next events up to `head`; unset when the reader wants to
  // see none of those looked at.
  absl::StatusOr<std::optional<grpc::ByteBuffer>> NextEvents(int64_t head);
  // Reads the page after `position_`. Empty at the head.
  absl::Status ReadPage(int64_t head);
  void DropPage();
  absl::Status CheckStart(int64_t head) const;

  // Takes the next step after one has ended. Called in phase kWorking or
  // kWriting.
  void Continue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void StartWork() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Send(grpc::ByteBuffer message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendLastPosition() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Decides that the call ends once the message under way is taken. Called in
  // phase kWriting.
  void GiveUp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishOnce(const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Environment& env_;
  // Valid until OnDone.
  grpc::CallbackServerContext* const context_;
  const InFlightCall in_flight_{env_.in_flight};
  const std::string log_id_;
  const std::unique_ptr<FollowMessages> messages_;
  std::shared_ptr<FollowStream> self_;
  int64_t listener_ = 0;
  bool listening_ = false;

  // Used by the one worker in phase kWorking, and in the phases in which there
  // is none with the lock held.
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
  ReaderWatch reader_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_FOLLOW_STREAM_H_
