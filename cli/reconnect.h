// Whether, and when, a stream that has ended is opened again.
#ifndef CLI_RECONNECT_H_
#define CLI_RECONNECT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace journey::cli {

// One for all the calls of a command. Not thread-safe.
class Reconnect {
 public:
  // A message came: the server is there, and the request is a right one.
  void Heard() { heard_ever_ = true; }

  // How long to wait before the next call; longer each time, unless the call
  // that ended with `ended` has `progressed`. The error itself where another
  // call would not help, or where no call ever gave a message.
  [[nodiscard]] absl::StatusOr<absl::Duration> DelayAfter(
      const absl::Status& ended, bool progressed);

 private:
  static constexpr absl::Duration kDelayFirst = absl::Milliseconds(500);
  static constexpr absl::Duration kDelayMax = absl::Seconds(15);

  bool heard_ever_ = false;
  absl::Duration delay_ = kDelayFirst;
};

// For the error stream, for example "connection lost, going on after position
// 9", with a line feed.
[[nodiscard]] std::string DescribeLoss(const absl::Status& ended,
                                       int64_t position);

}  // namespace journey::cli

#endif  // CLI_RECONNECT_H_
