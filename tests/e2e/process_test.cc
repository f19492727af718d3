// The process from outside: its ready line, its exit codes, its stopping.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/server/config.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/http_get.h"
#include "tests/e2e/journeyd_process.h"
#include "tests/e2e/raw_call.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// From the ready line.
std::string MetricsAddress(const std::string& line) {
  return line.substr(line.find("metrics=") + 8);
}

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
  EXPECT_THAT(HttpGet(MetricsAddress(line), "/metrics"),
              HasSubstr("journey_build_info"));
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

// Queries that each fold as much again as a query may, all of them sent.
class HeavyQueries {
 public:
  HeavyQueries(Client& client, int count) : calls_(count) {
    v1::BatchGetJourneysRequest request;
    request.set_tenant_id(kTenant);
    for (int i = 0; i < core::kBatchGetMax; ++i) {
      request.add_subjects()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
      request.mutable_subjects(i)->set_id("globex");
    }
    *request.mutable_as_of() = Call("", kTouchpoints).occurred_at();
    for (OneCall& call : calls_) {
      client.journeys->async()->BatchGetJourneys(
          &call.context, &request, &call.response,
          [&call](const grpc::Status& status) {
            call.outcome.set_value(status);
          });
    }
  }

  // Gives `client` the journey that the queries are about.
  static void Prepare(Client& client) {
    v1::AppendRequest batch;
    for (int i = 0; i <= kTouchpoints + 1; ++i) {
      *batch.add_touchpoints() = Call(std::to_string(i), i);
      if (batch.touchpoints_size() < core::kBatchTouchpointsMax) continue;
      batch.set_tenant_id(kTenant);
      ASSERT_TRUE(Append(client, batch).status.ok());
      batch.Clear();
    }
  }

  // How each ended, by the reason of its error.
  std::vector<std::string> Reasons() {
    std::vector<std::string> reasons;
    for (OneCall& call : calls_) {
      reasons.push_back(Reason(call.outcome.get_future().get()));
    }
    return reasons;
  }

 private:
  static constexpr int kTouchpoints = 49'998;

  struct OneCall {
    grpc::ClientContext context;
    v1::BatchGetJourneysResponse response;
    std::promise<grpc::Status> outcome;
  };

  std::vector<OneCall> calls_;
};

TEST_F(ProcessTest, StopEndsQueriesThatRunAndThatWait) {
  constexpr int kQueries = 20;
  JourneydProcess process(arguments_, dir_.Join("stderr"));
  const std::string metrics = MetricsAddress(process.WaitUntilReady());
  Client client(process.grpc_address());
  HeavyQueries::Prepare(client);
  HeavyQueries queries(client, kQueries);
  const std::string received = absl::StrCat(
      "grpc_server_msg_received_total{grpc_type=\"unary\",grpc_service="
      "\"journey.v1.JourneyService\",grpc_method=\"BatchGetJourneys\"} ",
      kQueries, "\n");
  while (!absl::StrContains(HttpGet(metrics, "/metrics"), received)) {
  }
  process.Signal(SIGTERM);
  EXPECT_THAT(queries.Reasons(), Each("SHUTTING_DOWN"));
  EXPECT_EQ(process.Wait(), 0) << Log();
}

TEST_F(ProcessTest, MalformedRequestsAreAnsweredAndNotLogged) {
  JourneydProcess process(arguments_, dir_.Join("stderr"));
  ASSERT_NE(process.WaitUntilReady(), "") << Log();
  Client client(process.grpc_address());
  std::string bytes = Batch({Call("1")}).SerializeAsString();
  bytes[bytes.find(kTenant)] = '\xff';
  for (const std::string& request : {bytes, std::string("\xff\xff")}) {
    EXPECT_EQ(
        Reason(RawCall(client.channel, "/journey.v1.TouchpointService/Append",
                       request, nullptr)),
        "VALIDATION_FAILED");
  }
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(), 0);
  EXPECT_THAT(Log(), MatchesRegex("[^\n]* info starting [^\n]*\n"
                                  "[^\n]* info ready [^\n]*\n"
                                  "[^\n]* info stopping [^\n]*\n"
                                  "[^\n]* info stopped\n"));
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

TEST_F(ProcessTest, EachMistakeOfTheRulesHasALine) {
  WriteFile(dir_.Join("rules.yaml"), "version: 1\ntime_zone: Mars\n");
  arguments_[3] = dir_.Join("rules.yaml");
  JourneydProcess process(arguments_, dir_.Join("stderr"));
  EXPECT_EQ(process.WaitUntilReady(), "");
  EXPECT_EQ(process.Wait(), server::kExitStartFailed);
  EXPECT_THAT(
      Log(), MatchesRegex(
                 "[^\n]* info starting [^\n]*\n"
                 "[^\n]* error cannot start [^\n]*rules.yaml:1:1: id: [^\n]*\n"
                 "[^\n]* error cannot start [^\n]*:1:1: lifecycle: [^\n]*\n"
                 "[^\n]* error cannot start [^\n]*:1:1: pipelines: [^\n]*\n"
                 "[^\n]* error cannot start [^\n]*:2:12: time_zone: [^\n]*\n"));
}

}  // namespace
}  // namespace journey::testing
