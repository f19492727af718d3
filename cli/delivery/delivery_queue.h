// Which event is sent next: in order for each signal, all signals side by
// side. Pure: no threads, no clock, no network.
#ifndef CLI_DELIVERY_DELIVERY_QUEUE_H_
#define CLI_DELIVERY_DELIVERY_QUEUE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "cli/delivery/retry_policy.h"

namespace journey::cli {

// An event as it is sent.
struct OutboundEvent {
  int64_t position = 0;
  std::string signal_id;
  std::string body;
};

// How far deliveries are: what a restart needs to know.
struct DeliveryProgress {
  // Everything up to here is done, delivered or a dead letter, ...
  int64_t seen = 0;
  // ... but for these, in rising order and none of them above.
  std::vector<int64_t> open;

  // After which the signal log is to be read again.
  [[nodiscard]] int64_t resume_after() const {
    return open.empty() ? seen : open.front() - 1;
  }
};

[[nodiscard]] inline bool operator==(const DeliveryProgress& a,
                                     const DeliveryProgress& b) {
  return a.seen == b.seen && a.open == b.open;
}

// What the queue holds at most; the last event may be too large for it.
struct DeliveryBounds {
  size_t events_max = 1000;
  size_t bytes_max = size_t{32} * 1024 * 1024;
};

// Instants count from any fixed one, as the caller likes. Positions are added
// in rising order. Not thread-safe.
class DeliveryQueue {
 public:
  DeliveryQueue(DeliveryBounds bounds, const DeliveryProgress& restored);

  // False for what an earlier run has done.
  [[nodiscard]] bool Wants(int64_t position) const;
  [[nodiscard]] bool full() const;
  [[nodiscard]] size_t size() const { return entries_.size(); }

  // A wanted event, to be sent now or after the earlier ones of its signal.
  void Add(OutboundEvent event, absl::Duration now);
  // Nothing up to here is still to come, other than what was added.
  void Seen(int64_t position);

  struct Attempt {
    // Lives until Done(); may be read without further ado until then.
    const OutboundEvent* event = nullptr;
    // With the one that begins now.
    Attempts attempts;
  };
  // The event that has been due longest, if one is; it is under way then until
  // Retry() or Done().
  [[nodiscard]] std::optional<Attempt> Take(absl::Duration now);
  // When Take() will find something if nothing else happens; none: never.
  [[nodiscard]] std::optional<absl::Duration> next_due() const;

  // How an attempt ended.
  void Retry(int64_t position, absl::Duration at);
  void Done(int64_t position, absl::Duration now);

  [[nodiscard]] DeliveryProgress progress() const;

 private:
  struct Entry {
    OutboundEvent event;
    Attempts attempts;
  };

  const DeliveryBounds bounds_;
  int64_t seen_ = 0;
  // Open in an earlier run, and not read again yet.
  std::set<int64_t> awaited_;
  std::map<int64_t, Entry> entries_;
  size_t bytes_ = 0;
  // The positions of each signal, its next one first.
  std::map<std::string, std::deque<int64_t>> signals_;
  // When the next event of each signal is due, unless it is under way.
  std::set<std::pair<absl::Duration, int64_t>> due_;
};

}  // namespace journey::cli

#endif  // CLI_DELIVERY_DELIVERY_QUEUE_H_
