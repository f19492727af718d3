// OUT_OF_PACE: what is a gap, and from when on silence is out of pace.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A pipeline in which no other reason is of interest.
constexpr char kPaceAlone[] =
    "pipelines { id: 'p' name: 'P' stages { id: 's' name: 'S' stall_days: 7 } "
    "stalls { inactive { off: true } neglected { off: true } } } ";

v1::Touchpoint Deal(absl::string_view at, const std::string& action) {
  return Tp(absl::StrCat("deal ", at), at,
            absl::StrCat("account_id: 'A' deal_id: 'D' deal { pipeline_id: "
                         "'p' action: ACTION_",
                         action, " }"));
}

v1::Touchpoint Reply(absl::string_view at) {
  return Tp(absl::StrCat("reply ", at), at,
            "account_id: 'A' email { action: ACTION_REPLIED }");
}

v1::Touchpoint Silence(absl::string_view at, absl::string_view until) {
  return Tp(absl::StrCat("silence ", at), at,
            absl::StrCat("account_id: 'A' expected_silence { until { seconds: ",
                         At(until) / core::kMicrosPerSecond, " } }"));
}

// A deal whose customer replied on working days in a row from Wednesday,
// 1 January on, until the 7th: four gaps of a day.
std::vector<v1::Touchpoint> Hurried(
    const std::vector<v1::Touchpoint>& more = {}) {
  std::vector<v1::Touchpoint> out = {Deal("2025-01-01", "OPENED")};
  for (const char* at :
       {"2025-01-01T10:00:00Z", "2025-01-02T10:00:00Z", "2025-01-03T10:00:00Z",
        "2025-01-06T10:00:00Z", "2025-01-07T10:00:00Z"}) {
    out.push_back(Reply(at));
  }
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

std::vector<v1::Touchpoint> RepliesOn(const std::vector<std::string>& days) {
  std::vector<v1::Touchpoint> out = {Deal("2025-01-01", "OPENED")};
  for (const std::string& day : days) out.push_back(Reply(day));
  return out;
}

std::vector<std::string> Stalls(absl::string_view instant,
                                const std::vector<v1::Touchpoint>& given,
                                const std::string& rules_change = "") {
  return StallsOf(DealAt(instant, "D", given, kPaceAlone + rules_change));
}

// The severity of a deal's only stall.
v1::StallSeverity SeverityAt(absl::string_view instant,
                             const std::vector<v1::Touchpoint>& given) {
  const v1::Deal deal = DealAt(instant, "D", given, kPaceAlone);
  EXPECT_EQ(deal.stalls_size(), 1) << instant;
  return deal.stalls_size() == 1 ? deal.stalls(0).severity()
                                 : v1::STALL_SEVERITY_UNSPECIFIED;
}

TEST(OutOfPace, IsAWarningAndCriticalADayLaterWhereAllGapsAreAlike) {
  // Three working days are the least; a weekend lies between the third and the
  // fourth.
  EXPECT_THAT(Stalls("2025-01-10T09:59:59Z", Hurried()),
              Not(Contains(StartsWith("OUT_OF_PACE"))));
  EXPECT_THAT(Stalls("2025-01-10T10:00:00Z", Hurried()),
              Contains("OUT_OF_PACE since 2025-01-10T10:00:00Z"));
  EXPECT_EQ(SeverityAt("2025-01-13T09:59:59Z", Hurried()),
            v1::STALL_SEVERITY_WARNING);
  EXPECT_EQ(SeverityAt("2025-01-13T10:00:00Z", Hurried()),
            v1::STALL_SEVERITY_CRITICAL);
  // It began when it began.
  EXPECT_THAT(Stalls("2025-03-01", Hurried()),
              Contains("OUT_OF_PACE since 2025-01-10T10:00:00Z"));
}

TEST(OutOfPace, WholeNumbersAreNotRoundedUp) {
  // Gaps of 1, 1, 3, 5 and 5 working days: the mean is 3, the deviation 2.
  const auto given = RepliesOn({"2025-01-06", "2025-01-07", "2025-01-08",
                                "2025-01-13", "2025-01-20", "2025-01-27"});
  EXPECT_THAT(Stalls("2025-02-03", given),
              Contains("OUT_OF_PACE since 2025-02-03T00:00:00Z"));
  EXPECT_EQ(SeverityAt("2025-02-04T23:59:59Z", given),
            v1::STALL_SEVERITY_WARNING);
  EXPECT_EQ(SeverityAt("2025-02-05", given), v1::STALL_SEVERITY_CRITICAL);
  // A half of the deviation less, and it is rounded up to 4.
  EXPECT_THAT(Stalls("2025-02-03", given,
                     "stalls { out_of_pace { warning_deviations: 0.4 } }"),
              Contains("OUT_OF_PACE since 2025-01-31T00:00:00Z"));
}

TEST(OutOfPace, FewGapsSayNothing) {
  const auto given =
      RepliesOn({"2025-01-02", "2025-01-03", "2025-01-06", "2025-01-07"});
  EXPECT_THAT(Stalls("2025-03-01", given),
              Not(Contains(StartsWith("OUT_OF_PACE"))));
  EXPECT_THAT(
      Stalls("2025-03-01", given, "stalls { out_of_pace { gaps_min: 3 } }"),
      Contains(StartsWith("OUT_OF_PACE")));
}

TEST(OutOfPace, DaysAreTheTenants) {
  // The first two are on one day in UTC, on two in New York.
  const auto given = RepliesOn({"2025-01-02T02:00:00Z", "2025-01-02T06:00:00Z",
                                "2025-01-03T06:00:00Z", "2025-01-06T06:00:00Z",
                                "2025-01-07T06:00:00Z"});
  EXPECT_THAT(Stalls("2025-03-01", given),
              Not(Contains(StartsWith("OUT_OF_PACE"))));
  EXPECT_THAT(Stalls("2025-03-01", given, "time_zone: 'America/New_York'"),
              Contains("OUT_OF_PACE since 2025-01-10T06:00:00Z"));
}

TEST(OutOfPace, AnnouncedSilenceRestartsItAndIsNoGap) {
  const auto announced =
      Hurried({Silence("2025-01-08", "2025-02-03T10:00:00Z")});
  EXPECT_THAT(Stalls("2025-02-06T09:59:59Z", announced),
              Not(Contains(StartsWith("OUT_OF_PACE"))));
  EXPECT_THAT(Stalls("2025-02-06T10:00:00Z", announced),
              Contains("OUT_OF_PACE since 2025-02-06T10:00:00Z"));
  // Heard early, and heard late: the pace stays that of a day.
  for (const char* heard : {"2025-01-20T10:00:00Z", "2025-02-10T10:00:00Z"}) {
    std::vector<v1::Touchpoint> given = announced;
    given.push_back(Reply(heard));
    EXPECT_THAT(Stalls("2025-03-01", given),
                Contains(absl::StrCat("OUT_OF_PACE since 2025-",
                                      heard[6] == '1' ? "01-23" : "02-13",
                                      "T10:00:00Z")));
  }
}

TEST(OutOfPace, NewestWordOfSilenceWins) {
  const auto given = Hurried({Silence("2025-01-08", "2025-02-03"),
                              Silence("2025-01-09", "2025-01-09T12:00:00Z")});
  EXPECT_THAT(Stalls("2025-03-01", given),
              Contains("OUT_OF_PACE since 2025-01-14T12:00:00Z"));
}

TEST(OutOfPace, TimeInWhichTheDealWasDecidedIsNoGap) {
  const auto given =
      Hurried({Deal("2025-01-08", "LOST"), Deal("2025-02-03", "REOPENED"),
               Reply("2025-02-04T10:00:00Z")});
  EXPECT_THAT(Stalls("2025-03-01", given),
              Contains("OUT_OF_PACE since 2025-02-07T10:00:00Z"));
}

TEST(OutOfPace, ExplanationHasTheNumbers) {
  const v1::Deal deal =
      DealAt("2025-01-13T10:00:00Z", "D", Hurried(), kPaceAlone);
  ASSERT_EQ(deal.stalls_size(), 1);
  const v1::Explanation& why = deal.stalls(0).explanation();
  EXPECT_EQ(why.rule_id(), "stall.out_of_pace");
  EXPECT_EQ(why.text(),
            "The customer has been silent since 2025-01-07T10:00:00Z; the 4 "
            "gaps between the days on which they were heard had a mean of 1 "
            "working days and a standard deviation of 0, so the limit is 3 "
            "working days, and 4 are critical.");
  ASSERT_EQ(why.causes_size(), 1);
  EXPECT_EQ(why.causes(0).touchpoint_id(), "reply 2025-01-07T10:00:00Z");
}

}  // namespace
}  // namespace journey::testing
