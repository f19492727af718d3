// The messages of Subscribe: touchpoints and retractions.
#ifndef SERVICE_RPC_SUBSCRIBE_MESSAGES_H_
#define SERVICE_RPC_SUBSCRIBE_MESSAGES_H_

#include <optional>
#include <vector>

#include "journey/v1/touchpoint_service.pb.h"
#include "service/rpc/event_filter.h"
#include "service/rpc/follow_messages.h"
#include "service/rpc/message_filler.h"

namespace journey::rpc {

class SubscribeMessages final : public FollowMessages {
 public:
  explicit SubscribeMessages(const v1::EventFilter& filter) : filter_(filter) {}

  void Begin() override;
  bool Fill(const std::vector<log::LogEvent>& page, size_t* cursor) override;
  std::optional<grpc::ByteBuffer> Finish() override;
  [[nodiscard]] grpc::ByteBuffer CaughtUp(int64_t position) const override;
  [[nodiscard]] grpc::ByteBuffer Heartbeat(int64_t position) const override;

 private:
  const EventFilter filter_;
  v1::SubscribeResponse message_;
  std::optional<MessageFiller<v1::Event>> filler_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_SUBSCRIBE_MESSAGES_H_
