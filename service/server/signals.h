// SIGTERM and SIGINT, waited for by a thread instead of handled.
#ifndef SERVICE_SERVER_SIGNALS_H_
#define SERVICE_SERVER_SIGNALS_H_

#include <functional>
#include <thread>

#include "service/core/sync.h"

namespace journey::server {

// To be made before any other thread, which inherit the blocked signals.
class SignalWaiter {
 public:
  // `on_early` is called, by the waiting thread, for a signal that comes
  // before Arm; it ends the process.
  explicit SignalWaiter(std::function<void()> on_early);
  ~SignalWaiter();
  SignalWaiter(const SignalWaiter&) = delete;
  SignalWaiter& operator=(const SignalWaiter&) = delete;

  // From now on a signal is kept for WaitUntilStopped.
  void Arm();
  // Returns the signal. To be called after Arm.
  int WaitUntilStopped();

 private:
  void Run();

  const std::function<void()> on_early_;
  core::Mutex mutex_;
  core::CondVar changed_;
  bool armed_ ABSL_GUARDED_BY(mutex_) = false;
  int signal_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace journey::server

#endif  // SERVICE_SERVER_SIGNALS_H_
