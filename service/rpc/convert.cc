#include "service/rpc/convert.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"

namespace journey::rpc {

log::Append ToAppend(v1::AppendRequest request) {
  log::Append append;
  append.tenant_id = std::move(*request.mutable_tenant_id());
  append.ack = request.ack();
  append.expected_versions.assign(request.expected_versions().begin(),
                                  request.expected_versions().end());
  // Each touchpoint lives by itself, so that one that is kept for long does
  // not hold its batch.
  auto& touchpoints = *request.mutable_touchpoints();
  append.touchpoints.resize(touchpoints.size());
  for (int i = touchpoints.size() - 1; i >= 0; --i) {
    std::shared_ptr<v1::Touchpoint> touchpoint(touchpoints.ReleaseLast());
    core::Normalize(*touchpoint);
    append.touchpoints[i] = std::move(touchpoint);
  }
  return append;
}

log::Append ToAppend(const v1::RetractRequest& request) {
  log::Append append;
  append.tenant_id = request.tenant_id();
  for (const v1::TouchpointRef& target : request.targets()) {
    auto record = std::make_shared<storage::v1::RetractionRecord>();
    record->set_source(target.source());
    record->set_touchpoint_id(target.touchpoint_id());
    record->set_reason(request.reason());
    record->set_actor(request.actor());
    append.retractions.push_back(std::move(record));
  }
  return append;
}

v1::Event ToEvent(const log::LogEvent& event) {
  v1::Event out;
  out.set_position(event.position);
  *out.mutable_received_at() = core::ToTimestamp(event.received_at);
  if (event.touchpoint != nullptr) {
    *out.mutable_touchpoint() = *event.touchpoint;
    for (const v1::SubjectType type : event.inert_links) {
      out.add_inert_links(type);
    }
    return out;
  }
  v1::Retraction& retraction = *out.mutable_retraction();
  retraction.mutable_target()->set_source(event.retraction->source());
  retraction.mutable_target()->set_touchpoint_id(
      event.retraction->touchpoint_id());
  retraction.set_reason(event.retraction->reason());
  retraction.set_actor(event.retraction->actor());
  return out;
}

MessageFiller::MessageFiller(Events* out, int64_t events_max)
    : out_(out),
      events_max_(std::min<int64_t>(events_max, core::kReadMessageEventsMax)) {}

void MessageFiller::Fill(const std::vector<log::LogEvent>& page,
                         const EventFilter& filter, size_t* cursor) {
  for (; *cursor < page.size() && !full_; ++*cursor) {
    if (!filter.Matches(page[*cursor])) continue;
    v1::Event event = ToEvent(page[*cursor]);
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

}  // namespace journey::rpc
