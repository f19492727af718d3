// Deals that move between pipelines and stages, and what their stalls make of
// it.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/signal/signal.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// Another pipeline. Its second stage has the id of one of the first pipeline.
constexpr char kPartners[] =
    "pipelines { id: 'partners' name: 'Partners' "
    "  stages { id: 'contacted' name: 'Contacted' stall_days: 5 "
    "           win_probability_percent: 10 } "
    "  stages { id: 'proposal' name: 'Shared offer' stall_days: 30 "
    "           win_probability_percent: 40 "
    "           baseline { mean_days: 10 visits: 30 } } "
    "  stages { id: 'signed' name: 'Signed' stall_days: 5 "
    "           win_probability_percent: 100 } "
    "  stages { id: 'dropped' name: 'Dropped' stall_days: 5 } }";

std::string Change(const std::string& action, const std::string& fields = "") {
  return "account_id: 'A' deal_id: 'D' deal { action: ACTION_" + action + " " +
         fields + " }";
}

std::string StageAfter(const std::vector<std::string>& changes) {
  std::vector<v1::Touchpoint> given;
  for (const std::string& change : changes) {
    given.push_back(Tp(std::to_string(given.size()), "2025-01-01", change));
  }
  const v1::Deal deal = DealAt("2025-01-01", "D", given, kPartners);
  return deal.pipeline_id() + "/" + deal.stage().name();
}

TEST(DealMovesTest, AnotherPipelineBeginsWithItsFirstStage) {
  const std::string opened = Change("OPENED", "stage_id: 'negotiation'");
  const std::string partners = "pipeline_id: 'partners'";
  const std::string want = "partners/Contacted";
  EXPECT_EQ(StageAfter({opened, Change("UPDATED", partners)}), want);
  EXPECT_EQ(StageAfter({opened, Change("REOPENED", partners)}), want);
  EXPECT_EQ(StageAfter({opened, Change("LOST"), Change("REOPENED", partners)}),
            want);
  EXPECT_EQ(StageAfter({opened, Change("LOST", partners)}), "partners/Dropped");
  EXPECT_EQ(StageAfter({opened, Change("LOST"), Change("REOPENED")}),
            "default/Negotiation");
}

TEST(DealMovesTest, TheSameStageIdInAnotherPipelineIsAnotherStage) {
  const std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-01-01", Change("OPENED", "stage_id: 'proposal'")),
      Tp("2", "2025-03-01",
         Change("STAGE_CHANGED",
                "pipeline_id: 'partners' stage_id: 'proposal'"))};
  const v1::Deal deal = DealAt("2025-03-10", "D", given, kPartners);
  ASSERT_EQ(deal.stage_history_size(), 2);
  EXPECT_EQ(deal.stage_history(0).name(), "Proposal");
  EXPECT_EQ(deal.stage_history(1).name(), "Shared offer");
  const std::string slow = "stalls { slow_stage {} }";
  EXPECT_THAT(StallsOf(DealAt("2025-03-15", "D", given, kPartners + slow)),
              Not(Contains(StartsWith("SLOW_STAGE"))));
  EXPECT_THAT(StallsOf(DealAt("2025-03-16", "D", given, kPartners + slow)),
              Contains("SLOW_STAGE since 2025-03-16T00:00:00Z"));
}

TEST(DealMovesTest, OwnerIsTheAccountsWhereTheDealHasNone) {
  std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-01-01", Change("OPENED")),
      Tp("2", "2025-01-02", "account_id: 'A' owner_id: 'olga' profile {}")};
  EXPECT_EQ(DealAt("2025-01-03", "D", given).owner_id(), "olga");
  given.push_back(
      Tp("3", "2025-01-03", "owner_id: 'paul' " + Change("UPDATED")));
  EXPECT_EQ(DealAt("2025-01-03", "D", given).owner_id(), "paul");
}

TEST(DealMovesTest, SlippedSinceItWasOpenedAgainOrTheDayWasNamed) {
  const std::string day = "expected_close_date { year: 2025 month: 1 day: 3 }";
  const auto slipped = [](const std::vector<v1::Touchpoint>& given) {
    return StallsOf(DealAt("2025-03-02", "D", given));
  };
  EXPECT_THAT(slipped({Tp("1", "2025-01-01", Change("OPENED", day)),
                       Tp("2", "2025-01-02", Change("LOST")),
                       Tp("3", "2025-03-01", Change("REOPENED"))}),
              ElementsAre("SLIPPED since 2025-03-01T00:00:00Z"));
  EXPECT_THAT(slipped({Tp("1", "2025-03-01", Change("OPENED")),
                       Tp("2", "2025-03-02", Change("UPDATED", day))}),
              ElementsAre("SLIPPED since 2025-03-02T00:00:00Z"));
}

TEST(DealMovesTest, LapsedOfferSentAgainIsANewOffer) {
  const auto offer = [](const std::string& id, const char* sent,
                        const char* until) {
    return Tp(id, sent,
              "account_id: 'A' deal_id: 'D' offer { offer_id: 'F' "
              "action: ACTION_SENT valid_until { seconds: " +
                  std::to_string(At(until) / core::kMicrosPerSecond) + " } }");
  };
  std::vector<v1::Touchpoint> given = {Tp("0", "2025-01-01", Change("OPENED")),
                                       offer("1", "2025-01-01", "2025-01-10"),
                                       offer("2", "2025-02-01", "2025-03-01")};
  const auto unanswered = [&](absl::string_view instant) {
    return StallsOf(DealAt(instant, "D", given));
  };
  EXPECT_THAT(unanswered("2025-02-21T23:59:59Z"),
              Not(Contains(StartsWith("UNANSWERED_OFFER"))));
  EXPECT_THAT(unanswered("2025-02-22"),
              Contains("UNANSWERED_OFFER since 2025-02-22T00:00:00Z"));
  // Sent again on the last day on which it stands, it goes on.
  given[2] = offer("2", "2025-01-09", "2025-03-01");
  EXPECT_THAT(unanswered("2025-01-22"),
              Contains("UNANSWERED_OFFER since 2025-01-22T00:00:00Z"));
}

// The signals of deal D that are due at an instant at the earliest.
std::vector<std::string> Due(const std::vector<v1::Touchpoint>& given,
                             v1::SignalType type) {
  const auto rules = TestRules(kPartners);
  const auto fold = FoldAll(*rules, AccountA(), given);
  std::vector<std::string> out;
  for (const auto& signal : projections::DealSignals(
           *rules, *fold.deals().find("D")->second.state)) {
    if (signal.type == type && signal.since <= signal.made_at) {
      out.push_back(signal.rule_id + " since " +
                    core::FormatInstant(signal.since) + " made at " +
                    core::FormatInstant(signal.made_at));
    }
  }
  return out;
}

TEST(DealMovesTest, StallThatAMoveBringsIsDueWithTheMove) {
  EXPECT_THAT(
      Due({Tp("1", "2025-01-01",
              Change("OPENED", "pipeline_id: 'partners' stage_id: 'proposal'")),
           Tp("2", "2025-01-25",
              Change("STAGE_CHANGED", "stage_id: 'contacted'"))},
          v1::SIGNAL_TYPE_STALL),
      Contains("signal.stall.inactive since 2025-01-06T00:00:00Z made at "
               "2025-01-25T00:00:00Z"));
}

TEST(DealMovesTest, FollowUpThatBecomesTheNextOneIsDueThen) {
  const auto task = [](const std::string& id, const char* at,
                       const std::string& action, const char* due) {
    return Tp(id, at,
              "account_id: 'A' task { task_id: '" + id.substr(0, 1) +
                  "' action: ACTION_" + action + " due_at { seconds: " +
                  std::to_string(At(due) / core::kMicrosPerSecond) + " } }");
  };
  std::vector<v1::Touchpoint> given = {
      Tp("0", "2025-01-01", Change("OPENED")),
      Tp("1", "2025-01-02", "account_id: 'A' email { action: ACTION_REPLIED }"),
      task("t1", "2025-01-02", "PLANNED", "2025-01-30"),
      task("u1", "2025-01-02", "PLANNED", "2025-01-12"),
      Tp("2", "2025-01-06",
         "account_id: 'A' email { action: ACTION_REPLIED }")};
  EXPECT_THAT(Due(given, v1::SIGNAL_TYPE_FOLLOW_UP_TOO_LATE), IsEmpty());
  given.push_back(task("u2", "2025-01-10", "CANCELLED", "2025-01-12"));
  EXPECT_THAT(Due(given, v1::SIGNAL_TYPE_FOLLOW_UP_TOO_LATE),
              ElementsAre("signal.follow_up_too_late since "
                          "2025-01-02T00:00:00Z made at 2025-01-10T00:00:00Z"));
}

}  // namespace
}  // namespace journey::testing
