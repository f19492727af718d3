// `deals stalled`, and what `deals get` and `status` say of odd deals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_split.h"
#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "cli/text.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

void AddStalled(const std::string& deal_id, int64_t amount,
                const std::string& currency, v1::StallReason reason,
                v1::StallSeverity severity, int days, FakeServer& server) {
  v1::StalledDeal& stalled = *server.deals.stalled.add_stalled_deals();
  v1::Deal& deal = *stalled.mutable_deal();
  deal.set_deal_id(deal_id);
  deal.mutable_journey()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  deal.mutable_journey()->set_id("acme-works");
  deal.mutable_stage()->set_stage_id("negotiation");
  deal.set_owner_id("anna.schmidt");
  if (!currency.empty()) {
    deal.mutable_amount()->set_amount_minor(amount);
    deal.mutable_amount()->set_currency_code(currency);
  }
  stalled.mutable_stall()->set_reason(reason);
  stalled.mutable_stall()->set_severity(severity);
  *stalled.mutable_stall()->mutable_since() =
      cli::FromMicros(kNowMicros - days * int64_t{86'400} * 1'000'000);
}

class StalledCommandTest : public ::testing::Test {
 protected:
  StalledCommandTest() {
    const auto warning = v1::STALL_SEVERITY_WARNING;
    const auto critical = v1::STALL_SEVERITY_CRITICAL;
    AddStalled("D-1", 123'450, "EUR", v1::STALL_REASON_OUT_OF_PACE, critical, 5,
               server_);
    AddStalled("D-2", 70'000'000, "EUR", v1::STALL_REASON_INACTIVE, warning, 4,
               server_);
    AddStalled("D-3", 5, "EUR", v1::STALL_REASON_OUT_OF_PACE, warning, 3,
               server_);
    AddStalled("D-4", -100, "USD", v1::STALL_REASON_OUT_OF_PACE, warning, 2,
               server_);
    AddStalled("D-5", 0, "", v1::STALL_REASON_OUT_OF_PACE, critical, 1,
               server_);
  }

  std::string Out(int columns) {
    World world;
    world.columns = columns;
    const RunResult result =
        RunCli(server_.With({"deals", "stalled", "--reason",
                             "inactive,out-of-pace,slow_stage"}),
               world);
    EXPECT_EQ(result.code, cli::kExitOk) << result.err;
    for (const absl::string_view line : absl::StrSplit(result.out, '\n')) {
      EXPECT_LE(cli::DisplayWidth(line), static_cast<size_t>(columns)) << line;
    }
    return result.out;
  }

  FakeServer server_;
};

TEST_F(StalledCommandTest, ShowsEverythingWhereThereIsRoom) {
  EXPECT_EQ(Out(140), R"(inactive: 1 deal, 700,000.00 EUR
SINCE             FOR  SEVERITY  DEAL  STAGE                AMOUNT  OWNER         JOURNEY
2025-02-25 00:00   4d  warning   D-2   negotiation  700,000.00 EUR  anna.schmidt  account:acme-works

out_of_pace: 4 deals, 2 critical, 1,234.55 EUR + -1.00 USD
SINCE             FOR  SEVERITY  DEAL  STAGE              AMOUNT  OWNER         JOURNEY
2025-02-24 00:00   5d  critical  D-1   negotiation  1,234.50 EUR  anna.schmidt  account:acme-works
2025-02-26 00:00   3d  warning   D-3   negotiation      0.05 EUR  anna.schmidt  account:acme-works
2025-02-27 00:00   2d  warning   D-4   negotiation     -1.00 USD  anna.schmidt  account:acme-works
2025-02-28 00:00   1d  critical  D-5   negotiation                anna.schmidt  account:acme-works
)");
  EXPECT_EQ(server_.deals.stalled_request.reasons_size(), 3);
}

TEST_F(StalledCommandTest, FitsIntoEightyColumns) {
  EXPECT_EQ(Out(80), R"(inactive: 1 deal, 700,000.00 EUR
SINCE       FOR     DEAL  STAGE                AMOUNT  OWNER
2025-02-25   4d  !  D-2   negotiation  700,000.00 EUR  anna.schm…

out_of_pace: 4 deals, 2 critical, 1,234.55 EUR + -1.00 USD
SINCE       FOR      DEAL  STAGE              AMOUNT  OWNER
2025-02-24   5d  !!  D-1   negotiation  1,234.50 EUR  anna.schm…
2025-02-26   3d  !   D-3   negotiation      0.05 EUR  anna.schm…
2025-02-27   2d  !   D-4   negotiation     -1.00 USD  anna.schm…
2025-02-28   1d  !!  D-5   negotiation                anna.schm…
)");
}

TEST_F(StalledCommandTest, SumsAreOfOneCurrencyEachAndStayInRange) {
  const int64_t most = 9'223'372'036'854'775'807;
  AddStalled("D-6", most, "USD", v1::STALL_REASON_OUT_OF_PACE,
             v1::STALL_SEVERITY_WARNING, 1, server_);
  AddStalled("D-7", most, "USD", v1::STALL_REASON_OUT_OF_PACE,
             v1::STALL_SEVERITY_WARNING, 1, server_);
  EXPECT_THAT(Out(140),
              HasSubstr("out_of_pace: 6 deals, 2 critical, 1,234.55 EUR + "
                        "92,233,720,368,547,758.07 USD\n"));
}

TEST(StatusCommandTest, TellsOfDealsInUnknownStages) {
  FakeServer server;
  v1::TenantStatus& tenant = *server.admin.status.mutable_tenant();
  tenant.set_tenant_id("demo");
  EXPECT_THAT(RunCli(server.With({"status"})).out,
              ::testing::Not(HasSubstr("In unknown stages")));
  tenant.set_unknown_stage_deal_count(1200);
  EXPECT_THAT(RunCli(server.With({"status"})).out,
              HasSubstr("\nIn unknown stages  1,200 open deals\n"));
}

TEST(StatusCommandTest, TellsHowFarSignalsAreAnnounced) {
  FakeServer server;
  v1::TenantStatus& tenant = *server.admin.status.mutable_tenant();
  tenant.set_tenant_id("demo");
  tenant.set_signal_position(1234);
  EXPECT_THAT(RunCli(server.With({"status"})).out,
              ::testing::EndsWith("\nSignal position  1,234\n"));
  *server.admin.status.mutable_now() = cli::FromMicros(kNowMicros);
  *tenant.mutable_oldest_unannounced_at() =
      cli::FromMicros(kNowMicros - int64_t{90'000'000});
  EXPECT_THAT(RunCli(server.With({"status"})).out,
              HasSubstr("\nUnannounced since  2025-02-28 23:58 (1m)\n"));
}

}  // namespace
}  // namespace journey::testing
