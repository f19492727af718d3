#include "cli/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/app.h"
#include "cli/exit_codes.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() : path_(directory_.Join("deep/config.yaml")) {
    world_.variables["JOURNEYCTL_CONFIG"] = path_;
  }

  RunResult Run(const std::vector<std::string>& arguments) {
    return RunCli(arguments, world_);
  }

  TempDir directory_;
  std::string path_;
  World world_;
};

TEST_F(ConfigTest, KeepsContextsAndChoosesAmongThem) {
  ASSERT_EQ(Run({"config", "set-context", "local", "--tenant", "acme"}).code,
            cli::kExitOk);
  ASSERT_EQ(
      Run({"config", "set-context", "live", "--server", "j:1", "-o", "json"})
          .code,
      cli::kExitOk);
  EXPECT_EQ(Run({"config", "current-context"}).out, "local\n");
  ASSERT_EQ(Run({"config", "use-context", "live"}).code, cli::kExitOk);
  EXPECT_EQ(Run({"config", "get-contexts"}).out,
            "CURRENT  NAME   SERVER  TENANT  OUTPUT\n"
            "         local          acme\n"
            "*        live   j:1             json\n");
}

TEST_F(ConfigTest, ChangesOnlyWhatIsGiven) {
  ASSERT_EQ(
      Run({"config", "set-context", "a", "--server", "s:1", "--tenant", "t"})
          .code,
      cli::kExitOk);
  ASSERT_EQ(Run({"config", "set-context", "a", "--tenant", "u"}).code,
            cli::kExitOk);
  const auto config = cli::LoadConfig(path_);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->Find("a")->server, "s:1");
  EXPECT_EQ(config->Find("a")->tenant, "u");
}

TEST_F(ConfigTest, UnknownContextIsAUsageError) {
  EXPECT_EQ(Run({"config", "use-context", "x"}).code, cli::kExitUsage);
  EXPECT_EQ(Run({"status", "--context", "x"}).code, cli::kExitUsage);
  EXPECT_EQ(Run({"config", "current-context"}).code, cli::kExitUsage);
}

TEST_F(ConfigTest, MistakesInTheFileNameTheLine) {
  const struct {
    const char* desc;
    const char* content;
    const char* says;
  } cases[] = {
      {"no YAML", "contexts: [", "config.yaml: line "},
      {"unknown key", "contexts: {}\ncolour: red\n", "line 2: unknown key"},
      {"unknown context key", "contexts:\n  a:\n    port: 1\n",
       "line 3: unknown key; there are: server"},
      {"list", "- a\n", "is no YAML mapping"},
  };
  ASSERT_EQ(Run({"config", "set-context", "a"}).code, cli::kExitOk);
  for (const auto& test : cases) {
    WriteFile(path_, test.content);
    const RunResult result = Run({"config", "get-contexts"});
    EXPECT_EQ(result.code, cli::kExitUsage) << test.desc;
    EXPECT_THAT(result.err, HasSubstr(test.says)) << test.desc;
  }
}

// Which of flag, environment and context wins.
TEST_F(ConfigTest, FlagWinsOverEnvironmentOverContextOverDefault) {
  cli::Environment environment;
  environment.variables = world_.variables;
  cli::Invocation invocation(environment);
  EXPECT_EQ(invocation.Resolve()->server, "127.0.0.1:50051");
  cli::Config config;
  config.current_context = "c";
  config.At("c") = {"context:1", "from-context", "json"};
  ASSERT_TRUE(cli::SaveConfig(path_, config).ok());
  EXPECT_EQ(invocation.Resolve()->server, "context:1");
  EXPECT_EQ(invocation.Resolve()->tenant, "from-context");
  EXPECT_EQ(invocation.Resolve()->format, cli::Format::kJson);
  environment.variables["JOURNEYCTL_SERVER"] = "environment:1";
  environment.variables["JOURNEYCTL_TENANT"] = "from-environment";
  EXPECT_EQ(invocation.Resolve()->server, "environment:1");
  EXPECT_EQ(invocation.Resolve()->tenant, "from-environment");
  invocation.flags.server = "flag:1";
  invocation.flags.output = "ndjson";
  EXPECT_EQ(invocation.Resolve()->server, "flag:1");
  EXPECT_EQ(invocation.Resolve()->format, cli::Format::kNdjson);
}

TEST_F(ConfigTest, ReplacingAFileLeavesNoDraftBehind) {
  const std::string path = directory_.Join("file");
  ASSERT_TRUE(cli::ReplaceFile(path, "one").ok());
  ASSERT_TRUE(cli::ReplaceFile(path, "two").ok());
  EXPECT_EQ(ReadFile(path), "two");
  EXPECT_FALSE(cli::ReplaceFile("/nonexistent/file", "x").ok());
}

}  // namespace
}  // namespace journey::testing
