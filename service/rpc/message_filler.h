// Fills one message of a stream with events, up to its bounds.
#ifndef SERVICE_RPC_MESSAGE_FILLER_H_
#define SERVICE_RPC_MESSAGE_FILLER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "service/core/limits.h"
#include "service/log/event_log.h"

namespace journey::rpc {

// `Event` is what the message shows for an event of the log.
template <typename Event>
class MessageFiller {
 public:
  using Events = google::protobuf::RepeatedPtrField<Event>;

  // At most `events_max` events go into `out`, which must outlive this.
  MessageFiller(Events* out, int64_t events_max)
      : out_(out),
        events_max_(
            std::min<int64_t>(events_max, core::kReadMessageEventsMax)) {}

  // Takes the events of `page` for which `is_wanted` holds, as `to_event` shows
  // them, from `*cursor` on, and moves the cursor behind those looked at. Stops
  // when the message is full.
  template <typename IsWanted, typename ToEvent>
  void Fill(const std::vector<log::LogEvent>& page, const IsWanted& is_wanted,
            const ToEvent& to_event, size_t* cursor) {
    for (; *cursor < page.size() && !full_; ++*cursor) {
      if (!is_wanted(page[*cursor])) continue;
      Event event = to_event(page[*cursor]);
      const size_t bytes = event.ByteSizeLong();
      // A single event is always sent; it is far smaller than the bound.
      if (bytes_ + bytes > core::kReadMessageBytesMax && !out_->empty()) {
        full_ = true;
        return;
      }
      bytes_ += bytes;
      *out_->Add() = std::move(event);
      full_ = out_->size() >= events_max_;
    }
  }

  [[nodiscard]] bool full() const { return full_; }

 private:
  Events* const out_;
  const int64_t events_max_;
  size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_MESSAGE_FILLER_H_
