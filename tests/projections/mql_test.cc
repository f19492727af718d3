// Scores and marketing qualified leads, rule by rule.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using History = std::vector<v1::Touchpoint>;

// 100 points, through marketing.
constexpr char kWebinar[] =
    "account_id: 'A' event_attendance { action: ACTION_ATTENDED }";
// 100 points, but not through marketing.
constexpr char kChat[] = "account_id: 'A' chat {}";
constexpr char kUnsubscribe[] =
    "account_id: 'A' email { action: ACTION_UNSUBSCRIBED }";
constexpr char kDemo[] =
    "account_id: 'A' form_submission { intent: INTENT_DEMO }";

constexpr char kScoring[] = R"(
  behaviour {
    half_life_days: 30 mql_threshold: 50
    groups { id: 'visits' cap_points_per_week: 20 }
    conditions { id: 'webinar' name: 'w' points: 100
                 kind: TOUCHPOINT_KIND_EVENT_ATTENDANCE actions: 'attended' }
    conditions { id: 'chat' name: 'c' points: 100 kind: TOUCHPOINT_KIND_CHAT }
    conditions { id: 'visit' name: 'v' points: 8 group: 'visits'
                 kind: TOUCHPOINT_KIND_SITE_VISIT }
    conditions { id: 'unsubscribe' name: 'u' points: -60
                 kind: TOUCHPOINT_KIND_EMAIL actions: 'unsubscribed' }
    conditions { id: 'third_call' name: 't' points: 7
                 kind: TOUCHPOINT_KIND_CALL
                 count { at_least: 3 within_days: 7 } }
  }
  fit {
    conditions { id: 'free_mail' name: 'f' points: -20
                 attribute { key: 'mail_domain' one_of: 'gmail.com' } }
    conditions { id: 'large' name: 'l' points: 15
                 attribute { key: 'employees' min: 250 } }
  })";

std::string Verdict(const std::string& action) {
  return "account_id: 'A' qualification { action: ACTION_" + action + " }";
}

v1::Journey ScoredAt(absl::string_view instant, const History& given,
                     v1::SubjectType type = v1::SUBJECT_TYPE_ACCOUNT) {
  v1::RuleSet rule_set = TestRules()->rule_set();
  rule_set.clear_scoring();
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      kScoring, rule_set.mutable_scoring()));
  const auto rules = projections::Rules::Make(rule_set);
  EXPECT_TRUE(rules.ok()) << rules.status();
  v1::Subject subject;
  subject.set_type(type);
  subject.set_id("A");
  return projections::ConcludeJourney(**rules, FoldAll(**rules, subject, given),
                                      At(instant));
}

v1::LeadStatus StatusAt(absl::string_view instant, const History& given) {
  return ScoredAt(instant, given).lead().status();
}

double PointsAt(absl::string_view instant, const History& given) {
  return ScoredAt(instant, given).scores().behaviour().points();
}

std::string Since(const v1::Journey& journey) {
  return core::FormatInstant(core::ToMicros(journey.lead().since()));
}

std::vector<std::string> Causes(const v1::Explanation& explanation) {
  std::vector<std::string> out;
  for (const auto& cause : explanation.causes()) {
    out.push_back(cause.touchpoint_id());
  }
  return out;
}

TEST(Mql, TakesMarketingAndEnoughPoints) {
  const v1::Journey journey = ScoredAt(
      "2025-01-03",
      {Tp("1", "2025-01-01", kChat), Tp("2", "2025-01-02",
                                        "account_id: 'A' social { action: "
                                        "ACTION_FOLLOW }")});
  EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_MQL);
  EXPECT_EQ(Since(journey), "2025-01-02T00:00:00Z");
  EXPECT_EQ(journey.lead().explanation().rule_id(), "qualification.mql");
  EXPECT_THAT(Causes(journey.lead().explanation()), ElementsAre("1", "2"));
  EXPECT_EQ(journey.lead().explanation().text(),
            "Came through marketing, and the behaviour score reached 97.7 "
            "points; the threshold is 50.");
  EXPECT_EQ(StatusAt("2025-01-01", {Tp("1", "2025-01-01", kChat)}),
            v1::LEAD_STATUS_NONE);
  EXPECT_EQ(StatusAt("2025-01-01", {Tp("1", "2025-01-01",
                                       "account_id: 'A' chat {} "
                                       "campaign { source: 'ad' }")}),
            v1::LEAD_STATUS_MQL);
  EXPECT_EQ(StatusAt("2025-01-01", {Tp("1", "2025-01-01",
                                       "account_id: 'A' chat {} "
                                       "campaign {}")}),
            v1::LEAD_STATUS_NONE);
}

TEST(Mql, EndsByDecayAloneAtAnInstantKnownInAdvance) {
  const History history = {Tp("1", "2025-01-01", kWebinar)};
  const v1::Journey first = ScoredAt("2025-01-01", history);
  const v1::BehaviourScore& score = first.scores().behaviour();
  EXPECT_EQ(core::FormatInstant(core::ToMicros(score.falls_below_at())),
            "2025-01-31T00:00:01Z");
  // After exactly one half-life the score is the threshold: still an MQL.
  const v1::Journey reached = ScoredAt("2025-01-31", history);
  EXPECT_EQ(reached.scores().behaviour().points(), 50);
  EXPECT_EQ(reached.lead().status(), v1::LEAD_STATUS_MQL);
  EXPECT_EQ(StatusAt("2025-01-31T00:00:00.999999Z", history),
            v1::LEAD_STATUS_MQL);
  for (const char* later : {"2025-01-31T00:00:01Z", "2035-01-01"}) {
    const v1::Journey journey = ScoredAt(later, history);
    EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_NONE);
    EXPECT_EQ(Since(journey), "2025-01-31T00:00:01Z");
    EXPECT_EQ(journey.lead().explanation().rule_id(),
              "qualification.score_below");
    EXPECT_THAT(Causes(journey.lead().explanation()), ElementsAre("1"));
    EXPECT_FALSE(journey.scores().behaviour().has_falls_below_at());
  }
}

TEST(Mql, EndsAndReturnsByTouchpoints) {
  const History history = {Tp("1", "2025-01-01", kWebinar),
                           Tp("2", "2025-01-02", kUnsubscribe),
                           Tp("3", "2025-01-03", kWebinar)};
  EXPECT_EQ(StatusAt("2025-01-01", history), v1::LEAD_STATUS_MQL);
  const v1::Journey journey = ScoredAt("2025-01-03", history);
  EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_MQL);
  EXPECT_EQ(Since(journey), "2025-01-03T00:00:00Z");
  const History before(history.begin(), history.begin() + 2);
  EXPECT_EQ(Since(ScoredAt("2025-01-02", before)), "2025-01-02T00:00:00Z");
  EXPECT_EQ(StatusAt("2025-01-02", before), v1::LEAD_STATUS_NONE);
}

TEST(Mql, NeedsAFitThatIsNotNegative) {
  History history = {
      Tp("1", "2025-01-01", kWebinar),
      Tp("2", "2025-01-02",
         "account_id: 'A' profile { mail_domain: 'Gmail.com' }")};
  const v1::Journey journey = ScoredAt("2025-01-02", history);
  EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_NONE);
  EXPECT_EQ(journey.lead().explanation().rule_id(),
            "qualification.fit_negative");
  EXPECT_THAT(Causes(journey.lead().explanation()), ElementsAre("2"));
  EXPECT_EQ(journey.scores().fit().points(), -20);
  EXPECT_EQ(journey.scores().fit().causes(0).condition_id(), "free_mail");
  EXPECT_EQ(journey.scores().fit().causes(0).touchpoint().touchpoint_id(), "2");
  history.push_back(Tp("3", "2025-01-03",
                       "account_id: 'A' profile { mail_domain: 'a.example' }"));
  EXPECT_EQ(StatusAt("2025-01-03", history), v1::LEAD_STATUS_MQL);
}

TEST(Mql, RequestGoesStraightToSqlWhichDoesNotDecay) {
  EXPECT_EQ(StatusAt("2035-01-01", {Tp("1", "2025-01-01", kWebinar),
                                    Tp("2", "2025-01-02", kDemo),
                                    Tp("3", "2025-01-03", kUnsubscribe)}),
            v1::LEAD_STATUS_SQL);
}

TEST(Mql, AfterRejectOrRecycleOnlyLaterTouchpointsCount) {
  for (const char* action : {"REJECTED", "RECYCLED"}) {
    const v1::LeadStatus given_back = std::string(action) == "REJECTED"
                                          ? v1::LEAD_STATUS_NONE
                                          : v1::LEAD_STATUS_RECYCLED;
    const History back = {Tp("1", "2025-01-01", kWebinar),
                          Tp("2", "2025-01-02", Verdict(action)),
                          Tp("3", "2025-01-03", kChat)};
    // The later points are enough, but did not come through marketing.
    const v1::Journey journey = ScoredAt("2025-01-03", back);
    EXPECT_EQ(journey.lead().status(), given_back);
    EXPECT_EQ(journey.scores().behaviour().qualifying_points(), 100);
    EXPECT_NEAR(journey.scores().behaviour().points(), 195.484, 0.001);
    EXPECT_FALSE(journey.scores().behaviour().causes(0).qualifying());
    EXPECT_TRUE(journey.scores().behaviour().causes(1).qualifying());
    History again = back;
    again.push_back(Tp("4", "2025-01-04", kWebinar));
    EXPECT_EQ(StatusAt("2025-01-04", again), v1::LEAD_STATUS_MQL);
    EXPECT_THAT(Causes(ScoredAt("2025-01-04", again).lead().explanation()),
                ElementsAre("3", "4"));
    EXPECT_EQ(StatusAt("2035-01-01", again), v1::LEAD_STATUS_NONE);
  }
}

TEST(Mql, LeadOfAnUndoneFirstPurchaseStandsWhereItWouldNow) {
  const History history = {
      Tp("1", "2025-01-01", kWebinar),
      Tp("2", "2025-01-02",
         "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: 'I' }")};
  EXPECT_EQ(StatusAt("2025-01-02", history), v1::LEAD_STATUS_CUSTOMER);
  const std::string cancel =
      "account_id: 'A' invoice { action: ACTION_CANCELLED invoice_id: 'I' }";
  History soon = history;
  soon.push_back(Tp("3", "2025-01-03", cancel));
  EXPECT_EQ(StatusAt("2025-01-03", soon), v1::LEAD_STATUS_MQL);
  EXPECT_EQ(Since(ScoredAt("2025-01-03", soon)), "2025-01-01T00:00:00Z");
  EXPECT_EQ(StatusAt("2025-02-03", soon), v1::LEAD_STATUS_NONE);
  History late = history;
  late.push_back(Tp("3", "2025-03-03", cancel));
  EXPECT_EQ(StatusAt("2025-03-03", late), v1::LEAD_STATUS_NONE);
  EXPECT_EQ(Since(ScoredAt("2025-03-03", late)), "2025-01-31T00:00:01Z");
}

TEST(Mql, CausesAreThoseOfTheMomentWhenItBecameOne) {
  History history;
  for (int i = 0; i < 6; ++i) {
    history.push_back(
        Tp(absl::StrCat(10 + i), absl::StrFormat("2025-01-%02d", 1 + i),
           "account_id: 'A' campaign { name: 'spring' } site_visit {}"));
  }
  history.push_back(Tp("20", "2025-01-07", kChat));
  for (int i = 0; i < core::kScoreCausesMax; ++i) {
    history.push_back(Tp(absl::StrCat(30 + i), "2025-01-08", kWebinar));
  }
  const v1::Journey journey = ScoredAt("2025-01-09", history);
  EXPECT_EQ(Since(journey), "2025-01-07T00:00:00Z");
  // The bound of the group left nothing of "13" and "14".
  EXPECT_THAT(Causes(journey.lead().explanation()),
              ElementsAre("10", "11", "12", "15", "20"));
  EXPECT_EQ(journey.scores().behaviour().causes(0).touchpoint().touchpoint_id(),
            "30");
}

TEST(Mql, CausesNameWhatMadeTheFitGoodEnough) {
  const v1::Journey journey =
      ScoredAt("2025-01-04",
               {Tp("1", "2025-01-01",
                   "account_id: 'A' profile { mail_domain: 'gmail.com' }"),
                Tp("2", "2025-01-02", kWebinar),
                Tp("3", "2025-01-03",
                   "account_id: 'A' profile { mail_domain: 'a.example' }")});
  EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_MQL);
  EXPECT_THAT(Causes(journey.lead().explanation()), ElementsAre("2", "3"));
}

TEST(Mql, VisitorHasScoresButNoLeadStatus) {
  const v1::Journey journey =
      ScoredAt("2025-01-01", {Tp("1", "2025-01-01", kWebinar)},
               v1::SUBJECT_TYPE_VISITOR);
  EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_NONE);
  EXPECT_EQ(journey.scores().behaviour().points(), 100);
}

TEST(Score, BoundOfAGroupCutsWithinTheWeek) {
  // 2025-01-05 is a Sunday.
  const char visit[] = "account_id: 'A' site_visit {}";
  const History history = {
      Tp("1", "2025-01-04T10:00:00Z", visit),
      Tp("2", "2025-01-04T20:00:00Z", visit),
      Tp("3", "2025-01-05T23:59:59Z", visit),
      Tp("4", "2025-01-06T00:30:00Z", visit),
  };
  const v1::Journey journey = ScoredAt("2025-01-06T00:30:00Z", history);
  std::vector<int> points;
  for (const auto& cause : journey.scores().behaviour().causes()) {
    EXPECT_EQ(cause.condition_id(), "visit");
    points.push_back(cause.points());
  }
  EXPECT_THAT(points, ElementsAre(8, 8, 4, 8));
}

TEST(Score, VisitsLessThanHalfAnHourApartAreOne) {
  const char visit[] = "account_id: 'A' site_visit {}";
  // The third is less than half an hour after the second, not the first.
  EXPECT_NEAR(PointsAt("2025-01-01T10:50:00Z",
                       {Tp("1", "2025-01-01T10:00:00Z", visit),
                        Tp("2", "2025-01-01T10:29:59.999999Z", visit),
                        Tp("3", "2025-01-01T10:50:00Z", visit)}),
              8, 0.01);
  EXPECT_NEAR(PointsAt("2025-01-01T10:30:00Z",
                       {Tp("1", "2025-01-01T10:00:00Z", visit),
                        Tp("2", "2025-01-01T10:30:00Z", visit)}),
              16, 0.01);
}

TEST(Score, RollingWindowCountsUntilItsDaysHavePassed) {
  const char call[] = "account_id: 'A' call { outcome: OUTCOME_BUSY }";
  const History history = {
      Tp("1", "2025-01-01", call), Tp("2", "2025-01-02", call),
      Tp("3", "2025-01-07T23:59:59.999999Z", call), Tp("4", "2025-01-09", call),
      Tp("5", "2025-01-10", call)};
  // The fourth comes exactly seven days after the second.
  EXPECT_EQ(PointsAt("2025-01-02", {history[0], history[1]}), 0);
  const v1::Journey journey = ScoredAt("2025-01-10", history);
  std::vector<std::string> given;
  for (const auto& cause : journey.scores().behaviour().causes()) {
    given.push_back(cause.touchpoint().touchpoint_id());
  }
  EXPECT_THAT(given, ElementsAre("3", "5"));
}

TEST(Score, NegativePointsDecayAsWell) {
  const History history = {Tp("1", "2025-01-01", kUnsubscribe)};
  EXPECT_EQ(PointsAt("2025-01-01", history), -60);
  EXPECT_EQ(PointsAt("2025-01-31", history), -30);
  EXPECT_FALSE(ScoredAt("2025-01-31", history)
                   .scores()
                   .behaviour()
                   .has_falls_below_at());
}

TEST(Score, OldPointsVanishWithoutATrace) {
  const History history = {Tp("1", "1970-01-02", kWebinar)};
  EXPECT_EQ(PointsAt("9999-12-31", history), 0);
  EXPECT_EQ(StatusAt("9999-12-31", history), v1::LEAD_STATUS_NONE);
}

TEST(Score, NewestCausesAreKept) {
  History history;
  for (int i = 0; i < core::kScoreCausesMax + 5; ++i) {
    history.push_back(Tp(absl::StrCat(1000 + i), "2025-01-01", kWebinar));
  }
  const v1::Journey journey = ScoredAt("2025-01-01", history);
  const v1::BehaviourScore& score = journey.scores().behaviour();
  EXPECT_EQ(score.points(), 100 * (core::kScoreCausesMax + 5));
  ASSERT_EQ(score.causes_size(), core::kScoreCausesMax);
  EXPECT_EQ(score.causes(0).touchpoint().touchpoint_id(), "1005");
}

TEST(Score, IsUnsetWithoutRules) {
  v1::RuleSet rule_set = TestRules()->rule_set();
  rule_set.clear_scoring();
  const auto rules = projections::Rules::Make(rule_set);
  ASSERT_TRUE(rules.ok());
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
  const projections::JourneyFold fold =
      FoldAll(**rules, subject,
              {Tp("1", "2025-01-01", kWebinar),
               Tp("2", "2025-01-02", Verdict("RECYCLED"))});
  EXPECT_FALSE(fold.state().has_scoring());
  EXPECT_FALSE(projections::ConcludeJourney(**rules, fold, At("2025-01-02"))
                   .has_scores());
}

TEST(Profile, NewestValueOfEachAttributeCounts) {
  const char attributes[] =
      "account_id: 'A' profile { industry: 'tools' } attributes { "
      "fields { key: 'employees' value { number_value: 300 } } "
      "fields { key: 'industry' value { string_value: 'free' } } "
      "fields { key: 'list' value { list_value {} } } }";
  const History history = {
      Tp("2", "2025-01-02",
         "account_id: 'A' profile { industry: 'toys' } attributes { fields { "
         "key: 'employees' value { null_value: NULL_VALUE } } }"),
      Tp("1", "2025-01-01", attributes)};
  const v1::Journey first = ScoredAt("2025-01-01", {history[1]});
  ASSERT_EQ(first.profile_size(), 2);
  EXPECT_EQ(first.profile(0).key(), "employees");
  EXPECT_EQ(first.profile(0).value().number_value(), 300);
  EXPECT_EQ(first.profile(1).value().string_value(), "tools");
  EXPECT_EQ(first.scores().fit().points(), 15);
  const v1::Journey second = ScoredAt("2025-01-02", history);
  ASSERT_EQ(second.profile_size(), 1);
  EXPECT_EQ(second.profile(0).value().string_value(), "toys");
  EXPECT_EQ(second.profile(0).cause().touchpoint_id(), "2");
  EXPECT_EQ(second.scores().fit().points(), 0);
  EXPECT_THAT(second.scores().fit().causes(), IsEmpty());
}

TEST(Profile, BeyondItsBoundTheOldestAttributeIsForgotten) {
  History history;
  for (int i = 0; i <= core::kProfileAttributesMax; ++i) {
    history.push_back(
        Tp(absl::StrCat(100 + i), "2025-01-01",
           absl::StrCat("account_id: 'A' profile {} attributes "
                        "{ fields { key: 'k",
                        100 + i, "' value { bool_value: true } } }")));
  }
  const v1::Journey journey = ScoredAt("2025-01-01", history);
  EXPECT_EQ(journey.profile_size(), core::kProfileAttributesMax);
  EXPECT_EQ(journey.profile(0).key(), "k101");
}

}  // namespace
}  // namespace journey::testing
