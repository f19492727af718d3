#include "tests/projections/random_scoring.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {

using core::Micros;

v1::RuleSet RandomScoring::Next() {
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

int RandomScoring::Pick(int end) {
  return std::uniform_int_distribution<int>(0, end - 1)(random_);
}

std::string RandomScoring::Any(const std::vector<std::string>& values) {
  return values[static_cast<size_t>(Pick(static_cast<int>(values.size())))];
}

std::string RandomScoring::Condition(int index) {
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

std::string RandomScoring::Meaning() {
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
             "{ key: 'messages' min: 1 }" + attribute + "{ key: 'employees' }";
    case 12:
      return "kind: TOUCHPOINT_KIND_QUALIFICATION";
    default:
      return "kind: TOUCHPOINT_KIND_INVOICE";
  }
}

std::string RandomScoring::FitAttribute() {
  return Any({"key: 'mail_domain' one_of: 'GMAIL.com'", "key: 'industry'",
              "key: 'employees' min: 100", "key: 'employees' one_of: '20'",
              "key: 'vip' one_of: 'true' one_of: '300'"});
}

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

}  // namespace journey::testing
