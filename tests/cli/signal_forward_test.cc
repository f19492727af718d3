#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/exit_codes.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"
#include "tests/cli/receiver.h"
#include "tests/cli/signal_events.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// The ids of the CloudEvents in bodies.
std::vector<std::string> IdsOf(const std::vector<std::string>& bodies) {
  std::vector<std::string> ids;
  for (const std::string& body : bodies) {
    google::protobuf::Struct event;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(body, &event).ok())
        << body;
    ids.push_back(event.fields().at("id").string_value());
  }
  return ids;
}

class SignalForwardTest : public ::testing::Test {
 protected:
  // With the flags that every run here needs.
  RunResult Forward(std::vector<std::string> more, const World& world = {}) {
    std::vector<std::string> arguments = {
        "signals",      "forward",   "--url",         receiver_.url(),
        "--checkpoint", checkpoint_, "--retry-delay", "1ms"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(server_.With(arguments), world);
  }

  FakeServer server_;
  Receiver receiver_;
  TempDir directory_;
  std::string checkpoint_ = directory_.Join("position");
  std::string letters_ = checkpoint_ + ".dead.ndjson";
};

TEST_F(SignalForwardTest, DeliversWhatThereIsAndGoesOnFromThere) {
  server_.signals.watches = {
      {SignalBatch({SignalEventAt(1, "a"), SignalEventAt(2, "b")}),
       SignalsCaughtUpAt(4)},
      {SignalBatch({SignalEventAt(5, "a")}), SignalsCaughtUpAt(5)}};
  RunResult result = Forward({"--once"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_THAT(IdsOf(receiver_.accepted()),
              UnorderedElementsAre("acme/1", "acme/2"));
  EXPECT_EQ(ReadFile(checkpoint_), "acme signals 4\n");
  EXPECT_EQ(ReadFile(letters_), "");
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "Nothing is signed without --secret-file.\n"
            "2 delivered, 0 dead letters, 0 left for the next run\n");
  result = Forward({"--once"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(IdsOf(receiver_.accepted()).back(), "acme/5");
  const auto requests = server_.signals.watch_requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].after_position(), 0);
  EXPECT_EQ(requests[1].after_position(), 4);
}

TEST_F(SignalForwardTest, AsksForWhatTheFlagsSayAndSigns) {
  const std::string secret = directory_.Join("secret");
  WriteFile(secret, "0123456789abcdef\n");
  server_.signals.watches = {
      {SignalBatch({SignalEventAt(1, "a")}), SignalsCaughtUpAt(1)}};
  const RunResult result = Forward(
      {"--once", "--type", "stall", "--owner", "anna", "--severity", "critical",
       "--segment", "lost", "--include-historical", "--secret-file", secret});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  const v1::WatchSignalsRequest request = server_.signals.watch_requests()[0];
  EXPECT_THAT(request.filter().types(), ElementsAre(v1::SIGNAL_TYPE_STALL));
  EXPECT_THAT(request.filter().owner_ids(), ElementsAre("anna"));
  EXPECT_EQ(request.filter().severity_min(), v1::SIGNAL_SEVERITY_CRITICAL);
  EXPECT_THAT(request.filter().segments(), ElementsAre(v1::SEGMENT_LOST));
  EXPECT_TRUE(request.include_historical());
  ASSERT_THAT(receiver_.requests(), SizeIs(1));
  EXPECT_EQ(receiver_.requests()[0].timestamp, "1740787200");
  EXPECT_THAT(receiver_.requests()[0].signature,
              ::testing::MatchesRegex("sha256=[0-9a-f]{64}"));
}

TEST_F(SignalForwardTest, BeginsAtTheHeadWhereAskedTo) {
  server_.signals.list = [](const v1::ListSignalsRequest& /*request*/) {
    v1::ListSignalsResponse response;
    response.set_signal_position(77);
    return response;
  };
  server_.signals.watches = {{SignalsCaughtUpAt(77)}, {SignalsCaughtUpAt(80)}};
  EXPECT_EQ(Forward({"--once", "--from-now"}).code, cli::kExitOk);
  EXPECT_EQ(server_.signals.watch_requests()[0].after_position(), 77);
  WriteFile(checkpoint_, "acme signals 5\n");
  EXPECT_EQ(Forward({"--once", "--from-now"}).code, cli::kExitOk);
  EXPECT_EQ(server_.signals.watch_requests()[1].after_position(), 5);
}

TEST_F(SignalForwardTest, TriesAgainAndThenKeepsADeadLetter) {
  std::atomic<int> failures{0};
  receiver_.judge = [&failures](const ReceivedRequest& request) {
    if (absl::StrContains(request.body, "\"acme/1\"")) {
      return ReceiverAnswer{422, "unknown type", {}};
    }
    return ReceiverAnswer{failures++ < 3 ? 503 : 200, "", {}};
  };
  server_.signals.watches = {
      {SignalBatch({SignalEventAt(1, "a"), SignalEventAt(2, "a")}),
       SignalsCaughtUpAt(2)}};
  const RunResult result = Forward({"--once"});
  EXPECT_EQ(result.code, cli::kExitRefused);
  EXPECT_THAT(IdsOf(receiver_.accepted()), ElementsAre("acme/2"));
  EXPECT_THAT(result.err,
              HasSubstr("dead letter: position 1, signal a, attempts 1: HTTP "
                        "422: unknown type\n"));
  EXPECT_THAT(result.err,
              HasSubstr("1 delivered, 1 dead letters, 0 left for the next "
                        "run\n"));
  google::protobuf::Struct letter;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(ReadFile(letters_), &letter)
          .ok());
  EXPECT_EQ(letter.fields()
                .at("event")
                .struct_value()
                .fields()
                .at("id")
                .string_value(),
            "acme/1");
  EXPECT_EQ(ReadFile(checkpoint_), "acme signals 2\n");
}

TEST_F(SignalForwardTest, GoesOnAfterALostConnectionWithoutRepeating) {
  server_.signals.watches = {
      {SignalBatch({SignalEventAt(1, "a"), SignalEventAt(2, "a")})},
      {SignalBatch({SignalEventAt(3, "a")}), SignalsCaughtUpAt(3)}};
  const RunResult result = Forward({"--once"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(server_.signals.watch_requests()[1].after_position(), 2);
  EXPECT_THAT(IdsOf(receiver_.accepted()),
              ElementsAre("acme/1", "acme/2", "acme/3"));
}

TEST_F(SignalForwardTest, CtrlCEndsItAndLeavesTheRestForTheNextRun) {
  cli::Interrupt interrupt;
  // Nobody takes the event, and somebody ends the command meanwhile.
  receiver_.judge = [&interrupt](const ReceivedRequest& /*request*/) {
    if (!interrupt.requested()) interrupt.Request();
    return ReceiverAnswer{503, "", {}};
  };
  server_.signals.watches = {{SignalBatch({SignalEventAt(1, "a")})}};
  server_.signals.stays_open = 0;
  World world;
  world.interrupt = &interrupt;
  const RunResult result = Forward({}, world);
  EXPECT_EQ(result.code, cli::kExitInterrupted);
  EXPECT_THAT(result.err, HasSubstr("1 left for the next run"));
  receiver_.judge = nullptr;
  server_.signals.watches.push_back(
      {SignalBatch({SignalEventAt(1, "a")}), SignalsCaughtUpAt(1)});
  EXPECT_EQ(Forward({"--once"}).code, cli::kExitOk);
  EXPECT_EQ(server_.signals.watch_requests()[1].after_position(), 0);
  EXPECT_THAT(IdsOf(receiver_.accepted()), ElementsAre("acme/1"));
}

TEST_F(SignalForwardTest, AFailingDiskEndsItWhileTheServerIsSilent) {
  receiver_.judge = [](const ReceivedRequest& /*request*/) {
    return ReceiverAnswer{400, "", {}};
  };
  server_.signals.watches = {{SignalBatch({SignalEventAt(1, "a")})}};
  server_.signals.stays_open = 0;
  const RunResult result = Forward({"--dead-letters", "/dev/full"});
  EXPECT_EQ(result.code, cli::kExitFailed);
  EXPECT_THAT(result.err, HasSubstr("/dev/full: cannot be written"));
}

TEST_F(SignalForwardTest, MistakesAreUsageErrors) {
  const std::string secret = directory_.Join("secret");
  WriteFile(secret, "short");
  const struct {
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {{"--url", "ftp://example.com/"}, "is no URL to send to"},
      {{"--secret-file", secret}, "a secret has 16 to 4096 bytes"},
      {{"--retry-for", "soon"}, "--retry-for: \"soon\" is no time limit"},
      {{"--retry-for", "25h"}, "--retry-for: \"25h\" is no time limit"},
      {{"--retry-delay", "0"}, "--retry-delay: \"0\" is no time limit"},
      {{"--parallel", "65"}, "--parallel: at most 64"},
      {{"--type", "fax"}, "--type: \"fax\" is none of"},
  };
  for (const auto& test : cases) {
    std::vector<std::string> arguments = {"signals", "forward", "--checkpoint",
                                          checkpoint_};
    if (test.arguments[0] != "--url") {
      arguments.insert(arguments.end(), {"--url", receiver_.url()});
    }
    arguments.insert(arguments.end(), test.arguments.begin(),
                     test.arguments.end());
    const RunResult result = RunCli(server_.With(arguments));
    EXPECT_EQ(result.code, cli::kExitUsage) << test.says;
    EXPECT_THAT(result.err, HasSubstr(test.says));
  }
  EXPECT_THAT(server_.signals.watch_requests(), IsEmpty());
}

TEST_F(SignalForwardTest, AServerThatIsNotThereIsReported) {
  EXPECT_EQ(RunCli({"signals", "forward", "--url", receiver_.url(),
                    "--checkpoint", checkpoint_, "--once", "--tenant", "acme",
                    "--server", "127.0.0.1:1"})
                .code,
            cli::kExitUnreachable);
}

}  // namespace
}  // namespace journey::testing
