// The messages of WatchSignals: what happened to signals.
#ifndef SERVICE_RPC_SIGNAL_MESSAGES_H_
#define SERVICE_RPC_SIGNAL_MESSAGES_H_

#include <optional>
#include <utility>
#include <vector>

#include "journey/v1/signal_service.pb.h"
#include "service/rpc/follow_messages.h"
#include "service/rpc/message_filler.h"

namespace journey::rpc {

class SignalMessages final : public FollowMessages {
 public:
  SignalMessages(v1::SignalFilter filter, bool include_historical)
      : filter_(std::move(filter)), include_historical_(include_historical) {}

  void Begin() override;
  bool Fill(const std::vector<log::LogEvent>& page, size_t* cursor) override;
  std::optional<grpc::ByteBuffer> Finish() override;
  [[nodiscard]] grpc::ByteBuffer CaughtUp(int64_t position) const override;
  [[nodiscard]] grpc::ByteBuffer Heartbeat(int64_t position) const override;

 private:
  [[nodiscard]] bool IsWanted(const v1::Signal& signal) const;

  const v1::SignalFilter filter_;
  const bool include_historical_;
  v1::WatchSignalsResponse message_;
  std::optional<MessageFiller<v1::SignalEvent>> filler_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_SIGNAL_MESSAGES_H_
