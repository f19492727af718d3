// Progress of a long command on the error stream.
#ifndef CLI_PROGRESS_H_
#define CLI_PROGRESS_H_

#include <cstdint>
#include <string>

#include "cli/environment.h"

namespace journey::cli {

// On a terminal one line that is rewritten, elsewhere a line every five
// seconds. Silent for commands that are over at once.
class Progress {
 public:
  // `total` is 0 where it is not known.
  Progress(const Environment& environment, std::string what, int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(int64_t done);

  // Clears the line, so that something else can be printed.
  void Clear();

 private:
  [[nodiscard]] std::string Line(int64_t done, int64_t now) const;

  const Environment& environment_;
  const std::string what_;
  const int64_t total_;
  const int64_t started_;
  int64_t next_;
  bool line_shown_ = false;
};

}  // namespace journey::cli

#endif  // CLI_PROGRESS_H_
