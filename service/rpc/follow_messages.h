// What a call that follows a log shows of it.
#ifndef SERVICE_RPC_FOLLOW_MESSAGES_H_
#define SERVICE_RPC_FOLLOW_MESSAGES_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "service/log/event_log.h"

namespace journey::rpc {

// Makes the messages of one call. Used by one thread at a time.
class FollowMessages {
 public:
  virtual ~FollowMessages() = default;

  // Begins a message of events.
  virtual void Begin() = 0;

  // Adds the events of `page` that the reader wants to see, from `*cursor` on,
  // and moves the cursor behind those looked at. Returns false once the message
  // is full.
  virtual bool Fill(const std::vector<log::LogEvent>& page, size_t* cursor) = 0;

  // The message that was begun; unset when it has no events.
  virtual std::optional<grpc::ByteBuffer> Finish() = 0;

  // The other messages.
  [[nodiscard]] virtual grpc::ByteBuffer CaughtUp(int64_t position) const = 0;
  [[nodiscard]] virtual grpc::ByteBuffer Heartbeat(int64_t position) const = 0;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_FOLLOW_MESSAGES_H_
