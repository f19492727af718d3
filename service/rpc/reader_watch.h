// Notices that the reader of a stream takes nothing.
#ifndef SERVICE_RPC_READER_WATCH_H_
#define SERVICE_RPC_READER_WATCH_H_

#include <grpcpp/alarm.h>

#include <chrono>
#include <functional>
#include <memory>

#include "service/rpc/environment.h"

namespace journey::rpc {

// One stream that sends one message after the other, and looks now and then
// whether its reader takes them.
//
// A message that is not taken within the environment's slow_reader_timeout ends
// the call with SLOW_READER. gRPC knows no end before that message is taken,
// however: Finish counts as a write, of which there may be one at a time. So
// the end is sent behind it, and a client that does not even take it within
// slow_reader_grace is cut off; it then sees CANCELLED.
//
// Not thread-safe: the stream guards it by its mutex.
class ReaderWatch {
 public:
  // What is to be done about the reader.
  enum class Verdict {
    kWait,
    // Told once: the call ends when the message under way is taken.
    kGiveUp,
    kCutOff,
  };

  explicit ReaderWatch(const Environment& env);

  // A message is under way from now on, until it is taken.
  void Sent();
  void Taken() { is_sending_ = false; }

  [[nodiscard]] Verdict Look();
  // Look has said so.
  [[nodiscard]] bool gave_up() const { return gave_up_; }

  // How long ago the last message was sent, or the stream began.
  [[nodiscard]] std::chrono::steady_clock::duration silence() const {
    return std::chrono::steady_clock::now() - last_sent_;
  }

  // Calls `look` on a thread of gRPC after `wait`, or after the timeout where
  // that is shorter, unless the watch is gone by then. Not for each message:
  // that one is not taken is noticed with the next look.
  void Arm(std::chrono::steady_clock::duration wait,
           std::function<void()> look);

 private:
  const std::chrono::steady_clock::duration timeout_;
  const std::chrono::steady_clock::duration grace_;
  std::chrono::steady_clock::time_point last_sent_;
  bool is_sending_ = false;
  bool gave_up_ = false;
  std::unique_ptr<grpc::Alarm> alarm_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_READER_WATCH_H_
