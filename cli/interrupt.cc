#include "cli/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <utility>

namespace journey::cli {

Interrupt::Interrupt() {
  if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) pipe_[0] = pipe_[1] = -1;
}

Interrupt::~Interrupt() {
  for (const int end : pipe_) {
    if (end >= 0) close(end);
  }
}

void Interrupt::Request() {
  requested_ = true;
  // A full pipe is readable as well, so the result does not matter.
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = write(pipe_[1], &byte, 1);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (handler_) handler_();
}

bool Interrupt::Sleep(absl::Duration length) const {
  pollfd waiting = {pipe_[0], POLLIN, 0};
  poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(length)));
  return !requested_;
}

bool Interrupt::handled() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return handlers_ > 0;
}

InterruptHandler::InterruptHandler(Interrupt& interrupt,
                                   std::function<void()> handler)
    : interrupt_(interrupt) {
  const std::lock_guard<std::mutex> lock(interrupt_.mutex_);
  ++interrupt_.handlers_;
  before_ = std::exchange(interrupt_.handler_, std::move(handler));
  if (interrupt_.requested() && interrupt_.handler_) interrupt_.handler_();
}

InterruptHandler::~InterruptHandler() {
  const std::lock_guard<std::mutex> lock(interrupt_.mutex_);
  --interrupt_.handlers_;
  interrupt_.handler_ = std::move(before_);
}

}  // namespace journey::cli
