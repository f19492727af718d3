#include "service/rpc/signal_messages.h"

#include "service/core/limits.h"
#include "service/core/signal_filter.h"
#include "service/rpc/wire.h"

namespace journey::rpc {
namespace {

v1::SignalEvent ToSignalEvent(const log::LogEvent& event) {
  v1::SignalEvent out = *event.signal;
  out.set_position(event.position);
  return out;
}

}  // namespace

bool SignalMessages::IsWanted(const v1::Signal& signal) const {
  return (include_historical_ || !signal.historical()) &&
         core::Matches(filter_, signal);
}

void SignalMessages::Begin() {
  message_.Clear();
  filler_.emplace(message_.mutable_events()->mutable_events(),
                  core::kReadMessageEventsMax);
}

bool SignalMessages::Fill(const std::vector<log::LogEvent>& page,
                          size_t* cursor) {
  filler_->Fill(
      page,
      [this](const log::LogEvent& event) {
        return IsWanted(event.signal->signal());
      },
      &ToSignalEvent, cursor);
  return !filler_->full();
}

std::optional<grpc::ByteBuffer> SignalMessages::Finish() {
  filler_.reset();
  // Not kept: what comes next may be long in coming.
  const v1::WatchSignalsResponse message = std::move(message_);
  if (message.events().events().empty()) return std::nullopt;
  return Serialize(message);
}

grpc::ByteBuffer SignalMessages::CaughtUp(int64_t position) const {
  v1::WatchSignalsResponse message;
  message.set_caught_up_position(position);
  return Serialize(message);
}

grpc::ByteBuffer SignalMessages::Heartbeat(int64_t position) const {
  v1::WatchSignalsResponse message;
  message.set_heartbeat_position(position);
  return Serialize(message);
}

}  // namespace journey::rpc
