// From won deals to a rule set that finds slow ones, and what is told of deals
// whose reports are odd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/cli/cli_run.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/http_get.h"

namespace journey::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Step(const std::string& deal_id, const std::string& at,
                 const std::string& fields) {
  return absl::StrCat(R"({"source":"crm","touchpoint_id":")", deal_id, " ", at,
                      R"(","occurred_at":")", at,
                      R"(","account_id":"mill","deal_id":")", deal_id,
                      R"(","deal":{)", fields, "}}\n");
}

class StallTest : public ::testing::Test {
 protected:
  StallTest() {
    SetRules({});
    server_ = std::make_unique<TestServer>([this](auto& options) {
      options.config.rules = dir_.Join("rules.yaml");
      options.config.metrics_listen = "127.0.0.1:0";
    });
  }

  // The default rule set with changes.
  void SetRules(
      const std::vector<std::pair<std::string, std::string>>& changes) {
    WriteFile(dir_.Join("rules.yaml"),
              absl::StrReplaceAll(ReadFile(JOURNEY_RULES_FILE), changes));
  }

  std::string Run(std::vector<std::string> arguments,
                  const std::string& input = "") {
    arguments.insert(
        arguments.end(),
        {"--server", server_->server().grpc_address(), "--tenant", kTenant});
    World world;
    world.standard_input = input;
    const RunResult result = RunCli(arguments, world);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.out;
  }

  int64_t UnknownStageDeals() {
    v1::GetStatusRequest request;
    request.set_tenant_id(kTenant);
    v1::GetStatusResponse status;
    grpc::ClientContext context;
    EXPECT_TRUE(
        server_->client().admin->GetStatus(&context, request, &status).ok());
    EXPECT_THAT(HttpGet(server_->server().metrics_address(), "/metrics"),
                HasSubstr(absl::StrCat(
                    "\njourney_unknown_stage_deals ",
                    status.tenant().unknown_stage_deal_count(), "\n")));
    return status.tenant().unknown_stage_deal_count();
  }

  TempDir dir_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(StallTest, CalibratedBaselinesFindSlowDeals) {
  const std::string opened = R"("action":"opened")";
  const std::string proposal =
      R"("action":"stage_changed","stage_id":"proposal")";
  const std::string won = R"("action":"won")";
  Run({"append", "-f", "-"},
      Step("W1", "2025-01-01", opened) + Step("W1", "2025-01-03", proposal) +
          Step("W1", "2025-01-07", won) + Step("W2", "2025-01-01", opened) +
          Step("W2", "2025-01-05", proposal) + Step("W2", "2025-01-11", won) +
          Step("D", "2025-02-01", opened) + Step("D", "2025-02-02", proposal));
  EXPECT_THAT(Run({"deals", "stalled", "--as-of", "2025-03-01"}),
              Not(HasSubstr("slow_stage")));
  const std::string proposed = Run({"rules", "calibrate", "--yaml"});
  const std::string baseline = "        baseline: {mean_days: 5, visits: 2}\n";
  ASSERT_THAT(proposed, HasSubstr("      - id: proposal\n" + baseline));
  SetRules({{"\nversion: 3\n", "\nversion: 4\n"},
            {"visits_min: 20", "visits_min: 2"},
            {"      - id: proposal\n", "      - id: proposal\n" + baseline}});
  server_->Restart();
  EXPECT_THAT(Run({"deals", "stalled", "--reason", "slow_stage", "--as-of",
                   "2025-02-09T11:59:59Z"}),
              HasSubstr("No stalled deals."));
  EXPECT_THAT(Run({"deals", "stalled", "--reason", "slow_stage", "--as-of",
                   "2025-02-09T12:00:00Z"}),
              HasSubstr("slow_stage: 1 deal\n"));
}

TEST_F(StallTest, OddReportsAreTakenAndTold) {
  Run({"append", "-f", "-"},
      Step("D", "2025-01-01",
           R"("action":"opened","stage_id":"nowhere",)"
           R"("amount":{"amount_minor":-500,"currency_code":"EUR"})"));
  EXPECT_THAT(Run({"deals", "get", "D"}),
              ContainsRegex("\nOdd +unknown_stage, negative_amount\n"));
  EXPECT_THAT(Run({"status"}), HasSubstr("\nIn unknown stages  1 open deal\n"));
  EXPECT_EQ(UnknownStageDeals(), 1);
  server_->Restart();
  EXPECT_EQ(UnknownStageDeals(), 1);
  Run({"append", "-f", "-"},
      Step("D", "2025-01-02", R"("action":"lost")") +
          Step("D", "2025-01-03",
               R"("action":"stage_changed","stage_id":"proposal")") +
          Step("D", "2025-01-04", R"("action":"won")"));
  EXPECT_EQ(UnknownStageDeals(), 0);
  EXPECT_THAT(Run({"deals", "get", "D"}),
              ContainsRegex("\nOdd +negative_amount, decided_twice, "
                            "moved_after_decision\n"));
}

}  // namespace
}  // namespace journey::testing
