// Views that are damaged are made anew when they are opened; a log that is
// damaged is not.
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The files of a directory whose names contain `part`.
std::vector<std::string> Files(const std::string& directory,
                               const std::string& part) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (absl::StrContains(entry.path().filename().string(), part)) {
      files.push_back(entry.path().string());
    }
  }
  EXPECT_FALSE(files.empty()) << part;
  return files;
}

void FlipAll(const std::string& file) {
  std::string bytes = ReadFile(file);
  for (char& byte : bytes) byte = static_cast<char>(~byte);
  WriteFile(file, bytes);
}

void CutInHalf(const std::string& file) {
  const std::string bytes = ReadFile(file);
  WriteFile(file, bytes.substr(0, bytes.size() / 2));
}

class DamageTest : public ::testing::Test {
 protected:
  DamageTest() {
    auto engine = Engine::Open({dir_.path()}).value();
    EXPECT_TRUE(engine->Append(RandomHistory(random_, {})).ok());
    EXPECT_TRUE(engine->views().Close().ok());
    want_ = engine->Digest();
  }

  absl::StatusOr<std::unique_ptr<Engine>> Open(const std::string& directory) {
    notices_.clear();
    EngineOptions options;
    options.directory = directory;
    options.on_notice = [this](const std::string& text) {
      notices_.push_back(text);
    };
    return Engine::Open(std::move(options));
  }

  std::mt19937 random_{TestSeed(20261122)};
  TempDir dir_;
  std::string want_;
  std::vector<std::string> notices_;
};

TEST_F(DamageTest, DamagedViewsAreMadeAnew) {
  const struct {
    const char* desc;
    const char* part;
    std::function<void(const std::string&)> damage;
  } cases[] = {
      {"other bytes in the tables", ".sst", FlipAll},
      {"half a table", ".sst", CutInHalf},
      {"a table that is gone", ".sst",
       [](const std::string& file) { std::filesystem::remove(file); }},
      {"other bytes in the manifest", "MANIFEST", FlipAll},
      {"the manifest is gone", "MANIFEST",
       [](const std::string& file) { std::filesystem::remove(file); }},
      {"CURRENT is gone", "CURRENT",
       [](const std::string& file) { std::filesystem::remove(file); }},
      {"other bytes in CURRENT", "CURRENT", FlipAll},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.desc);
    TempDir copy;
    std::filesystem::remove(copy.path());
    CopyDir(dir_.path(), copy.path());
    for (const std::string& file : Files(copy.Join("views"), test.part)) {
      test.damage(file);
    }
    auto engine = Open(copy.path());
    ASSERT_TRUE(engine.ok()) << engine.status();
    EXPECT_EQ((*engine)->Digest(), want_);
    EXPECT_THAT(notices_, ElementsAre(HasSubstr("damaged")));
    // Once is enough.
    ASSERT_TRUE((*engine)->views().Close().ok());
    engine->reset();
    engine = Open(copy.path());
    ASSERT_TRUE(engine.ok()) << engine.status();
    EXPECT_EQ((*engine)->Digest(), want_);
    EXPECT_THAT(notices_, ElementsAre());
  }
}

TEST_F(DamageTest, ViewsBeyondTheLogAreNoReasonToMakeThemAnew) {
  std::filesystem::remove_all(dir_.Join("log"));
  const auto engine = Open(dir_.path());
  EXPECT_EQ(engine.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(notices_, ElementsAre());
  EXPECT_TRUE(std::filesystem::exists(dir_.Join("views/CURRENT")));
}

}  // namespace
}  // namespace journey::testing
