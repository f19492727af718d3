#include "projections/segment/segment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/text_format.h"
#include "projections/conclude.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Given = std::vector<v1::Touchpoint>;

// Rules in text format: the defaults, but for the own rhythm.
constexpr char kPlain[] =
    "regular { purchases: 3 months: 12 } lapse { days: 365 }";

v1::Journey JourneyBy(const std::string& segments, const std::string& time_zone,
                      absl::string_view instant, const Given& given) {
  v1::RuleSet rule_set = TestRules()->rule_set();
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      segments, rule_set.mutable_segments()));
  rule_set.set_time_zone(time_zone);
  const auto rules = projections::Rules::Make(rule_set).value();
  return projections::ConcludeJourney(
      *rules, FoldAll(*rules, AccountA(), given), At(instant));
}

v1::Touchpoint Invoice(const std::string& id, absl::string_view at,
                       const std::string& fields = "",
                       const std::string& action = "ISSUED") {
  return Tp(absl::StrCat(action, "-", id, "-", at), at,
            absl::StrCat("account_id: 'A' invoice { invoice_id: '", id,
                         "' action: ACTION_", action, " ", fields, " }"));
}

v1::Touchpoint Deal(const std::string& id, absl::string_view at,
                    const std::string& action) {
  return Tp(absl::StrCat(action, "-", id), at,
            absl::StrCat("account_id: 'A' deal_id: '", id,
                         "' deal { action: ACTION_", action, " }"));
}

// "LOST since 2025-01-08T00:00:00Z" and so on.
std::vector<std::string> Names(
    const google::protobuf::RepeatedPtrField<v1::SegmentStanding>& standings) {
  std::vector<std::string> out;
  for (const v1::SegmentStanding& standing : standings) {
    out.push_back(absl::StrCat(
        absl::StripPrefix(v1::Segment_Name(standing.segment()), "SEGMENT_"),
        " since ", core::FormatInstant(core::ToMicros(standing.since()))));
  }
  return out;
}

std::vector<std::string> SegmentsOf(absl::string_view instant,
                                    const Given& given,
                                    const std::string& segments = kPlain,
                                    const std::string& time_zone = "UTC") {
  return Names(JourneyBy(segments, time_zone, instant, given).segments());
}

// Of the last segment that holds.
v1::Explanation Why(absl::string_view instant, const Given& given,
                    const std::string& segments = kPlain) {
  const v1::Journey journey = JourneyBy(segments, "UTC", instant, given);
  return journey.segments(journey.segments_size() - 1).explanation();
}

std::vector<std::string> CausesOf(const v1::Explanation& explanation) {
  std::vector<std::string> out;
  for (const auto& cause : explanation.causes()) {
    out.push_back(cause.touchpoint_id());
  }
  return out;
}

TEST(SegmentTest, ProspectHasNeverBought) {
  const Given given = {Tp("1", "2025-01-01", "account_id: 'A' site_visit {}"),
                       Tp("2", "2025-01-05", "account_id: 'A' chat {}")};
  EXPECT_THAT(SegmentsOf("2025-02-01", given),
              ElementsAre("PROSPECT since 2025-01-01T00:00:00Z"));
  const v1::Explanation why = Why("2025-02-01", given);
  EXPECT_EQ(why.rule_id(), "segment.prospect");
  EXPECT_EQ(why.text(), "There is no purchase that stands.");
  EXPECT_THAT(CausesOf(why), ElementsAre("1"));
}

TEST(SegmentTest, VisitorsAndTenantsWithoutSuchRulesHaveNone) {
  const auto visit = Tp("1", "2025-01-01", "anonymous_id: 'A' site_visit {}");
  v1::Subject visitor = AccountA();
  visitor.set_type(v1::SUBJECT_TYPE_VISITOR);
  const auto rules = TestRules();
  EXPECT_THAT(
      projections::SegmentsAt(*rules, FoldAll(*rules, visitor, {visit}).state(),
                              At("2025-02-01")),
      IsEmpty());
  v1::RuleSet none = rules->rule_set();
  none.clear_segments();
  const auto without = projections::Rules::Make(none).value();
  EXPECT_THAT(projections::SegmentsAt(
                  *without, FoldAll(*without, AccountA(), {visit}).state(),
                  At("2025-02-01")),
              IsEmpty());
}

TEST(SegmentTest, ThirdPurchaseMakesRegularAndTimeMakesActiveAndLost) {
  const Given given = {Invoice("1", "2025-01-15T10:00:00Z"),
                       Invoice("2", "2025-03-01"), Invoice("3", "2025-06-01")};
  EXPECT_THAT(SegmentsOf("2025-06-01", given),
              ElementsAre("REGULAR since 2025-06-01T00:00:00Z"));
  EXPECT_THAT(SegmentsOf("2026-01-15T09:59:59.999999Z", given),
              ElementsAre("REGULAR since 2025-06-01T00:00:00Z"));
  EXPECT_THAT(SegmentsOf("2026-01-15T10:00:00Z", given),
              ElementsAre("ACTIVE since 2026-01-15T10:00:00Z"));
  EXPECT_THAT(SegmentsOf("2026-06-01", given),
              ElementsAre("LOST since 2026-06-01T00:00:00Z"));
  const v1::Explanation regular = Why("2025-06-01", given);
  EXPECT_EQ(regular.rule_id(), "segment.regular");
  EXPECT_EQ(regular.text(),
            "There were 3 purchases in the last 12 months; 3 make a regular "
            "customer.");
  EXPECT_EQ(regular.causes_size(), 3);
  const v1::Explanation lost = Why("2026-07-01", given);
  EXPECT_EQ(lost.rule_id(), "segment.lost");
  EXPECT_EQ(lost.text(),
            "The last purchase was 2025-06-01T00:00:00Z; the lapse window of "
            "365 days was over 2026-06-01T00:00:00Z, and no deal is open.");
  EXPECT_THAT(CausesOf(lost), ElementsAre("ISSUED-3-2025-06-01"));
}

TEST(SegmentTest, WhoIsLostIsNotRegular) {
  const Given given = {Invoice("1", "2025-01-01"), Invoice("2", "2025-01-02"),
                       Invoice("3", "2025-01-03")};
  const std::string rules =
      "regular { purchases: 3 months: 12 } lapse { days: 90 }";
  EXPECT_THAT(SegmentsOf("2025-04-02T23:59:59Z", given, rules),
              ElementsAre("REGULAR since 2025-01-03T00:00:00Z"));
  EXPECT_THAT(SegmentsOf("2025-04-03", given, rules),
              ElementsAre("LOST since 2025-04-03T00:00:00Z"));
  Given back = given;
  back.push_back(Invoice("4", "2025-05-01"));
  EXPECT_THAT(SegmentsOf("2025-05-01", back, rules),
              ElementsAre("REGULAR since 2025-05-01T00:00:00Z"));
}

// A month after the 30th and after the 31st of January is the same day, so that
// the earlier purchase of the two counts for longer.
TEST(SegmentTest, OfTwoPurchasesTheOlderMayCountLonger) {
  const Given given = {Invoice("1", "2025-01-30T10:00:00Z"),
                       Invoice("2", "2025-01-31T09:00:00Z")};
  const std::string rules = "regular { purchases: 1 months: 1 }";
  EXPECT_THAT(SegmentsOf("2025-02-28T09:59:59Z", given, rules),
              ElementsAre("REGULAR since 2025-01-30T10:00:00Z"));
  EXPECT_THAT(SegmentsOf("2025-02-28T10:00:00Z", given, rules),
              ElementsAre("ACTIVE since 2025-02-28T10:00:00Z"));
}

TEST(SegmentTest, OpenDealKeepsFromBeingLostUntilItIsClosed) {
  Given given = {Invoice("1", "2025-01-01"), Deal("D", "2025-03-01", "OPENED"),
                 Deal("E", "2025-03-02", "OPENED"),
                 Deal("E", "2025-03-03", "LOST")};
  EXPECT_THAT(SegmentsOf("2027-01-01", given),
              ElementsAre("ACTIVE since 2025-01-01T00:00:00Z"));
  EXPECT_EQ(Why("2027-01-01", given).text(),
            "The last purchase was 2025-01-01T00:00:00Z; the lapse window of "
            "365 days ends 2026-01-01T00:00:00Z, and a deal is open.");
  given.push_back(Deal("D", "2026-05-01", "LOST"));
  EXPECT_THAT(SegmentsOf("2027-01-01", given),
              ElementsAre("LOST since 2026-05-01T00:00:00Z"));
  EXPECT_THAT(CausesOf(Why("2027-01-01", given)),
              ElementsAre("ISSUED-1-2025-01-01", "LOST-D"));
}

TEST(SegmentTest, MonthsEndOnTheLastDayOfAShorterMonthAtTheTenantsTime) {
  const Given given = {Invoice("1", "2025-08-31T08:00:00Z")};
  EXPECT_THAT(SegmentsOf("2026-03-01", given, "lapse { months: 6 }"),
              ElementsAre("LOST since 2026-02-28T08:00:00Z"));
  EXPECT_THAT(
      SegmentsOf("2026-03-01", given, "lapse { months: 6 }", "Europe/Berlin"),
      ElementsAre("LOST since 2026-02-28T09:00:00Z"));
}

TEST(SegmentTest, OwnRhythmShortensTheWindowAndNeverLengthensIt) {
  const Given weekly = {Invoice("1", "2025-01-01"), Invoice("2", "2025-01-08"),
                        Invoice("3", "2025-01-15"), Invoice("4", "2025-01-22"),
                        Invoice("5", "2025-01-29")};
  const std::string rhythm = "lapse { days: 365 own_rhythm { days_min: 5 } }";
  EXPECT_THAT(SegmentsOf("2025-03-01", weekly, rhythm),
              ElementsAre("LOST since 2025-02-05T00:00:00Z"));
  EXPECT_EQ(Why("2025-03-01", weekly, rhythm).text(),
            "The last purchase was 2025-01-29T00:00:00Z; the window of 7.0 "
            "days by the customer's own rhythm (4 gaps between purchases, on "
            "average 7.0 days, deviation 0.0) was over 2025-02-05T00:00:00Z, "
            "and no deal is open.");
  EXPECT_THAT(
      SegmentsOf("2025-03-01", weekly, "lapse { days: 365 own_rhythm {} }"),
      ElementsAre("LOST since 2025-02-28T00:00:00Z"))
      << "at least 30 days";
  EXPECT_THAT(
      SegmentsOf("2025-03-01", {weekly.begin() + 1, weekly.end()}, rhythm),
      ElementsAre("ACTIVE since 2025-01-08T00:00:00Z"))
      << "three gaps say nothing";
  const Given yearly = {Invoice("1", "2020-01-01"), Invoice("2", "2022-01-01"),
                        Invoice("3", "2023-01-01"), Invoice("4", "2024-01-01"),
                        Invoice("5", "2025-01-01")};
  EXPECT_THAT(SegmentsOf("2027-01-01", yearly, rhythm),
              ElementsAre("LOST since 2026-01-01T00:00:00Z"));
}

TEST(SegmentTest, UndonePurchaseFallsOut) {
  Given given = {Tp("0", "2025-01-01", "account_id: 'A' chat {}"),
                 Invoice("1", "2025-02-01"),
                 Invoice("1", "2025-02-10", "", "CANCELLED")};
  EXPECT_THAT(SegmentsOf("2025-03-01", given),
              ElementsAre("PROSPECT since 2025-02-10T00:00:00Z"));
  EXPECT_THAT(CausesOf(Why("2025-03-01", given)),
              ElementsAre("CANCELLED-1-2025-02-10"));
  // Of one who had bought before, the older purchase counts again.
  given.push_back(Invoice("9", "2023-12-01"));
  EXPECT_THAT(SegmentsOf("2025-03-01", given),
              ElementsAre("LOST since 2025-02-10T00:00:00Z"));
}

TEST(SegmentTest, OverdueFromTheEndOfTheTenantsDueDayUntilPaid) {
  const std::string due = "due_date { year: 2025 month: 3 day: 10 }";
  Given given = {Invoice("1", "2025-03-01", due)};
  EXPECT_THAT(
      SegmentsOf("2025-03-10T22:59:59Z", given, kPlain, "Europe/Berlin"),
      ElementsAre("ACTIVE since 2025-03-01T00:00:00Z"));
  EXPECT_THAT(
      SegmentsOf("2025-03-10T23:00:00Z", given, kPlain, "Europe/Berlin"),
      ElementsAre("ACTIVE since 2025-03-01T00:00:00Z",
                  "AT_RISK since 2025-03-10T23:00:00Z"));
  const v1::Explanation why = Why("2025-04-01", given);
  EXPECT_EQ(why.rule_id(), "segment.at_risk");
  EXPECT_EQ(why.text(),
            "At risk: invoice 1 was due 2025-03-10 and is not settled.");
  EXPECT_THAT(CausesOf(why), ElementsAre("ISSUED-1-2025-03-01"));
  given.push_back(Invoice("1", "2025-04-02", "", "PAID"));
  EXPECT_THAT(SegmentsOf("2025-05-01", given, kPlain, "Europe/Berlin"),
              ElementsAre("ACTIVE since 2025-03-01T00:00:00Z"));
}

TEST(SegmentTest, RiskLastsWhileOneReasonFollowsAnother) {
  Given given = {
      Invoice("1", "2025-03-01", "due_date { year: 2025 month: 3 day: 10 }"),
      Invoice("2", "2025-03-01", "due_date { year: 2025 month: 3 day: 20 }")};
  given.push_back(Invoice("1", "2025-03-25", "", "WRITTEN_OFF"));
  EXPECT_THAT(SegmentsOf("2025-04-01", given),
              ElementsAre("ACTIVE since 2025-03-01T00:00:00Z",
                          "AT_RISK since 2025-03-11T00:00:00Z"));
  // Issued when it is overdue already.
  EXPECT_THAT(SegmentsOf("2025-04-01", {given[1], Invoice("3", "2025-03-15",
                                                          "due_date { year: "
                                                          "2025 month: 3 day: "
                                                          "5 }")}),
              ElementsAre("ACTIVE since 2025-03-01T00:00:00Z",
                          "AT_RISK since 2025-03-15T00:00:00Z"));
}

TEST(SegmentTest, ManyRisksAreCounted) {
  Given given;
  for (const char* id : {"1", "2", "3", "4", "5"}) {
    given.push_back(
        Invoice(id, "2025-03-01", "due_date { year: 2025 month: 3 day: 10 }"));
  }
  const v1::Explanation why = Why("2025-04-01", given);
  EXPECT_EQ(why.text(),
            "At risk: invoice 1 was due 2025-03-10 and is not settled; invoice "
            "2 was due 2025-03-10 and is not settled; invoice 3 was due "
            "2025-03-10 and is not settled; 2 more.");
  EXPECT_EQ(why.causes_size(), 5);
}

TEST(SegmentTest, OpenCriticalComplaintIsARiskBesideAnyOther) {
  const auto rules = TestRules();
  storage::v1::JourneyState state;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "subject { type: SUBJECT_TYPE_ACCOUNT id: 'A' } "
      "tickets { ticket_id: 'T0' } "
      "tickets { ticket_id: 'T' open: true critical_complaint "
      "{ at_us: 5000000 ref { source: 'test' touchpoint_id: 't' } } }",
      &state));
  storage::v1::Moment moment = state.tickets(1).critical_complaint();
  v1::Touchpoint ticket;
  ticket.mutable_ticket();
  projections::ApplyToSegments(*rules, ticket, moment, state);
  const auto standings = projections::SegmentsAt(*rules, state, moment.at_us());
  ASSERT_EQ(standings.size(), 2u);
  EXPECT_EQ(standings[0].segment(), v1::SEGMENT_PROSPECT);
  EXPECT_EQ(standings[1].segment(), v1::SEGMENT_AT_RISK);
  EXPECT_EQ(standings[1].explanation().text(),
            "At risk: ticket T is an open critical complaint.");
  EXPECT_THAT(CausesOf(standings[1].explanation()), ElementsAre("t"));

  state.mutable_tickets(1)->clear_critical_complaint();
  moment.set_at_us(6000000);
  projections::ApplyToSegments(*rules, ticket, moment, state);
  EXPECT_EQ(projections::SegmentsAt(*rules, state, moment.at_us()).size(), 1u);
}

}  // namespace
}  // namespace journey::testing
