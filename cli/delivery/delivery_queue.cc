#include "cli/delivery/delivery_queue.h"

#include <algorithm>

namespace journey::cli {

DeliveryQueue::DeliveryQueue(DeliveryBounds bounds,
                             const DeliveryProgress& restored)
    : bounds_(bounds),
      seen_(restored.seen),
      awaited_(restored.open.begin(), restored.open.end()) {}

bool DeliveryQueue::Wants(int64_t position) const {
  return position > seen_ || awaited_.count(position) > 0;
}

bool DeliveryQueue::full() const {
  return entries_.size() >= bounds_.events_max || bytes_ >= bounds_.bytes_max;
}

void DeliveryQueue::Add(OutboundEvent event, absl::Duration now) {
  const int64_t position = event.position;
  Seen(position);
  std::deque<int64_t>& positions = signals_[event.signal_id];
  if (positions.empty()) due_.emplace(now, position);
  positions.push_back(position);
  bytes_ += event.body.size();
  entries_[position].event = std::move(event);
}

void DeliveryQueue::Seen(int64_t position) {
  awaited_.erase(awaited_.begin(), awaited_.upper_bound(position));
  seen_ = std::max(seen_, position);
}

std::optional<DeliveryQueue::Attempt> DeliveryQueue::Take(absl::Duration now) {
  if (due_.empty() || due_.begin()->first > now) return std::nullopt;
  Entry& entry = entries_.at(due_.begin()->second);
  due_.erase(due_.begin());
  if (++entry.attempts.made == 1) entry.attempts.first_at = now;
  return Attempt{&entry.event, entry.attempts};
}

std::optional<absl::Duration> DeliveryQueue::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

void DeliveryQueue::Retry(int64_t position, absl::Duration at) {
  due_.emplace(at, position);
}

void DeliveryQueue::Done(int64_t position, absl::Duration now) {
  const auto entry = entries_.find(position);
  const auto signal = signals_.find(entry->second.event.signal_id);
  bytes_ -= entry->second.event.body.size();
  signal->second.pop_front();
  if (signal->second.empty()) {
    signals_.erase(signal);
  } else {
    due_.emplace(now, signal->second.front());
  }
  entries_.erase(entry);
}

DeliveryProgress DeliveryQueue::progress() const {
  DeliveryProgress progress;
  progress.seen = seen_;
  for (const auto& [position, entry] : entries_) {
    progress.open.push_back(position);
  }
  // Those are awaited that lie after everything that was read.
  progress.open.insert(progress.open.end(), awaited_.begin(), awaited_.end());
  return progress;
}

}  // namespace journey::cli
