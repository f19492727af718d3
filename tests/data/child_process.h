// A program as a child process whose output is collected.
#ifndef TESTS_DATA_CHILD_PROCESS_H_
#define TESTS_DATA_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace journey::testing {

class ChildProcess {
 public:
  // Starts `arguments[0]`; both output streams go to files below `directory`.
  ChildProcess(const std::vector<std::string>& arguments,
               const std::string& directory);
  // Kills it where it still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void Signal(int signal) const;
  // Waits for its end. The exit code, or minus the signal that ended it.
  int Wait();

  // What it has written.
  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

 private:
  const std::string out_file_;
  const std::string err_file_;
  pid_t pid_ = -1;
};

}  // namespace journey::testing

#endif  // TESTS_DATA_CHILD_PROCESS_H_
