#include "service/rpc/subscribe_messages.h"

#include <utility>

#include "service/core/limits.h"
#include "service/rpc/convert.h"
#include "service/rpc/wire.h"

namespace journey::rpc {

void SubscribeMessages::Begin() {
  message_.Clear();
  filler_.emplace(message_.mutable_events()->mutable_events(),
                  core::kReadMessageEventsMax);
}

bool SubscribeMessages::Fill(const std::vector<log::LogEvent>& page,
                             size_t* cursor) {
  filler_->Fill(
      page,
      [this](const log::LogEvent& event) { return filter_.Matches(event); },
      &ToEvent, cursor);
  return !filler_->full();
}

std::optional<grpc::ByteBuffer> SubscribeMessages::Finish() {
  filler_.reset();
  // Not kept: what comes next may be long in coming.
  const v1::SubscribeResponse message = std::move(message_);
  if (message.events().events().empty()) return std::nullopt;
  return Serialize(message);
}

grpc::ByteBuffer SubscribeMessages::CaughtUp(int64_t position) const {
  v1::SubscribeResponse message;
  message.mutable_caught_up()->set_position(position);
  return Serialize(message);
}

grpc::ByteBuffer SubscribeMessages::Heartbeat(int64_t position) const {
  v1::SubscribeResponse message;
  message.mutable_heartbeat()->set_position(position);
  return Serialize(message);
}

}  // namespace journey::rpc
