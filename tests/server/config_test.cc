#include "service/server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "service/server/version.h"
#include "tests/support/temp_dir.h"

namespace journey::server {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

CommandLine Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "journeyd");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

class ConfigTest : public ::testing::Test {
 protected:
  ~ConfigTest() override { unsetenv("JOURNEY_LOG_LEVEL"); }

  std::string File(const std::string& text) {
    journey::testing::WriteFile(dir_.Join("config.yaml"), text);
    return dir_.Join("config.yaml");
  }
  // What a file is refused with.
  std::string Error(const std::string& text) {
    const std::string file = File(text);
    const auto command = Parse({"--rules", "r", "--config", file.c_str()});
    EXPECT_TRUE(command.exit.has_value());
    if (!command.exit.has_value()) return "";
    EXPECT_EQ(command.exit->code, kExitConfig);
    return command.exit->err;
  }

  journey::testing::TempDir dir_;
};

TEST_F(ConfigTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
  const std::string file = File(
      "rules: from-file\nlog-level: warn\nlisten: \"[::1]:1\"\n"
      "heartbeat-seconds: 3\n");
  setenv("JOURNEY_LOG_LEVEL", "error", 1);
  const auto command =
      Parse({"--config", file.c_str(), "--listen", "127.0.0.1:2"});
  ASSERT_FALSE(command.exit.has_value()) << command.exit->err;
  EXPECT_EQ(command.config.listen, "127.0.0.1:2");
  EXPECT_EQ(command.config.log_level, "error");
  EXPECT_EQ(command.config.rules, "from-file");
  EXPECT_EQ(command.config.heartbeat_seconds, 3);
  EXPECT_EQ(command.config.log_format, "text");
}

TEST_F(ConfigTest, PrintedConfigurationCanBeReadBack) {
  const auto printed =
      Parse({"--rules", "r: s", "--listen", "[::1]:0", "--print-config"});
  ASSERT_TRUE(printed.exit.has_value());
  EXPECT_EQ(printed.exit->code, 0);
  const std::string file = File(printed.exit->out);
  const auto command = Parse({"--config", file.c_str()});
  ASSERT_FALSE(command.exit.has_value()) << command.exit->err;
  EXPECT_EQ(command.config.rules, "r: s");
  EXPECT_EQ(command.config.listen, "[::1]:0");
}

TEST_F(ConfigTest, MistakeInTheFileIsNamedWithItsLine) {
  EXPECT_THAT(Error("listen: a:1\n\nlistne: b:2\n"),
              HasSubstr("config.yaml:3: unknown key \"listne\""));
  EXPECT_THAT(Error("listen: nowhere\n"), HasSubstr("config.yaml:1: "));
  EXPECT_THAT(Error("log-level: warn\nlog-level: info\n"),
              HasSubstr("config.yaml:2: \"log-level\" stands here"));
  EXPECT_THAT(Error("listen: [a, b]\n"), HasSubstr("needs a single value"));
  EXPECT_THAT(Error("- a\n"), HasSubstr("key: value"));
  EXPECT_THAT(Error("a: 'b\n"), HasSubstr("config.yaml:"));
}

TEST_F(ConfigTest, BadFlagIsRefused) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {},
           {"--rules", "r", "--listen", "8080"},
           {"--rules", "r", "--listen", "host:70000"},
           {"--rules", "r", "--heartbeat-seconds", "0"},
           {"--rules", "r", "--log-format", "xml"},
           {"--rules", "r", "--unknown"},
           {"--config", "/nonexistent"},
       }) {
    const auto command = Parse(arguments);
    ASSERT_TRUE(command.exit.has_value());
    EXPECT_EQ(command.exit->code, kExitConfig);
    EXPECT_NE(command.exit->err, "");
  }
}

TEST_F(ConfigTest, HelpExplainsEveryFlagWithItsDefaultAndVariable) {
  const auto help = Parse({"--help"});
  ASSERT_TRUE(help.exit.has_value());
  EXPECT_EQ(help.exit->code, 0);
  EXPECT_THAT(help.exit->out, HasSubstr("--heartbeat-seconds"));
  EXPECT_THAT(help.exit->out, HasSubstr("JOURNEY_HEARTBEAT_SECONDS"));
  EXPECT_THAT(help.exit->out, HasSubstr("127.0.0.1:50051"));
}

TEST_F(ConfigTest, VersionNamesTheRevisionWhereItIsKnown) {
  const auto version = Parse({"--version"});
  ASSERT_TRUE(version.exit.has_value());
  EXPECT_EQ(version.exit->code, 0);
  const std::string revision(Revision());
  EXPECT_EQ(version.exit->out,
            "journeyd " + std::string(Version()) +
                (revision.empty() ? "" : " (" + revision + ")") + "\n");
  EXPECT_THAT(revision, MatchesRegex("|[0-9a-f]+"));
}

TEST_F(ConfigTest, PortIsReplaced) {
  EXPECT_EQ(WithPort("[::1]:0", 7), "[::1]:7");
  EXPECT_EQ(WithPort("localhost:0", 65535), "localhost:65535");
}

}  // namespace
}  // namespace journey::server
