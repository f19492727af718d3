// The scores against the closed formula, on random histories and rule sets.
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "projections/rules/rules.h"
#include "service/core/time.h"
#include "tests/projections/reference.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::kMicrosPerDay;
using core::kMicrosPerSecond;
using core::Micros;

constexpr int kHistories = 500;
constexpr int kRandomInstants = 6;
constexpr double kScoreDifference = 1e-9;

class RandomScoring {
 public:
  explicit RandomScoring(std::mt19937& random) : random_(random) {}

  // The default rule set, scored in another way.
  v1::RuleSet Next() {
    v1::RuleSet out = TestRules()->rule_set();
    out.set_time_zone(
        Any({"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"}));
    std::string text = absl::StrCat(
        "behaviour { half_life_days: ", Any({"1", "3", "7", "30", "365"}),
        " mql_threshold: ", 1 + Pick(60),
        " groups { id: 'a' cap_points_per_week: ", 1 + Pick(30),
        " } groups { id: 'b' cap_points_per_week: ", 1 + Pick(30), " } ");
    const int conditions = 1 + Pick(12);
    for (int i = 0; i < conditions; ++i) {
      absl::StrAppend(&text, Condition(i));
    }
    absl::StrAppend(&text, "} fit { ");
    for (int i = 0; i < 1 + Pick(3); ++i) {
      absl::StrAppend(&text, "conditions { id: 'f", i,
                      "' name: 'f' points: ", 1 + Pick(30), " attribute { ",
                      FitAttribute(), " } } ");
    }
    // As often as not: negative ones keep a lead from being an MQL.
    absl::StrAppend(&text, "conditions { id: 'n' name: 'n' points: -",
                    1 + Pick(30), " attribute { ", FitAttribute(), " } } }");
    out.clear_scoring();
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        text, out.mutable_scoring()))
        << text;
    return out;
  }

 private:
  int Pick(int end) {
    return std::uniform_int_distribution<int>(0, end - 1)(random_);
  }

  std::string Any(const std::vector<std::string>& values) {
    return values[static_cast<size_t>(Pick(static_cast<int>(values.size())))];
  }

  std::string Condition(int index) {
    std::string out = absl::StrCat("conditions { id: 'c", index, "' name: 'c' ",
                                   Meaning(), " ");
    if (Pick(4) == 0) {
      absl::StrAppend(&out, "count { at_least: ", 2 + Pick(3),
                      " within_days: ", 1 + Pick(20), " } ");
    }
    // Group "a" gives points, group "b" takes them.
    const bool gives = Pick(4) != 0;
    if (Pick(3) == 0) {
      absl::StrAppend(&out, "group: '", gives ? "a" : "b", "' ");
    }
    return absl::StrCat(out, "points: ", gives ? "" : "-", 1 + Pick(40), " } ");
  }

  std::string Meaning() {
    const std::string attribute = " attributes ";
    switch (Pick(14)) {
      case 0:
        return "kind: TOUCHPOINT_KIND_SITE_VISIT";
      case 1:
        return "kind: TOUCHPOINT_KIND_SITE_VISIT" + attribute +
               "{ key: 'pages' min: 3 max: 5 }";
      case 2:
        return "kind: TOUCHPOINT_KIND_SITE_VISIT" + attribute +
               "{ key: 'url' one_of: '/PRICING' }";
      case 3:
        return "kind: TOUCHPOINT_KIND_CONTENT actions: 'downloaded' "
               "actions: 'viewed'";
      case 4:
        return "kind: TOUCHPOINT_KIND_EVENT_ATTENDANCE actions: 'attended'" +
               attribute + "{ key: 'event_type' one_of: 'webinar' }";
      case 5:
        return "kind: TOUCHPOINT_KIND_EMAIL" + attribute +
               "{ key: 'bulk' one_of: 'true' }";
      case 6:
        return "kind: TOUCHPOINT_KIND_EMAIL direction: DIRECTION_INBOUND";
      case 7:
        return "kind: TOUCHPOINT_KIND_CALL direction: DIRECTION_OUTBOUND "
               "actions: 'connected'";
      case 8:
        return "kind: TOUCHPOINT_KIND_AD_INTERACTION actions: 'click'";
      case 9:
        return "kind: TOUCHPOINT_KIND_FORM_SUBMISSION actions: 'trial' "
               "actions: 'contact'";
      case 10:
        return "kind: TOUCHPOINT_KIND_CHAT" + attribute +
               "{ key: 'vip' one_of: 'true' }";
      case 11:
        return "kind: TOUCHPOINT_KIND_CHAT" + attribute +
               "{ key: 'messages' min: 1 }" + attribute +
               "{ key: 'employees' }";
      case 12:
        return "kind: TOUCHPOINT_KIND_QUALIFICATION";
      default:
        return "kind: TOUCHPOINT_KIND_INVOICE";
    }
  }

  std::string FitAttribute() {
    return Any({"key: 'mail_domain' one_of: 'GMAIL.com'", "key: 'industry'",
                "key: 'employees' min: 100", "key: 'employees' one_of: '20'",
                "key: 'vip' one_of: 'true' one_of: '300'"});
  }

  std::mt19937& random_;
};

std::string Dump(const v1::RuleSet& rules,
                 const std::vector<v1::Touchpoint>& history, Micros instant) {
  std::string out =
      absl::StrCat("at ", core::FormatInstant(instant), "\n", rules.time_zone(),
                   " ", rules.scoring().ShortDebugString(), "\n");
  for (const v1::Touchpoint& t : history) {
    absl::StrAppend(&out, core::FormatInstant(core::ToMicros(t.occurred_at())),
                    " ", t.ShortDebugString(), "\n");
  }
  return out;
}

// Without what makes customers and SQLs, but for one in eight: they would
// leave few leads to marketing.
std::vector<v1::Touchpoint> MarketingHistory(
    std::mt19937& random, const RandomHistoryOptions& options) {
  std::vector<v1::Touchpoint> out;
  for (const v1::Touchpoint& t : RandomHistory(random, options)) {
    const bool is_sales = t.has_invoice() || t.has_deal() || t.has_meeting() ||
                          t.has_form_submission() || t.has_qualification();
    if (!is_sales || random() % 8 == 0) out.push_back(t);
  }
  return out;
}

// The status at an instant by the intervals that lists are made of.
v1::LeadStatus ListedAt(const storage::v1::JourneyState& state,
                        Micros instant) {
  for (const auto& interval : projections::LeadStatusIntervals(state)) {
    if (instant < interval.until) return interval.status;
  }
  return v1::LEAD_STATUS_UNSPECIFIED;
}

class ScoringTest : public ::testing::Test {
 protected:
  // Compares the fold with the reference; returns when the score falls below
  // the threshold, 0 when it does not.
  Micros Compare(const projections::Rules& rules,
                 const std::vector<v1::Touchpoint>& history, Micros instant) {
    const auto dump = [&] { return Dump(rules.rule_set(), history, instant); };
    std::vector<v1::Touchpoint> past;
    for (const v1::Touchpoint& t : history) {
      if (core::ToMicros(t.occurred_at()) <= instant) past.push_back(t);
    }
    if (past.empty()) return 0;
    v1::Subject subject;
    subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
    const projections::JourneyFold fold = FoldAll(rules, subject, past);
    const v1::Journey journey =
        projections::ConcludeJourney(rules, fold, instant);
    const ReferenceJourney want = Reference(rules.rule_set(), past, instant);
    const ReferenceScores got = ScoresOf(journey);
    EXPECT_NEAR(got.behaviour, want.scores.behaviour, kScoreDifference)
        << dump();
    EXPECT_NEAR(got.qualifying, want.scores.qualifying, kScoreDifference)
        << dump();
    EXPECT_EQ(got.fit, want.scores.fit) << dump();
    EXPECT_EQ(got.falls_below_at, want.scores.falls_below_at) << dump();
    EXPECT_EQ(journey.lead().status(), want.lead_status) << dump();
    EXPECT_EQ(core::ToMicros(journey.lead().since()), want.lead_since)
        << dump();
    EXPECT_EQ(ListedAt(fold.state(), instant), want.lead_status) << dump();
    ++statuses_[want.lead_status];
    return got.falls_below_at;
  }

  std::map<v1::LeadStatus, int> statuses_;
};

TEST_F(ScoringTest, AgreesWithTheClosedFormulaAtAnyInstant) {
  const unsigned seed = TestSeed(20261123);
  std::mt19937 random(seed);
  RandomScoring scoring(random);
  int crossings = 0;
  for (int i = 0; i < kHistories && !HasFailure(); ++i) {
    const auto rules = projections::Rules::Make(scoring.Next());
    ASSERT_TRUE(rules.ok()) << rules.status();
    RandomHistoryOptions options;
    options.touchpoints = 1 + i % 60;
    options.deals = 1;
    options.days = 1 + i % 60;
    const std::vector<v1::Touchpoint> history =
        i % 4 == 0 ? RandomHistory(random, options)
                   : MarketingHistory(random, options);
    std::vector<Micros> instants;
    instants.reserve(kRandomInstants + history.size());
    for (int k = 0; k < kRandomInstants; ++k) {
      instants.push_back(At("2025-01-01") +
                         std::uniform_int_distribution<int64_t>(
                             0, 100 * kMicrosPerDay)(random));
    }
    for (size_t k = 0; k < history.size(); k += 4) {
      instants.push_back(core::ToMicros(history[k].occurred_at()));
    }
    // The crossing itself, and the neighbourhood of it.
    for (size_t k = 0; k < instants.size() && !HasFailure(); ++k) {
      const Micros falls = Compare(**rules, history, instants[k]);
      if (falls == 0) continue;
      ++crossings;
      for (const Micros near :
           {-kMicrosPerSecond, Micros{-1}, Micros{0}, kMicrosPerSecond}) {
        Compare(**rules, history, falls + near);
      }
    }
  }
  // The histories are worth something.
  EXPECT_GT(crossings, kHistories);
  EXPECT_GT(statuses_[v1::LEAD_STATUS_MQL], kHistories / 4);
  EXPECT_GT(statuses_[v1::LEAD_STATUS_RECYCLED], 0);
}

}  // namespace
}  // namespace journey::testing
