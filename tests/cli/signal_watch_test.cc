#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/app.h"
#include "cli/exit_codes.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"
#include "tests/cli/signal_events.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kId[] = "3f9a02c1000000000000000000000000";

class SignalWatchTest : public ::testing::Test {
 protected:
  FakeServer server_;
};

TEST_F(SignalWatchTest, PrintsALineAnEvent) {
  v1::SignalEvent event = SignalEventAt(17, kId);
  event.mutable_signal()->set_type(v1::SIGNAL_TYPE_STALL);
  event.mutable_signal()->set_stall_reason(v1::STALL_REASON_INACTIVE);
  event.mutable_signal()->set_deal_id("D-17");
  event.mutable_signal()->set_owner_id("anna");
  v1::SignalEvent bare;
  bare.set_position(18);
  bare.set_change(v1::SIGNAL_CHANGE_WITHDRAWN);
  server_.signals.watches = {{SignalBatch({event, bare})}};
  const RunResult result = RunCli(
      server_.With({"signals", "watch", "--from-start", "--max-events", "2"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_THAT(
      result.out,
      StartsWith(
          "      17  2025-03-01 00:00  raised        warning   stall inactive  "
          "        account:acme D-17         anna      " +
          std::string(kId) + "  Call the customer\n      18  "));
  EXPECT_EQ(server_.signals.watch_requests()[0].after_position(), 0);
}

TEST_F(SignalWatchTest, BeginsAtTheHeadOfTheSignalLogByDefault) {
  server_.signals.list = [](const v1::ListSignalsRequest& /*request*/) {
    v1::ListSignalsResponse response;
    response.set_signal_position(77);
    return response;
  };
  server_.signals.watches = {{SignalBatch({SignalEventAt(78, kId)})}};
  const RunResult result =
      RunCli(server_.With({"signals", "watch", "--max-events", "1"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(server_.signals.watch_requests()[0].after_position(), 77);
}

TEST_F(SignalWatchTest, AsksForWhatTheFlagsSay) {
  server_.signals.watches = {{SignalBatch({SignalEventAt(5, kId)})}};
  const RunResult result = RunCli(server_.With(
      {"signals", "watch", "--after", "4", "--max-events", "1", "--type",
       "stall,at-risk", "--owner", "anna,bert", "--severity", "warning",
       "--segment", "lost", "--include-historical", "-o", "ndjson"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_THAT(result.out, StartsWith("{\"position\":\"5\","));
  const v1::WatchSignalsRequest request = server_.signals.watch_requests()[0];
  EXPECT_EQ(request.tenant_id(), "acme");
  EXPECT_EQ(request.after_position(), 4);
  EXPECT_TRUE(request.include_historical());
  const v1::SignalFilter& filter = request.filter();
  EXPECT_THAT(filter.types(),
              ElementsAre(v1::SIGNAL_TYPE_STALL, v1::SIGNAL_TYPE_AT_RISK));
  EXPECT_THAT(filter.owner_ids(), ElementsAre("anna", "bert"));
  EXPECT_EQ(filter.severity_min(), v1::SIGNAL_SEVERITY_WARNING);
  EXPECT_THAT(filter.segments(), ElementsAre(v1::SEGMENT_LOST));
}

TEST_F(SignalWatchTest, GoesOnAfterALostConnectionAndAfterBeingTooSlow) {
  server_.signals.watches = {
      {SignalBatch({SignalEventAt(5, kId)}), SignalHeartbeatAt(9)},
      {SignalBatch({SignalEventAt(10, kId), SignalEventAt(11, kId)})},
      {SignalBatch({SignalEventAt(12, kId)})}};
  server_.signals.watch_ends[1] =
      ToGrpc(MakeError(grpc::StatusCode::RESOURCE_EXHAUSTED,
                       v1::ERROR_REASON_SLOW_READER, "too slow", {}, 0));
  const RunResult result = RunCli(
      server_.With({"signals", "watch", "--after", "4", "--max-events", "4"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  std::vector<int64_t> positions;
  for (const auto& request : server_.signals.watch_requests()) {
    positions.push_back(request.after_position());
  }
  EXPECT_THAT(positions, ElementsAre(4, 9, 11));
  EXPECT_EQ(result.err,
            "connection lost, going on after position 9\n"
            "events were read too slowly, going on after position 11\n");
}

TEST_F(SignalWatchTest, EndsAtARefusalAndWhereNobodyWasEverThere) {
  EXPECT_EQ(RunCli(server_.With({"signals", "watch", "--from-start"})).code,
            cli::kExitUnreachable);
  server_.signals.watch_end = ToGrpc(MakeError(
      grpc::StatusCode::INVALID_ARGUMENT, v1::ERROR_REASON_VALIDATION_FAILED,
      "beyond the head", {{"after_position", "is beyond the head"}}));
  EXPECT_EQ(RunCli(server_.With({"signals", "watch", "--after", "99"})).code,
            cli::kExitRefused);
}

// The output ends the watch as a person would: while the server is silent.
class InterruptingBuffer : public std::stringbuf {
 public:
  explicit InterruptingBuffer(cli::Interrupt& interrupt)
      : interrupt_(interrupt) {}

 protected:
  int sync() override {
    if (!interrupt_.requested()) interrupt_.Request();
    return 0;
  }

 private:
  cli::Interrupt& interrupt_;
};

TEST_F(SignalWatchTest, CtrlCEndsItWithThePositionToGoOnFrom) {
  server_.signals.watches = {{SignalBatch({SignalEventAt(5, kId)})}};
  server_.signals.stays_open = 0;
  cli::Interrupt interrupt;
  InterruptingBuffer buffer(interrupt);
  std::ostream out(&buffer);
  std::ostringstream err;
  cli::Environment environment;
  environment.out = &out;
  environment.err = &err;
  environment.now_micros = [] { return kNowMicros; };
  environment.variables = {{"HOME", "/nonexistent"}};
  environment.interrupt = &interrupt;
  EXPECT_EQ(
      cli::RunCommandLine(server_.With({"signals", "watch", "--after", "4"}),
                          environment),
      cli::kExitInterrupted);
  EXPECT_THAT(err.str(), HasSubstr("Go on with --after 5\n"));
}

TEST_F(SignalWatchTest, OnlyOneBeginning) {
  const RunResult result = RunCli(
      server_.With({"signals", "watch", "--after", "4", "--from-start"}));
  EXPECT_EQ(result.code, cli::kExitUsage);
  EXPECT_THAT(result.err, HasSubstr("only one of --after and --from-start"));
}

}  // namespace
}  // namespace journey::testing
