// journeyctl.
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "cli/app.h"
#include "cli/exit_codes.h"

namespace {

using journey::cli::Interrupt;

// Waits for Ctrl-C in a thread of its own, where everything is allowed. The
// second one, or the first where no command can end in an orderly way, ends
// the process at once.
void WatchSignals(Interrupt& interrupt, sigset_t signals) {
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) return;
    if (interrupt.requested() || !interrupt.handled()) {
      _exit(journey::cli::kExitInterrupted);
    }
    interrupt.Request();
  }
}

int TerminalColumns(const std::string& variable) {
  const int wanted = std::atoi(variable.c_str());
  if (wanted >= 20) return wanted;
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
    return size.ws_col;
  }
  return 80;
}

std::map<std::string, std::string> Variables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string::npos) {
      variables[text.substr(0, equals)] = text.substr(equals + 1);
    }
  }
  return variables;
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  // Before any other thread starts, so that all inherit it.
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  // The watcher may outlive main, so what it looks at is never destroyed.
  auto& interrupt = *new Interrupt();
  std::thread([&interrupt, signals] {
    WatchSignals(interrupt, signals);
  }).detach();

  std::ios::sync_with_stdio(false);
  journey::cli::Environment environment;
  environment.out = &std::cout;
  environment.err = &std::cerr;
  environment.err_is_tty = isatty(STDERR_FILENO) != 0;
  environment.variables = Variables();
  environment.columns = TerminalColumns(environment.Variable("COLUMNS"));
  environment.now_micros = [] {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  environment.interrupt = &interrupt;
  return journey::cli::RunCommandLine({argv + 1, argv + argc}, environment);
}
