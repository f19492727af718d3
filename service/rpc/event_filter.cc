#include "service/rpc/event_filter.h"

#include "service/core/time.h"
#include "service/core/touchpoint.h"

namespace journey::rpc {

EventFilter::EventFilter(const v1::EventFilter& filter)
    : kinds_(filter.kinds().begin(), filter.kinds().end()),
      sources_(filter.sources().begin(), filter.sources().end()) {
  if (filter.has_occurred_from()) {
    from_ = core::ToMicros(filter.occurred_from());
  }
  if (filter.has_occurred_before()) {
    before_ = core::ToMicros(filter.occurred_before());
  }
}

bool EventFilter::WantsSource(const std::string& source) const {
  return sources_.empty() || sources_.contains(source);
}

bool EventFilter::Matches(const log::LogEvent& event) const {
  if (event.touchpoint == nullptr) {
    return WantsSource(event.retraction->source());
  }
  const v1::Touchpoint& touchpoint = *event.touchpoint;
  if (!kinds_.empty() && !kinds_.contains(core::KindOf(touchpoint))) {
    return false;
  }
  const core::Micros occurred_at = core::ToMicros(touchpoint.occurred_at());
  return WantsSource(touchpoint.source()) && occurred_at >= from_ &&
         occurred_at < before_;
}

}  // namespace journey::rpc
