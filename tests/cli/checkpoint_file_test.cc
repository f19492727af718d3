#include "cli/delivery/checkpoint_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/delivery/dead_letters.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "tests/cli/cli_run.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using cli::CheckpointFile;
using cli::DeadLetterFile;
using cli::DeliveryProgress;
using ::testing::HasSubstr;

class CheckpointFileTest : public ::testing::Test {
 protected:
  TempDir directory_;
  std::string path_ = directory_.Join("position");
};

TEST_F(CheckpointFileTest, KeepsTheProgress) {
  const DeliveryProgress progress = {1017, {5, 900}};
  {
    const auto file = CheckpointFile::Open(path_, "acme");
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->loaded(), std::nullopt);
    ASSERT_TRUE(file->Save({1000, {5}}).ok());
    ASSERT_TRUE(file->Save(progress).ok());
  }
  EXPECT_EQ(ReadFile(path_), "acme signals 1017\n5\n900\n");
  const auto again = CheckpointFile::Open(path_, "acme");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->loaded(), progress);
}

TEST_F(CheckpointFileTest, RefusesWhatIsNone) {
  const struct {
    const char* desc;
    const char* content;
    const char* says;
  } cases[] = {
      {"empty", "", "is no checkpoint of deliveries"},
      {"one of tail, which counts otherwise", "acme 7\n",
       "is no checkpoint of deliveries"},
      {"of another tenant", "globex signals 7\n",
       "belongs to tenant \"globex\", not to \"acme\""},
      {"a negative position", "acme signals -7\n", "is no checkpoint"},
      {"no number", "acme signals 7\nx\n", "is no checkpoint"},
      {"open, but not seen", "acme signals 7\n8\n", "is no checkpoint"},
      {"not in order", "acme signals 7\n5\n3\n", "is no checkpoint"},
  };
  for (const auto& test : cases) {
    WriteFile(path_, test.content);
    const auto file = CheckpointFile::Open(path_, "acme");
    EXPECT_EQ(cli::ExitCodeOf(file.status()), cli::kExitUsage) << test.desc;
    EXPECT_THAT(std::string(file.status().message()), HasSubstr(test.says))
        << test.desc;
  }
}

TEST_F(CheckpointFileTest, IsForOneCommandAtATime) {
  const auto first = CheckpointFile::Open(path_, "acme");
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(
      std::string(CheckpointFile::Open(path_, "acme").status().message()),
      HasSubstr("another command is using it"));
}

TEST_F(CheckpointFileTest, AFolderThatIsNotThereIsAFailure) {
  EXPECT_EQ(
      cli::ExitCodeOf(
          CheckpointFile::Open(directory_.Join("no/where"), "acme").status()),
      cli::kExitFailed);
}

class DeadLetterTest : public CheckpointFileTest {};

TEST_F(DeadLetterTest, AreAddedAndOnlyTheOwnerReadsThem) {
  for (const char* line : {"{\"a\":1}\n", "{\"a\":2}\n"}) {
    const auto file = DeadLetterFile::Open(path_);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->Add(line).ok());
  }
  EXPECT_EQ(ReadFile(path_), "{\"a\":1}\n{\"a\":2}\n");
  struct stat info = {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(DeadLetterTest, ALineThatWasCutShortIsEnded) {
  WriteFile(path_, "{\"a\":1}\n{\"a\"");
  const auto file = DeadLetterFile::Open(path_);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->Add("{\"a\":3}\n").ok());
  EXPECT_EQ(ReadFile(path_), "{\"a\":1}\n{\"a\"\n{\"a\":3}\n");
}

TEST_F(DeadLetterTest, SayWhatWasSentAndWhatCameBack) {
  cli::HttpAnswer answer;
  answer.status = 400;
  answer.body_start = "no \"segment\"\n\xFF";
  EXPECT_EQ(cli::DeadLetterLine({17, "a", "{\"id\":\"acme/17\"}"}, 3, answer,
                                kNowMicros),
            "{\"given_up_at\":\"2025-03-01T00:00:00Z\",\"attempts\":3,"
            "\"answer\":\"HTTP 400: no \\\"segment\\\"??\","
            "\"event\":{\"id\":\"acme/17\"}}\n");
}

}  // namespace
}  // namespace journey::testing
