#include "service/rpc/event_pager.h"

#include <algorithm>

#include "service/core/errors.h"
#include "service/core/limits.h"

namespace journey::rpc {

EventPager::EventPager(const log::EventLog* log, views::Views* views,
                       const v1::ReadRequest& request)
    : log_(log),
      views_(views),
      request_(request),
      backwards_(request.order() == v1::READ_ORDER_BACKWARDS) {}

absl::Status EventPager::Open() {
  const auto head = views_->Head(request_.tenant_id());
  if (!head.ok()) return head.status();
  head_ = head->head_position;
  const int64_t from = request_.from_position();
  if (backwards_) {
    next_ = from == 0 ? head_ : std::min(from, head_);
  } else {
    next_ = std::max<int64_t>(from, 1);
  }
  return request_.has_subject() ? FindPositions() : absl::OkStatus();
}

absl::Status EventPager::FindPositions() {
  auto positions =
      views_->SubjectPositions(request_.tenant_id(), request_.subject());
  if (!positions.ok()) return positions.status();
  for (const int64_t position : *positions) {
    const bool wanted =
        backwards_ ? position <= next_ : position >= next_ && position <= head_;
    if (wanted) positions_.push_back(position);
  }
  if (backwards_) std::reverse(positions_.begin(), positions_.end());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<log::LogEvent>> EventPager::Next() {
  return request_.has_subject() ? NextOfSubject() : NextOfLog();
}

absl::StatusOr<std::vector<log::LogEvent>> EventPager::NextOfLog() {
  if (next_ < 1 || next_ > head_) return std::vector<log::LogEvent>();
  const int64_t left = backwards_ ? next_ : head_ - next_ + 1;
  auto page = log_->ReadRange(
      request_.tenant_id(), next_, backwards_,
      static_cast<int>(std::min<int64_t>(left, core::kReadMessageEventsMax)),
      core::kReadMessageBytesMax);
  if (!page.ok()) return page;
  if (page->empty()) {
    return core::DamagedError("the log ends before its head");
  }
  next_ = page->back().position + (backwards_ ? -1 : 1);
  return page;
}

absl::StatusOr<std::vector<log::LogEvent>> EventPager::NextOfSubject() {
  const size_t count = std::min(positions_.size() - positions_read_,
                                size_t{core::kReadPositionsPage});
  if (count == 0) return std::vector<log::LogEvent>();
  const auto begin = positions_.begin() + positions_read_;
  positions_read_ += count;
  return log_->ReadPositions(request_.tenant_id(),
                             std::vector<int64_t>(begin, begin + count));
}

}  // namespace journey::rpc
