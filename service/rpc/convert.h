// Between the API's messages and what the log works with.
#ifndef SERVICE_RPC_CONVERT_H_
#define SERVICE_RPC_CONVERT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "journey/v1/identity_service.pb.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "service/rpc/event_filter.h"

namespace journey::rpc {

// A validated append, normalised; `done` is left to the caller.
[[nodiscard]] log::Append ToAppend(v1::AppendRequest request);
[[nodiscard]] log::Append ToAppend(const v1::RetractRequest& request);
[[nodiscard]] log::Append ToAppend(v1::AmendRequest request);
// A link or merge is a touchpoint, taken back by a retraction.
[[nodiscard]] log::Append ToAppend(const v1::LinkRequest& request);
[[nodiscard]] log::Append ToAppend(const v1::UnlinkRequest& request);
[[nodiscard]] log::Append ToAppend(const v1::MergeRequest& request);
[[nodiscard]] log::Append ToAppend(const v1::UnmergeRequest& request);

[[nodiscard]] v1::Event ToEvent(const log::LogEvent& event);

// Fills one message of Read or Subscribe.
class MessageFiller {
 public:
  using Events = google::protobuf::RepeatedPtrField<v1::Event>;

  // At most `events_max` events go into `out`, which must outlive this.
  MessageFiller(Events* out, int64_t events_max);

  // Takes the events of `page` that `filter` lets pass, from `*cursor` on,
  // and moves the cursor behind those looked at. Stops when the message is
  // full.
  void Fill(const std::vector<log::LogEvent>& page, const EventFilter& filter,
            size_t* cursor);

  [[nodiscard]] bool full() const { return full_; }

 private:
  Events* const out_;
  const int64_t events_max_;
  size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_CONVERT_H_
