#include "service/server/signals.h"

#include <csignal>
#include <utility>

namespace journey::server {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  // What wakes the thread when nobody needs it any more.
  sigaddset(&signals, SIGUSR1);
  return signals;
}

}  // namespace

SignalWaiter::SignalWaiter(std::function<void()> on_early)
    : on_early_(std::move(on_early)) {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A client that goes away must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] { Run(); });
}

SignalWaiter::~SignalWaiter() {
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

void SignalWaiter::Run() {
  const sigset_t signals = StopSignals();
  while (true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGUSR1) return;
    core::MutexLock lock(&mutex_);
    if (!armed_) on_early_();
    signal_ = signal;
    changed_.NotifyAll();
  }
}

void SignalWaiter::Arm() {
  core::MutexLock lock(&mutex_);
  armed_ = true;
}

int SignalWaiter::WaitUntilStopped() {
  core::MutexLock lock(&mutex_);
  while (signal_ == 0) changed_.Wait(&mutex_);
  return signal_;
}

}  // namespace journey::server
