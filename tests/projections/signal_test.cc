// Which signals are in force, and since when.
#include "projections/signal/signal.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"
#include "tests/support/history.h"

namespace journey::testing {
namespace {

using projections::SignalInterval;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// "rule@anchor since INSTANT" of all signals in force whose rule begins with
// "signal." and `rule`.
std::vector<std::string> InForce(absl::string_view instant,
                                 const std::string& rule,
                                 const std::vector<v1::Touchpoint>& given,
                                 const std::string& rules_change = "",
                                 const v1::Subject& subject = AccountA()) {
  const auto rules = TestRules(rules_change);
  const projections::JourneyFold fold = FoldAll(*rules, subject, given);
  projections::SignalIntervals intervals =
      projections::JourneySignals(*rules, fold.state());
  for (const auto& [deal_id, deal] : fold.deals()) {
    for (SignalInterval& each : projections::DealSignals(*rules, *deal.state)) {
      intervals.push_back(std::move(each));
    }
  }
  std::vector<std::string> out;
  for (const SignalInterval& each : intervals) {
    if (!each.HoldsAt(At(instant)) ||
        each.rule_id.rfind("signal." + rule, 0) != 0) {
      continue;
    }
    out.push_back(absl::StrCat(each.rule_id.substr(7), "@",
                               each.anchor.touchpoint_id(), " since ",
                               core::FormatInstant(each.since)));
  }
  return out;
}

v1::Touchpoint Visit(const std::string& id, absl::string_view at) {
  return Tp(id, at, "account_id: 'A' site_visit {}");
}

v1::Touchpoint Invoice(const std::string& id, absl::string_view at,
                       const std::string& more = "") {
  return Tp(id, at,
            absl::StrCat("account_id: 'A' invoice { action: ACTION_ISSUED "
                         "invoice_id: '",
                         id, "' ", more, " }"));
}

TEST(SignalTest, RequestMakesAnSqlAndChangesTheStage) {
  const std::vector<v1::Touchpoint> given = {
      Visit("v", "2025-01-01"), Tp("f", "2025-01-02",
                                   "account_id: 'A' form_submission { intent: "
                                   "INTENT_DEMO }")};
  EXPECT_THAT(InForce("2025-01-02", "", given),
              ElementsAre("stage_changed.contact_made@f since "
                          "2025-01-02T00:00:00Z",
                          "became_sql@f since 2025-01-02T00:00:00Z"));
  // Nobody need hear of a stage after two weeks.
  EXPECT_THAT(InForce("2025-01-16", "stage_changed", given), IsEmpty());
  EXPECT_THAT(InForce("2026-01-16", "became_sql", given),
              ElementsAre("became_sql@f since 2025-01-02T00:00:00Z"));
}

TEST(SignalTest, MqlHangsOnTheSameTouchpointWhateverTheThreshold) {
  std::vector<v1::Touchpoint> given;
  for (int i = 1; i <= 9; ++i) {
    given.push_back(Tp(absl::StrCat("d", i), absl::StrCat("2025-01-0", i),
                       "account_id: 'A' content { asset: 'paper' action: "
                       "ACTION_DOWNLOADED }"));
  }
  const auto became = [&](const std::string& threshold) {
    return InForce(
        "2025-01-09T01:00:00Z", "became_mql", given,
        "scoring { behaviour { mql_threshold: " + threshold + " } }");
  };
  EXPECT_THAT(became("15"),
              ElementsAre("became_mql@d1 since 2025-01-02T00:00:00Z"));
  EXPECT_THAT(became("25"),
              ElementsAre("became_mql@d1 since 2025-01-03T00:00:00Z"));
}

TEST(SignalTest, VisitorRaisesNone) {
  v1::Subject visitor;
  visitor.set_type(v1::SUBJECT_TYPE_VISITOR);
  visitor.set_id("V");
  EXPECT_THAT(
      InForce("2025-01-03", "",
              {Tp("a", "2025-01-01", "anonymous_id: 'V' site_visit {}"),
               Tp("b", "2025-01-02", "anonymous_id: 'V' site_visit {}"),
               Tp("c", "2025-01-03", "anonymous_id: 'V' site_visit {}")},
              "", visitor),
      IsEmpty());
}

TEST(SignalTest, StageThatTimeBringsIsKnownInAdvance) {
  const std::vector<v1::Touchpoint> given = {Visit("v", "2025-01-01"),
                                             Invoice("i", "2025-01-10")};
  EXPECT_THAT(InForce("2025-01-10", "stage_changed", given),
              ElementsAre("stage_changed.first_purchase@i since "
                          "2025-01-10T00:00:00Z"));
  EXPECT_THAT(InForce("2025-01-11", "stage_changed", given),
              ElementsAre("stage_changed.purchase_hold_over@i since "
                          "2025-01-11T00:00:00Z"));
}

TEST(SignalTest, ThirdVisitInSevenDaysIsASurge) {
  std::vector<v1::Touchpoint> given = {
      Visit("a", "2025-01-01T10:00:00Z"), Visit("b", "2025-01-02T10:00:00Z"),
      // Part of the visit before.
      Visit("b2", "2025-01-02T10:29:59Z"),
      // Exactly seven days after the first, which no longer counts.
      Visit("c", "2025-01-08T10:00:00Z")};
  EXPECT_THAT(InForce("2025-01-08T10:00:00Z", "visit_surge", given), IsEmpty());
  given.push_back(Visit("d", "2025-01-08T12:00:00Z"));
  EXPECT_THAT(InForce("2025-01-08T12:00:00Z", "visit_surge", given),
              ElementsAre("visit_surge@d since 2025-01-08T12:00:00Z"));
  EXPECT_THAT(InForce("2025-01-09T09:59:59Z", "visit_surge", given),
              Not(IsEmpty()));
  EXPECT_THAT(InForce("2025-01-09T10:00:00Z", "visit_surge", given), IsEmpty());
  // One that goes on is the same surge; after it fell below there is another.
  given.push_back(Visit("e", "2025-01-09T01:00:00Z"));
  EXPECT_THAT(InForce("2025-01-15T09:00:00Z", "visit_surge", given),
              ElementsAre("visit_surge@d since 2025-01-08T12:00:00Z"));
  for (const char* day : {"2025-01-20", "2025-01-21", "2025-01-22"}) {
    given.push_back(Visit(day, day));
  }
  EXPECT_THAT(InForce("2025-01-22", "visit_surge", given),
              ElementsAre("visit_surge@2025-01-22 since 2025-01-22T00:00:00Z"));
}

TEST(SignalTest, NpsIsDueNinetyDaysAfterAPurchase) {
  std::vector<v1::Touchpoint> given = {Invoice("i1", "2025-01-01"),
                                       // Due 40 days after the first.
                                       Invoice("i2", "2025-02-10"),
                                       // Due exactly 90 days after it.
                                       Invoice("i3", "2025-04-01")};
  EXPECT_THAT(InForce("2025-04-01", "nps_due", given),
              ElementsAre("nps_due@i1 since 2025-04-01T00:00:00Z"));
  EXPECT_THAT(InForce("2025-05-11", "nps_due", given), IsEmpty());
  EXPECT_THAT(InForce("2025-06-30", "nps_due", given),
              ElementsAre("nps_due@i3 since 2025-06-30T00:00:00Z"));
  given.push_back(Tp("s", "2025-07-01",
                     "account_id: 'A' survey { type: TYPE_NPS score: 9 }"));
  EXPECT_THAT(InForce("2025-07-01", "", given),
              Not(Contains(::testing::StartsWith("nps_due"))));
  given.push_back(Invoice("i4", "2025-05-01"));
  EXPECT_THAT(InForce("2025-07-30", "nps_due", given), IsEmpty());
}

TEST(SignalTest, DetractorHoldsUntilTheyAnswerOtherwise) {
  std::vector<v1::Touchpoint> given = {
      Tp("s", "2025-01-01",
         "account_id: 'A' contact_id: 'c' survey { type: TYPE_NPS score: 6 }"),
      // Somebody else.
      Tp("t", "2025-01-02",
         "account_id: 'A' contact_id: 'd' survey { type: TYPE_NPS score: 10 }"),
      // Another question.
      Tp("u", "2025-01-03",
         "account_id: 'A' contact_id: 'd' survey { type: TYPE_CSAT score: 1 }"),
  };
  EXPECT_THAT(InForce("2025-01-03", "detractor", given),
              ElementsAre("detractor@s since 2025-01-01T00:00:00Z"));
  given.push_back(Tp("w", "2025-01-04",
                     "account_id: 'A' contact_id: 'c' survey { type: TYPE_NPS "
                     "score: 7 }"));
  EXPECT_THAT(InForce("2025-01-04", "detractor", given), IsEmpty());
}

TEST(SignalTest, NegativeTouchpointByWordOrByWaiting) {
  EXPECT_THAT(
      InForce("2025-01-05", "negative",
              {Tp("a", "2025-01-01",
                  "account_id: 'A' chat {} sentiment: SENTIMENT_NEGATIVE"),
               Tp("b", "2025-01-02",
                  "account_id: 'A' call { outcome: OUTCOME_BUSY }"),
               Tp("c", "2025-01-03",
                  "account_id: 'A' call { outcome: OUTCOME_CONNECTED wait { "
                  "seconds: 180 } }"),
               Tp("d", "2025-01-03",
                  "account_id: 'A' call { outcome: OUTCOME_CONNECTED wait { "
                  "seconds: 180 nanos: 1 } }"),
               // The source knows better.
               Tp("e", "2025-01-04",
                  "account_id: 'A' call { outcome: OUTCOME_BUSY } sentiment: "
                  "SENTIMENT_NEUTRAL"),
               // The company's own call.
               Tp("f", "2025-01-04",
                  "account_id: 'A' call { outcome: OUTCOME_BUSY } direction: "
                  "DIRECTION_OUTBOUND")}),
      ElementsAre("negative_touchpoint@a since 2025-01-01T00:00:00Z",
                  "negative_touchpoint@b since 2025-01-02T00:00:00Z",
                  "negative_touchpoint@d since 2025-01-03T00:00:00Z"));
}

TEST(SignalTest, RewardIsDueWhenACustomerBuysMoreThanBefore) {
  std::vector<v1::Touchpoint> given = {
      Invoice("i1", "2025-01-01"), Invoice("i2", "2025-02-01"),
      Invoice("i3", "2025-03-01"), Invoice("i4", "2025-04-01")};
  EXPECT_THAT(InForce("2025-03-01", "reward", {given[0], given[1], given[2]}),
              ElementsAre("reward_due@i3 since 2025-03-01T00:00:00Z"));
  // Once in 180 days.
  EXPECT_THAT(InForce("2025-04-01", "reward", given), IsEmpty());
  // As many as in the 180 days before are not more.
  given.push_back(Invoice("i5", "2025-08-15"));
  given.push_back(Invoice("i6", "2025-09-01"));
  EXPECT_THAT(InForce("2025-09-01", "reward", given), IsEmpty());
  // The first of those before has left that window.
  given.push_back(Invoice("i7", "2025-09-15"));
  EXPECT_THAT(InForce("2025-09-15", "reward", given),
              ElementsAre("reward_due@i7 since 2025-09-15T00:00:00Z"));
  given.push_back(Tp("r", "2025-09-22",
                     "account_id: 'A' reward { action: "
                     "ACTION_CODE_GIVEN code: 'X' }"));
  EXPECT_THAT(InForce("2025-09-22", "reward", given), IsEmpty());
}

TEST(SignalTest, ComplaintForfeitsTheReward) {
  EXPECT_THAT(InForce("2025-03-01", "reward",
                      {Invoice("i1", "2025-01-01"), Invoice("i2", "2025-02-01"),
                       Tp("t", "2025-02-15",
                          "account_id: 'A' ticket { ticket_id: 'T' action: "
                          "ACTION_OPENED type: TYPE_COMPLAINT }"),
                       Invoice("i3", "2025-03-01")}),
              IsEmpty());
}

TEST(SignalTest, WinBackIsDueOnceForTheLastPurchase) {
  std::vector<v1::Touchpoint> given = {Invoice("i1", "2025-01-01"),
                                       Invoice("i2", "2025-02-01")};
  EXPECT_THAT(InForce("2025-07-30T23:59:59Z", "win_back", given), IsEmpty());
  EXPECT_THAT(InForce("2025-07-31", "win_back", given),
              ElementsAre("win_back_due@i2 since 2025-07-31T00:00:00Z"));
  given.push_back(Tp("d", "2025-08-01",
                     "account_id: 'A' deal_id: 'D' deal { action: "
                     "ACTION_OPENED }"));
  EXPECT_THAT(InForce("2025-08-01", "win_back", given), IsEmpty());
}

TEST(SignalTest, UndonePurchaseIsNone) {
  EXPECT_THAT(InForce("2025-01-03", "welcome",
                      {Invoice("i1", "2025-01-01"),
                       Tp("c", "2025-01-02",
                          "account_id: 'A' invoice { action: ACTION_CANCELLED "
                          "invoice_id: 'i1' }")}),
              IsEmpty());
}

TEST(SignalTest, AtRiskByInvoiceAndByComplaint) {
  const std::vector<v1::Touchpoint> given = {
      Invoice("i", "2025-01-01", "due_date { year: 2025 month: 1 day: 15 }"),
      Invoice("never", "2025-01-01"),
      Tp("t", "2025-01-10",
         "account_id: 'A' ticket { ticket_id: 'T' action: ACTION_OPENED type: "
         "TYPE_COMPLAINT severity: SEVERITY_CRITICAL }")};
  EXPECT_THAT(InForce("2025-01-15", "at_risk", given),
              ElementsAre("at_risk.complaint@t since 2025-01-10T00:00:00Z"));
  EXPECT_THAT(InForce("2025-01-16", "at_risk", given),
              ElementsAre("at_risk.invoice@i since 2025-01-16T00:00:00Z",
                          "at_risk.complaint@t since 2025-01-10T00:00:00Z"));
}

TEST(SignalTest, LostWhenTheLapseWindowIsOver) {
  EXPECT_THAT(InForce("2026-01-01", "lost", {Invoice("i", "2025-01-01")}),
              ElementsAre("lost@i since 2026-01-01T00:00:00Z"));
}

v1::Touchpoint Open(const std::string& more = "") {
  return Tp("o", "2025-01-01",
            absl::StrCat("account_id: 'A' deal_id: 'D' deal { action: "
                         "ACTION_OPENED ",
                         more, " }"));
}

TEST(SignalTest, EachStallIsASignal) {
  EXPECT_THAT(InForce("2025-01-15", "stall", {Open()}),
              ElementsAre("stall.inactive@o since 2025-01-08T00:00:00Z",
                          "stall.neglected@o since 2025-01-15T00:00:00Z"));
}

TEST(SignalTest, UnansweredOfferIsATaskToo) {
  EXPECT_THAT(
      InForce("2025-01-24", "offer",
              {Open(), Tp("s", "2025-01-02",
                          "account_id: 'A' deal_id: 'D' owner_id: 'anna' offer "
                          "{ action: ACTION_SENT offer_id: 'F' }")}),
      ElementsAre("offer_unanswered@s since 2025-01-23T00:00:00Z"));
}

TEST(SignalTest, FieldsAreMissingFromTheStageOn) {
  const char kRequires[] =
      "pipelines { id: 'p' name: 'P' stages { id: 'first' name: 'F' "
      "stall_days: 7 } stages { id: 'second' name: 'S' stall_days: 7 "
      "required_fields: 'amount' } }";
  std::vector<v1::Touchpoint> given = {
      Open("pipeline_id: 'p'"),
      Tp("m", "2025-01-02",
         "account_id: 'A' deal_id: 'D' deal { action: ACTION_STAGE_CHANGED "
         "stage_id: 'second' }")};
  EXPECT_THAT(InForce("2025-01-02", "fields", given, kRequires),
              ElementsAre("fields_missing@m since 2025-01-02T00:00:00Z"));
  given.push_back(Tp("u", "2025-01-03",
                     "account_id: 'A' deal_id: 'D' deal { action: "
                     "ACTION_UPDATED amount { amount_minor: 1 currency_code: "
                     "'EUR' } }"));
  EXPECT_THAT(InForce("2025-01-03", "fields", given, kRequires), IsEmpty());
}

TEST(SignalTest, FollowUpAfterTheNextStallIsTooLate) {
  const auto plan = [](const std::string& id, absl::string_view at,
                       absl::string_view due) {
    return Tp(id, at,
              absl::StrCat("account_id: 'A' deal_id: 'D' task { action: "
                           "ACTION_PLANNED task_id: '",
                           id, "' due_at { seconds: ",
                           At(due) / core::kMicrosPerSecond, " } }"));
  };
  // The deal is inactive on 2025-01-08.
  EXPECT_THAT(InForce("2025-01-02", "follow_up",
                      {Open(), plan("t", "2025-01-02", "2025-01-08")}),
              IsEmpty());
  const std::vector<v1::Touchpoint> late = {
      Open(), plan("t", "2025-01-02", "2025-01-09")};
  EXPECT_THAT(InForce("2025-01-02", "follow_up", late),
              ElementsAre("follow_up_too_late@t since 2025-01-02T00:00:00Z"));
  // Then it has stalled, and that is told instead.
  EXPECT_THAT(InForce("2025-01-08", "follow_up", late), IsEmpty());
  // One in time excuses the other until it is past.
  const std::vector<v1::Touchpoint> both = {
      Open(), plan("t", "2025-01-02", "2025-01-09"),
      plan("u", "2025-01-02", "2025-01-05")};
  EXPECT_THAT(InForce("2025-01-04", "follow_up", both), IsEmpty());
  EXPECT_THAT(InForce("2025-01-05", "follow_up", both),
              ElementsAre("follow_up_too_late@t since 2025-01-05T00:00:00Z"));
}

TEST(SignalTest, IdDependsOnRuleAnchorAndDealOnly) {
  v1::TouchpointRef anchor;
  anchor.set_source("crm");
  anchor.set_touchpoint_id("1");
  const std::string id = projections::SignalId("signal.lost", anchor, "");
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(id, projections::SignalId("signal.lost", anchor, ""));
  EXPECT_NE(id, projections::SignalId("signal.lost", anchor, "D"));
  EXPECT_NE(id, projections::SignalId("signal.welcome", anchor, ""));
  anchor.set_source("crm1");
  anchor.set_touchpoint_id("");
  EXPECT_NE(id, projections::SignalId("signal.lost", anchor, ""));
}

}  // namespace
}  // namespace journey::testing
