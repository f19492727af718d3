#include "tests/e2e/journeyd_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace journey::testing {

JourneydProcess::JourneydProcess(const std::vector<std::string>& arguments,
                                 const std::string& log_file) {
  std::vector<char*> argv = {const_cast<char*>(JOURNEYD_PATH)};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (posix_spawn(&pid_, JOURNEYD_PATH, &actions, nullptr, argv.data(),
                  environ) != 0) {
    pid_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  stdout_ = ends[0];
}

std::vector<std::string> JourneydProcess::Arguments(
    const std::string& data_dir) {
  return {"--data-dir", data_dir,      "--rules",          JOURNEY_RULES_FILE,
          "--listen",   "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"};
}

JourneydProcess::~JourneydProcess() {
  if (pid_ > 0) {
    Signal(SIGKILL);
    (void)Wait();
  }
  if (stdout_ >= 0) close(stdout_);
}

std::string JourneydProcess::WaitUntilReady() {
  std::string line;
  char c = 0;
  while (read(stdout_, &c, 1) == 1 && c != '\n') line += c;
  const std::string key = "grpc=";
  const size_t begin = line.find(key);
  if (begin == std::string::npos) return "";
  const size_t end = line.find(' ', begin);
  grpc_address_ = line.substr(begin + key.size(), end - begin - key.size());
  return line;
}

void JourneydProcess::Signal(int signal) { kill(pid_, signal); }

bool JourneydProcess::LimitFileSize(uint64_t bytes) const {
  const rlimit limit = {bytes, bytes};
  return prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) == 0;
}

int JourneydProcess::Wait() {
  int status = 0;
  if (pid_ <= 0 || waitpid(pid_, &status, 0) != pid_) return -1;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace journey::testing
