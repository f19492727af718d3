// Which stall rules hold where, how days are counted, and SLOW_STAGE.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A second pipeline with rules of its own, and in it a stage with others.
constexpr char kRules[] =
    "stalls { neglected { severity: STALL_SEVERITY_CRITICAL } }"
    "pipelines { id: 'p2' name: 'P2' "
    "  stalls { neglected { days: 5 } slow_stage { factor: 2 } } "
    "  stages { id: 's' name: 'S' stall_days: 7 "
    "           baseline { mean_days: 2.5 visits: 20 } } "
    "  stages { id: 't' name: 'T' stall_days: 7 "
    "           stalls { neglected { days: 2 "
    "                                severity: STALL_SEVERITY_CRITICAL } "
    "                    inactive { off: true } } } }";

v1::Touchpoint Change(absl::string_view at, const std::string& fields) {
  return Tp(absl::StrCat("change ", at), at,
            absl::StrCat("account_id: 'A' deal_id: 'D' deal { ", fields, " }"));
}

// A deal of the second pipeline, in a stage from 1 January on.
v1::Touchpoint OpenedIn(const std::string& stage_id) {
  return Change("2025-01-01",
                absl::StrCat("action: ACTION_OPENED pipeline_id: 'p2' "
                             "stage_id: '",
                             stage_id, "'"));
}

v1::Touchpoint MovedTo(const std::string& stage_id, absl::string_view at) {
  return Change(at, absl::StrCat("action: ACTION_STAGE_CHANGED stage_id: '",
                                 stage_id, "'"));
}

TEST(StallRules, StageGoesBeforePipelineAndThatBeforeTheRuleSet) {
  const struct {
    const char* desc;
    v1::Touchpoint opened;
    std::vector<std::string> want;
    v1::StallSeverity neglected;
  } cases[] = {
      {"the rule set's",
       Change("2025-01-01", "action: ACTION_OPENED"),
       {"INACTIVE since 2025-01-08T00:00:00Z",
        "NEGLECTED since 2025-01-15T00:00:00Z"},
       v1::STALL_SEVERITY_CRITICAL},
      {"the pipeline's, as a whole: its severity is the default",
       OpenedIn("s"),
       {"INACTIVE since 2025-01-08T00:00:00Z",
        "NEGLECTED since 2025-01-06T00:00:00Z",
        "SLOW_STAGE since 2025-01-06T00:00:00Z"},
       v1::STALL_SEVERITY_WARNING},
      {"the stage's, and one that is off",
       OpenedIn("t"),
       {"NEGLECTED since 2025-01-03T00:00:00Z"},
       v1::STALL_SEVERITY_CRITICAL},
      {"the pipeline's, in a stage that the rule set does not know",
       OpenedIn("unknown"),
       {"NEGLECTED since 2025-01-06T00:00:00Z"},
       v1::STALL_SEVERITY_WARNING},
  };
  for (const auto& test : cases) {
    const v1::Deal deal = DealAt("2025-02-01", "D", {test.opened}, kRules);
    EXPECT_EQ(StallsOf(deal), test.want) << test.desc;
    for (const v1::Stall& stall : deal.stalls()) {
      if (stall.reason() != v1::STALL_REASON_NEGLECTED) continue;
      EXPECT_EQ(stall.severity(), test.neglected) << test.desc;
    }
  }
}

TEST(StallRules, ExplanationsNameTheNumbersThatHold) {
  const v1::Deal deal = DealAt("2025-02-01", "D", {OpenedIn("t")}, kRules);
  ASSERT_EQ(deal.stalls_size(), 1);
  EXPECT_EQ(deal.stalls(0).explanation().text(),
            "The company has been silent since 2025-01-01T00:00:00Z; the limit "
            "is 2 days.");
}

TEST(StallRules, ClocksFollowTheStageOfTheDeal) {
  const std::vector<v1::Touchpoint> given = {OpenedIn("t"),
                                             MovedTo("s", "2025-01-02")};
  EXPECT_THAT(StallsOf(DealAt("2025-02-01", "D", given, kRules)),
              ElementsAre("INACTIVE since 2025-01-08T00:00:00Z",
                          "NEGLECTED since 2025-01-06T00:00:00Z",
                          "SLOW_STAGE since 2025-01-07T00:00:00Z"));
}

TEST(SlowStage, HoldsFromTheFactorTimesTheBaselineOn) {
  const auto stalls = [](absl::string_view instant,
                         const std::vector<v1::Touchpoint>& given,
                         const std::string& change = "") {
    return StallsOf(DealAt(instant, "D", given, kRules + change));
  };
  EXPECT_THAT(stalls("2025-01-05T23:59:59.999999Z", {OpenedIn("s")}),
              IsEmpty());
  EXPECT_THAT(stalls("2025-01-06", {OpenedIn("s")}),
              Contains("SLOW_STAGE since 2025-01-06T00:00:00Z"));
  // A new visit begins anew.
  const std::vector<v1::Touchpoint> back = {
      OpenedIn("s"), MovedTo("t", "2025-01-03"), MovedTo("s", "2025-01-10")};
  EXPECT_THAT(stalls("2025-02-01", back),
              Contains("SLOW_STAGE since 2025-01-15T00:00:00Z"));
  // So does a deal that was opened again where it was decided.
  const std::vector<v1::Touchpoint> reopened = {
      OpenedIn("s"), Change("2025-01-02", "action: ACTION_WON stage_id: 's'"),
      Change("2025-01-20", "action: ACTION_REOPENED")};
  EXPECT_THAT(stalls("2025-02-01", reopened),
              Contains("SLOW_STAGE since 2025-01-25T00:00:00Z"));
}

TEST(SlowStage, FewVisitsSayNothing) {
  const std::string rules =
      "pipelines { id: 'p2' name: 'P2' stages { id: 's' name: 'S' stall_days: "
      "7 baseline { mean_days: 2.5 visits: 19 } } } ";
  EXPECT_THAT(StallsOf(DealAt("2025-02-01", "D", {OpenedIn("s")}, rules)),
              Not(Contains(StartsWith("SLOW_STAGE"))));
  EXPECT_THAT(StallsOf(DealAt("2025-02-01", "D", {OpenedIn("s")},
                              rules + "stalls { slow_stage { visits_min: 19 } "
                                      "}")),
              Contains("SLOW_STAGE since 2025-01-04T18:00:00Z"));
}

TEST(SlowStage, ExplanationHasTheNumbers) {
  const v1::Deal deal = DealAt(
      "2025-02-01", "D", {OpenedIn("t"), MovedTo("s", "2025-01-03")}, kRules);
  ASSERT_EQ(deal.stalls_size(), 3);
  const v1::Explanation& why = deal.stalls(2).explanation();
  EXPECT_EQ(why.rule_id(), "stall.slow_stage");
  EXPECT_EQ(why.text(),
            "The deal has been in pipeline stage s since 2025-01-03T00:00:00Z; "
            "deals that were won stayed 2.5 days in the mean of 20 visits, and "
            "the limit is 2 times as long, 5 days.");
  ASSERT_EQ(why.causes_size(), 1);
  EXPECT_EQ(why.causes(0).touchpoint_id(), "change 2025-01-03");
}

TEST(BusinessDays, CountWhereTheRuleSaysSo) {
  const std::string rules =
      "calendar { holidays: '2025-01-06' } stalls { "
      "inactive { day_type: DAY_TYPE_BUSINESS } "
      "neglected { day_type: DAY_TYPE_BUSINESS } "
      "unanswered_offer { day_type: DAY_TYPE_BUSINESS } }";
  const std::vector<v1::Touchpoint> given = {
      Change("2025-01-01", "action: ACTION_OPENED"),
      // On a Saturday: it counts from Tuesday, 00:00, because Monday is a
      // holiday.
      Tp("offer", "2025-01-04T15:00:00Z",
         "account_id: 'A' deal_id: 'D' offer { action: ACTION_SENT offer_id: "
         "'F' }")};
  const v1::Deal deal = DealAt("2025-03-01", "D", given, rules);
  EXPECT_THAT(StallsOf(deal),
              ElementsAre("UNANSWERED_OFFER since 2025-02-05T00:00:00Z",
                          "INACTIVE since 2025-01-13T00:00:00Z",
                          "NEGLECTED since 2025-01-22T00:00:00Z"));
  EXPECT_THAT(deal.stalls(2).explanation().text(),
              ::testing::EndsWith("the limit is 14 business days."));
}

}  // namespace
}  // namespace journey::testing
