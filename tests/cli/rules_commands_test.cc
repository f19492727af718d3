// `rules calibrate`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::StartsWith;

struct Stay {
  const char* stage_id;
  // Less than none: the deal is still there.
  double days;
};

v1::Deal Won(const std::string& pipeline_id, const std::vector<Stay>& stays) {
  v1::Deal deal;
  deal.set_pipeline_id(pipeline_id);
  int64_t at = kNowMicros;
  for (const Stay& stay : stays) {
    v1::DealStageVisit& visit = *deal.add_stage_history();
    visit.set_stage_id(stay.stage_id);
    *visit.mutable_entered_at() = cli::FromMicros(at);
    if (stay.days < 0) continue;
    at += static_cast<int64_t>(stay.days * 86'400) * 1'000'000;
    *visit.mutable_left_at() = cli::FromMicros(at);
  }
  return deal;
}

class CalibrateTest : public ::testing::Test {
 protected:
  CalibrateTest() {
    *server_.deals.list.add_deals() =
        Won("default", {{"prospecting", 2}, {"proposal", 10}, {"won", -1}});
    server_.deals.list.set_next_page_token("1");
    // A page may be empty although there are more.
    server_.deals.more.resize(2);
    server_.deals.more[0].set_next_page_token("2");
    *server_.deals.more[1].add_deals() = Won("default", {{"prospecting", 3},
                                                         {"proposal", 1.5},
                                                         {"prospecting", 1},
                                                         {"Legal!", 1},
                                                         {"won", -1}});
    *server_.deals.more[1].add_deals() =
        Won("b", {{"at_once", 0}, {"open", 0.0625}, {"won", -1}});
  }

  std::string Out(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"rules", "calibrate"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const RunResult result = RunCli(server_.With(arguments));
    EXPECT_EQ(result.code, cli::kExitOk) << result.err;
    EXPECT_EQ(result.err, "");
    return result.out;
  }

  FakeServer server_;
};

TEST_F(CalibrateTest, ShowsTheMeanOfVisitsThatWereLeft) {
  EXPECT_EQ(Out({}),
            "PIPELINE  STAGE        VISITS  MEAN DAYS\n"
            "b         at_once           1        0.0\n"
            "b         open              1        0.1\n"
            "default   prospecting       3        2.0\n"
            "default   proposal          2        5.8\n"
            "default   Legal!            1        1.0\n");
  EXPECT_EQ(server_.deals.list_request.status(), v1::DEAL_STATUS_WON);
  EXPECT_EQ(server_.deals.list_request.page_token(), "2");
}

TEST_F(CalibrateTest, WritesWhatCanBePasted) {
  EXPECT_EQ(Out({"--yaml"}),
            "pipelines:\n"
            "  - id: b\n"
            "    stages:\n"
            "      # - id: at_once\n"
            "      #   baseline: {mean_days: 0, visits: 1}\n"
            "      - id: open\n"
            "        baseline: {mean_days: 0.0625, visits: 1}\n"
            "  - id: default\n"
            "    stages:\n"
            "      - id: prospecting\n"
            "        baseline: {mean_days: 2, visits: 3}\n"
            "      - id: proposal\n"
            "        baseline: {mean_days: 5.75, visits: 2}\n"
            "      # - id: Legal!\n"
            "      #   baseline: {mean_days: 1, visits: 1}\n");
}

TEST_F(CalibrateTest, WritesJson) {
  EXPECT_THAT(
      Out({"--pipeline", "b", "-o", "ndjson"}),
      StartsWith(
          R"({"id":"b","stages":[{"id":"at_once","baseline":{"visits":1}},)"
          R"({"id":"open","baseline":{"mean_days":0.0625,"visits":1}}]})"
          "\n"));
  EXPECT_EQ(server_.deals.list_request.pipeline_id(), "b");
  EXPECT_THAT(Out({"-o", "json"}),
              StartsWith("{\n \"pipelines\": [\n  {\n   \"id\": \"b\","));
}

TEST(CalibrateNothingTest, SaysThatThereIsNothing) {
  FakeServer server;
  const RunResult result = RunCli(server.With({"rules", "calibrate"}));
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "No won deal has left a stage yet, so there is nothing to "
            "propose.\n");
  EXPECT_EQ(RunCli(server.With({"rules", "calibrate", "-o", "json"})).out,
            "{}\n");
}

}  // namespace
}  // namespace journey::testing
