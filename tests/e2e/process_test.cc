// The process from outside: its ready line, its exit codes, its stopping.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "service/server/config.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/http_get.h"
#include "tests/e2e/journeyd_process.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class ProcessTest : public ::testing::Test {
 protected:
  std::string Log() { return ReadFile(dir_.Join("stderr")); }

  TempDir dir_;
  std::vector<std::string> arguments_ =
      JourneydProcess::Arguments(dir_.Join("data"));
};

TEST_F(ProcessTest, ReadyLineNamesThePortsThatWereBound) {
  JourneydProcess process(arguments_, dir_.Join("stderr"));
  const std::string line = process.WaitUntilReady();
  ASSERT_THAT(line, MatchesRegex("journeyd ready grpc=127.0.0.1:[1-9][0-9]* "
                                 "metrics=127.0.0.1:[1-9][0-9]*"))
      << Log();
  const std::string metrics = line.substr(line.find("metrics=") + 8);
  EXPECT_THAT(HttpGet(metrics, "/metrics"), HasSubstr("journey_build_info"));
}

TEST_F(ProcessTest, StopWithOpenStreamsEndsThemAndExitsWithZero) {
  arguments_.insert(arguments_.end(), {"--log-format", "json"});
  JourneydProcess process(arguments_, dir_.Join("stderr"));
  ASSERT_NE(process.WaitUntilReady(), "") << Log();
  Client client(process.grpc_address());
  ASSERT_TRUE(Append(client, Batch({Call("1")})).status.ok());

  grpc::ClientContext subscribe_context;
  v1::SubscribeRequest request;
  request.set_tenant_id(kTenant);
  auto subscription =
      client.touchpoints->Subscribe(&subscribe_context, request);
  v1::SubscribeResponse message;
  ASSERT_TRUE(subscription->Read(&message));
  ASSERT_TRUE(subscription->Read(&message));
  ASSERT_TRUE(message.has_caught_up());
  grpc::ClientContext append_context;
  auto appends = client.touchpoints->AppendStream(&append_context);
  v1::AppendStreamRequest batch;
  *batch.mutable_batch() = Batch({Call("2")});
  ASSERT_TRUE(appends->Write(batch));
  v1::AppendStreamResponse answer;
  ASSERT_TRUE(appends->Read(&answer));

  process.Signal(SIGTERM);
  int64_t position = 0;
  while (subscription->Read(&message)) {
    if (message.has_heartbeat()) position = message.heartbeat().position();
  }
  EXPECT_EQ(position, 2);
  EXPECT_EQ(Reason(subscription->Finish()), "SHUTTING_DOWN");
  EXPECT_FALSE(appends->Read(&answer));
  EXPECT_EQ(Reason(appends->Finish()), "SHUTTING_DOWN");
  // A stop that takes too long ends with another code.
  EXPECT_EQ(process.Wait(), 0) << Log();
  EXPECT_THAT(Log(), HasSubstr("\"message\":\"stopped\""));
}

TEST_F(ProcessTest, DirectoryInUseIsRefused) {
  JourneydProcess first(arguments_, dir_.Join("first"));
  ASSERT_NE(first.WaitUntilReady(), "");
  JourneydProcess second(arguments_, dir_.Join("stderr"));
  EXPECT_EQ(second.WaitUntilReady(), "");
  EXPECT_EQ(second.Wait(), server::kExitStartFailed);
  EXPECT_THAT(Log(), HasSubstr("cannot start"));
}

TEST_F(ProcessTest, BadConfigurationEndsWithItsCode) {
  WriteFile(dir_.Join("config.yaml"), "listen: 127.0.0.1:0\ncolour: red\n");
  arguments_.insert(arguments_.end(), {"--config", dir_.Join("config.yaml")});
  JourneydProcess process(arguments_, dir_.Join("stderr"));
  EXPECT_EQ(process.WaitUntilReady(), "");
  EXPECT_EQ(process.Wait(), server::kExitConfig);
  EXPECT_THAT(Log(), HasSubstr("config.yaml:2: unknown key \"colour\""));
}

}  // namespace
}  // namespace journey::testing
