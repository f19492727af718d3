#include "tests/support/temp_dir.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace journey::testing {
namespace {

// A test whose files cannot be handled has nothing to say about the product.
[[noreturn]] void Die(const std::string& what, const std::string& path) {
  std::fprintf(stderr, "cannot %s %s\n", what.c_str(), path.c_str());
  std::abort();
}

std::string Parent(bool on_disk) {
  if (const char* given = std::getenv("TEST_TMPDIR")) return given;
  std::error_code error;
  if (!on_disk && std::filesystem::is_directory("/dev/shm", error)) {
    return "/dev/shm";
  }
  return "/tmp";
}

}  // namespace

TempDir::TempDir(bool on_disk) : path_(Parent(on_disk) + "/journey.XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) Die("create", path_);
}

TempDir::~TempDir() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Die("read", path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) Die("write", path);
}

void CopyDir(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive,
                        error);
  if (error) Die("copy", from);
}

unsigned TestSeed(unsigned fallback) {
  unsigned seed = fallback;
  if (const char* given = std::getenv("JOURNEY_TEST_SEED")) {
    seed = static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  }
  std::printf("JOURNEY_TEST_SEED=%u\n", seed);
  return seed;
}

}  // namespace journey::testing
