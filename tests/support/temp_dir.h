// A directory of a test's own, removed with all its contents at the end.
#ifndef TESTS_SUPPORT_TEMP_DIR_H_
#define TESTS_SUPPORT_TEMP_DIR_H_

#include <string>

namespace journey::testing {

class TempDir {
 public:
  // Creates it below $TEST_TMPDIR, else /dev/shm where there is one, else
  // /tmp. `on_disk` skips /dev/shm: for tests that measure real syncs.
  explicit TempDir(bool on_disk = false);
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  // The path of something in it.
  [[nodiscard]] std::string Join(const std::string& name) const {
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

// The bytes of a file; ends the test when it cannot be read or written.
[[nodiscard]] std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);

// Copies a directory with all its contents; `to` must not exist.
void CopyDir(const std::string& from, const std::string& to);

// JOURNEY_TEST_SEED from the environment, else `fallback`; prints it.
[[nodiscard]] unsigned TestSeed(unsigned fallback);

}  // namespace journey::testing

#endif  // TESTS_SUPPORT_TEMP_DIR_H_
