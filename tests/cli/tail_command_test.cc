#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cli/delivery/checkpoint_file.h"
#include "cli/exit_codes.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

v1::SubscribeResponse Events(const std::vector<int64_t>& positions) {
  v1::SubscribeResponse response;
  for (const int64_t position : positions) {
    v1::Event& event = *response.mutable_events()->add_events();
    event.set_position(position);
    event.mutable_touchpoint()->set_touchpoint_id(std::to_string(position));
  }
  return response;
}

v1::SubscribeResponse HeartbeatAt(int64_t position) {
  v1::SubscribeResponse response;
  response.mutable_heartbeat()->set_position(position);
  return response;
}

class TailTest : public ::testing::Test {
 protected:
  FakeServer server_;
  TempDir directory_;
  std::string checkpoint_ = directory_.Join("checkpoint");
};

TEST_F(TailTest, GoesOnFromTheLastPositionAfterALostConnection) {
  server_.touchpoints.subscriptions = {{Events({5, 6}), HeartbeatAt(9)},
                                       {Events({10, 11})}};
  const RunResult result = RunCli(server_.With(
      {"tail", "--after", "4", "--max-events", "4", "-o", "ndjson"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  const auto requests = server_.touchpoints.subscribe_requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].after_position(), 4);
  EXPECT_EQ(requests[1].after_position(), 9);
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 4);
  EXPECT_THAT(result.err, HasSubstr("going on after position 9"));
}

TEST_F(TailTest, CheckpointNeverRunsAheadOfTheOutput) {
  server_.touchpoints.subscriptions = {{Events({1, 2, 3})}, {Events({3})}};
  EXPECT_EQ(RunCli(server_.With({"tail", "--checkpoint", checkpoint_,
                                 "--max-events", "2"}))
                .code,
            cli::kExitOk);
  EXPECT_EQ(ReadFile(checkpoint_), "acme 2\n");
  EXPECT_EQ(RunCli(server_.With({"tail", "--checkpoint", checkpoint_,
                                 "--max-events", "1"}))
                .code,
            cli::kExitOk);
  EXPECT_EQ(ReadFile(checkpoint_), "acme 3\n");
  const auto requests = server_.touchpoints.subscribe_requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].after_position(), 0);
  EXPECT_EQ(requests[1].after_position(), 2);
}

TEST_F(TailTest, RefusesACheckpointOfAnotherTenant) {
  WriteFile(checkpoint_, "globex 7\n");
  const RunResult result =
      RunCli(server_.With({"tail", "--checkpoint", checkpoint_}));
  EXPECT_EQ(result.code, cli::kExitUsage);
  EXPECT_THAT(result.err, HasSubstr("belongs to tenant \"globex\""));
}

TEST_F(TailTest, DoesNotTakeADamagedCheckpointForAFirstStart) {
  for (const char* content : {"", "acme\n", "acme x\n", "acme -1\n", "acme 7",
                              "acme 7\n8\n", "acme signals 7\n"}) {
    WriteFile(checkpoint_, content);
    const RunResult result =
        RunCli(server_.With({"tail", "--checkpoint", checkpoint_}));
    EXPECT_EQ(result.code, cli::kExitUsage) << content;
    EXPECT_THAT(result.err, HasSubstr(": is no checkpoint of tail")) << content;
    EXPECT_EQ(ReadFile(checkpoint_), content);
  }
  EXPECT_THAT(server_.touchpoints.subscribe_requests(), ::testing::IsEmpty());
}

TEST_F(TailTest, DoesNotTakeAnUnreadableCheckpointForAFirstStart) {
  std::filesystem::create_directory(checkpoint_);
  const RunResult result =
      RunCli(server_.With({"tail", "--checkpoint", checkpoint_}));
  EXPECT_EQ(result.code, cli::kExitFailed);
  EXPECT_THAT(result.err, HasSubstr(": cannot be read"));
  EXPECT_THAT(server_.touchpoints.subscribe_requests(), ::testing::IsEmpty());
}

TEST_F(TailTest, AfterIsOnlyForACheckpointThatIsNotThereYet) {
  for (const char* content : {"globex 7\n", "acme 7\n"}) {
    WriteFile(checkpoint_, content);
    const RunResult result = RunCli(
        server_.With({"tail", "--after", "3", "--checkpoint", checkpoint_}));
    EXPECT_EQ(result.code, cli::kExitUsage) << content;
    EXPECT_THAT(result.err, HasSubstr("leave out --after to go on from it, or "
                                      "delete the file"));
    EXPECT_EQ(ReadFile(checkpoint_), content);
  }
  server_.touchpoints.subscriptions = {{Events({4})}};
  const std::string fresh = directory_.Join("fresh");
  EXPECT_EQ(RunCli(server_.With({"tail", "--after", "3", "--checkpoint", fresh,
                                 "--max-events", "1"}))
                .code,
            cli::kExitOk);
  const auto requests = server_.touchpoints.subscribe_requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].after_position(), 3);
  EXPECT_EQ(ReadFile(fresh), "acme 4\n");
}

TEST_F(TailTest, ACheckpointIsForOneCommandAtATime) {
  const auto other = cli::CheckpointFile::Open(checkpoint_, "acme");
  ASSERT_TRUE(other.ok());
  const RunResult result =
      RunCli(server_.With({"tail", "--checkpoint", checkpoint_}));
  EXPECT_EQ(result.code, cli::kExitUsage);
  EXPECT_THAT(result.err, HasSubstr("another command is using it"));
}

TEST_F(TailTest, BeginsAtTheHeadByDefault) {
  server_.admin.status.mutable_tenant()->set_head_position(77);
  server_.touchpoints.subscriptions = {{Events({78})}};
  const RunResult result = RunCli(server_.With({"tail", "--max-events", "1"}));
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_EQ(server_.touchpoints.subscribe_requests()[0].after_position(), 77);
}

TEST_F(TailTest, EndsAtARefusal) {
  server_.touchpoints.subscribe_end = ToGrpc(MakeError(
      grpc::StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_VALIDATION_FAILED,
      "beyond the head", {{"after_position", "is beyond the head"}}));
  EXPECT_EQ(RunCli(server_.With({"tail", "--after", "99"})).code,
            cli::kExitRefused);
}

// After a restart of the server all of its subscribers come at once.
TEST_F(TailTest, WaitsForAnOverloadedServerOnceItWasConnected) {
  const grpc::Status overloaded = ToGrpc(
      MakeError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                v1::ERROR_REASON_OVERLOADED, "too many subscriptions", {}, 0));
  server_.touchpoints.subscriptions = {{Events({5})}, {}, {Events({6})}};
  server_.touchpoints.subscribe_ends[1] = overloaded;
  const RunResult result =
      RunCli(server_.With({"tail", "--after", "4", "--max-events", "2"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(server_.touchpoints.subscribe_requests().size(), 3u);
  EXPECT_THAT(result.err,
              HasSubstr("the server is overloaded, going on after position 5"));
}

// The output is a pager, for example, in which somebody reads.
TEST_F(TailTest, GoesOnWhenItsOutputWasNotTakenForTooLong) {
  server_.touchpoints.subscriptions = {{Events({5})}, {Events({6})}};
  server_.touchpoints.subscribe_ends[0] =
      ToGrpc(MakeError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                       v1::ERROR_REASON_SLOW_READER, "did not take", {}, 0));
  const RunResult result =
      RunCli(server_.With({"tail", "--after", "4", "--max-events", "2"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("events were read too slowly, going on after "
                        "position 5"));
}

TEST_F(TailTest, GoesOnAfterAServerThatWasAlreadyClosing) {
  server_.touchpoints.subscriptions = {{Events({5})}, {}, {Events({6})}};
  server_.touchpoints.subscribe_ends[1] = grpc::Status::CANCELLED;
  const RunResult result =
      RunCli(server_.With({"tail", "--after", "4", "--max-events", "2"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(server_.touchpoints.subscribe_requests().size(), 3u);
}

TEST_F(TailTest, EndsWhenTheServerIsOverloadedFromTheBeginning) {
  server_.touchpoints.subscribe_end = ToGrpc(
      MakeError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                v1::ERROR_REASON_OVERLOADED, "too many subscriptions", {}, 1));
  EXPECT_EQ(RunCli(server_.With({"tail", "--after", "4"})).code,
            cli::kExitUnreachable);
}

TEST_F(TailTest, CtrlCEndsIt) {
  cli::Interrupt interrupt;
  interrupt.Request();
  World world;
  world.interrupt = &interrupt;
  EXPECT_EQ(RunCli(server_.With({"tail", "--after", "0"}), world).code,
            cli::kExitInterrupted);
}

}  // namespace
}  // namespace journey::testing
