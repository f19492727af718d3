// The real journeyd as a child process.
#ifndef TESTS_E2E_JOURNEYD_PROCESS_H_
#define TESTS_E2E_JOURNEYD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace journey::testing {

class JourneydProcess {
 public:
  // Starts it with `arguments`; stderr goes to `log_file`.
  JourneydProcess(const std::vector<std::string>& arguments,
                  const std::string& log_file);
  // On a data directory, on free ports, with the default rule set.
  static std::vector<std::string> Arguments(const std::string& data_dir);
  // Kills it where it still runs.
  ~JourneydProcess();
  JourneydProcess(const JourneydProcess&) = delete;
  JourneydProcess& operator=(const JourneydProcess&) = delete;

  // Waits for the line that says it is ready, or for its end; the line, or "".
  std::string WaitUntilReady();
  // From the ready line.
  [[nodiscard]] const std::string& grpc_address() const {
    return grpc_address_;
  }

  void Signal(int signal);
  // From now on its writes beyond `bytes` of a file fail with EFBIG. The
  // signal SIGXFSZ must have been ignored when it was started.
  [[nodiscard]] bool LimitFileSize(uint64_t bytes) const;
  // Waits for its end. The exit code, or minus the signal that ended it.
  int Wait();

 private:
  pid_t pid_ = -1;
  int stdout_ = -1;
  std::string grpc_address_;
};

}  // namespace journey::testing

#endif  // TESTS_E2E_JOURNEYD_PROCESS_H_
