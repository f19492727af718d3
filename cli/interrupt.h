// Ctrl-C as a value that commands can look at, wait for and hook into.
#ifndef CLI_INTERRUPT_H_
#define CLI_INTERRUPT_H_

#include <atomic>
#include <functional>
#include <mutex>

#include "absl/time/time.h"

namespace journey::cli {

// Thread-safe.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Asks the command to end. Runs the handler, if any, in this thread.
  void Request();

  [[nodiscard]] bool requested() const { return requested_; }

  // A descriptor that is readable for ever once the end was requested.
  [[nodiscard]] int fd() const { return pipe_[0]; }

  // Waits for `length`; returns false as soon as the end is requested.
  [[nodiscard]] bool Sleep(absl::Duration length) const;

  // True while a command is able to end in an orderly way.
  [[nodiscard]] bool handled();

 private:
  friend class InterruptHandler;

  std::atomic<bool> requested_{false};
  int pipe_[2] = {-1, -1};
  std::mutex mutex_;
  int handlers_ = 0;
  std::function<void()> handler_;
};

// While it lives, Ctrl-C asks the command to end instead of killing it.
class InterruptHandler {
 public:
  // `handler` may be empty; it is called from another thread, for example to
  // cancel a call that waits. It is called at once when the end was requested
  // before.
  InterruptHandler(Interrupt& interrupt, std::function<void()> handler);
  ~InterruptHandler();
  InterruptHandler(const InterruptHandler&) = delete;
  InterruptHandler& operator=(const InterruptHandler&) = delete;

 private:
  Interrupt& interrupt_;
  std::function<void()> before_;
};

}  // namespace journey::cli

#endif  // CLI_INTERRUPT_H_
