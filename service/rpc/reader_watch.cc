#include "service/rpc/reader_watch.h"

#include <algorithm>
#include <utility>

namespace journey::rpc {

using std::chrono::steady_clock;

ReaderWatch::ReaderWatch(const Environment& env)
    : timeout_(env.slow_reader_timeout),
      grace_(env.slow_reader_grace),
      last_sent_(steady_clock::now()) {}

void ReaderWatch::Sent() {
  is_sending_ = true;
  last_sent_ = steady_clock::now();
}

ReaderWatch::Verdict ReaderWatch::Look() {
  if (!is_sending_) return Verdict::kWait;
  if (gave_up_) {
    return silence() >= timeout_ + grace_ ? Verdict::kCutOff : Verdict::kWait;
  }
  gave_up_ = silence() >= timeout_;
  return gave_up_ ? Verdict::kGiveUp : Verdict::kWait;
}

void ReaderWatch::Arm(steady_clock::duration wait, std::function<void()> look) {
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(std::chrono::system_clock::now() +
                  std::chrono::duration_cast<std::chrono::microseconds>(
                      std::min(wait, timeout_)),
              [look = std::move(look)](bool ok) {
                if (ok) look();
              });
}

}  // namespace journey::rpc
