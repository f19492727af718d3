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
using ::testing::Not;

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

TEST_F(ConfigTest, ListsContextsAsJson) {
  EXPECT_EQ(Run({"config", "get-contexts", "-o", "json"}).out, "[]\n");
  EXPECT_THAT(Run({"config", "get-contexts"}).out, HasSubstr("No contexts"));
  ASSERT_EQ(Run({"config", "set-context", "a\"b", "--tenant", "t"}).code,
            cli::kExitOk);
  ASSERT_EQ(Run({"config", "set-context", "c", "--server", "s:1"}).code,
            cli::kExitOk);
  const std::string first =
      R"({"name":"a\"b","current":true,"server":"","tenant":"t","output":""})";
  const std::string second =
      R"({"name":"c","current":false,"server":"s:1","tenant":"","output":""})";
  EXPECT_EQ(Run({"config", "get-contexts", "-o", "json"}).out,
            "[" + first + ",\n" + second + "]\n");
  EXPECT_EQ(Run({"config", "get-contexts", "-o", "ndjson"}).out,
            first + "\n" + second + "\n");
  EXPECT_EQ(Run({"config", "get-contexts", "-o", "xml"}).code, cli::kExitUsage);
}

TEST_F(ConfigTest, DeletesAContext) {
  for (const char* name : {"a", "b"}) {
    ASSERT_EQ(Run({"config", "set-context", name}).code, cli::kExitOk);
  }
  EXPECT_THAT(Run({"config", "delete-context", "b"}).err,
              Not(HasSubstr("current context")));
  EXPECT_THAT(Run({"config", "delete-context", "a"}).err,
              HasSubstr("It was the current context"));
  const auto config = cli::LoadConfig(path_);
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->contexts.empty());
  EXPECT_EQ(config->current_context, "");
  EXPECT_EQ(Run({"config", "delete-context", "a"}).code, cli::kExitUsage);
}

// Each mistake is blamed on what is to blame.
TEST_F(ConfigTest, RefusesValuesThatCannotBeRight) {
  const struct {
    const char* desc;
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {"no port",
       {"--server", "localhost"},
       "--server: \"localhost\" is not H"},
      {"port 0", {"--server", "h:0"}, "is not HOST:PORT"},
      {"large port", {"--server", "h:65536"}, "is not HOST:PORT"},
      {"signed port", {"--server", "h:+1"}, "is not HOST:PORT"},
      {"no host", {"--server", ":1"}, "is not HOST:PORT"},
      {"URL", {"--server", "http://h:1"}, "is not HOST:PORT"},
      {"bare IPv6", {"--server", "::1"}, "is not HOST:PORT"},
      {"tenant", {"--tenant", "A"}, "--tenant: \"A\" is no tenant; write"},
      {"dash", {"--tenant", "-a"}, "is no tenant"},
      {"long tenant", {"--tenant", std::string(64, 'a')}, "is no tenant"},
      {"output", {"-o", "xml"}, "--output: \"xml\" is none of: table, json"},
  };
  for (const auto& test : cases) {
    for (std::vector<std::string> arguments :
         {std::vector<std::string>{"config", "set-context", "x"},
          std::vector<std::string>{"status"}}) {
      arguments.insert(arguments.end(), test.arguments.begin(),
                       test.arguments.end());
      const RunResult result = Run(arguments);
      EXPECT_EQ(result.code, cli::kExitUsage) << test.desc;
      EXPECT_THAT(result.err, HasSubstr(test.says)) << test.desc;
    }
  }
  EXPECT_TRUE(cli::LoadConfig(path_)->contexts.empty());
  EXPECT_EQ(Run({"config", "set-context", "x", "--server", "[::1]:50051"}).code,
            cli::kExitOk);
}

TEST_F(ConfigTest, BlamesTheVariableOrTheContext) {
  world_.variables["JOURNEYCTL_SERVER"] = "localhost";
  EXPECT_THAT(Run({"status"}).err, HasSubstr("JOURNEYCTL_SERVER: \"localhost"));
  world_.variables.erase("JOURNEYCTL_SERVER");
  world_.variables["JOURNEYCTL_TENANT"] = "A";
  EXPECT_THAT(Run({"status"}).err, HasSubstr("JOURNEYCTL_TENANT: \"A\" is no"));
  world_.variables.erase("JOURNEYCTL_TENANT");
  cli::Config config;
  config.current_context = "c";
  config.At("c").output = "xml";
  ASSERT_TRUE(cli::SaveConfig(path_, config).ok());
  const RunResult result = Run({"status"});
  EXPECT_EQ(result.code, cli::kExitUsage);
  EXPECT_THAT(result.err,
              HasSubstr(path_ + ": context \"c\": \"xml\" is none"));
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
