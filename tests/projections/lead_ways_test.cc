// What is missing to the next lead status, case by case.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;

using History = std::vector<v1::Touchpoint>;

constexpr char kDownload[] =
    "account_id: 'A' content { action: ACTION_DOWNLOADED }";
constexpr char kClick[] = "account_id: 'A' email { action: ACTION_CLICKED }";
constexpr char kFreeMail[] =
    "account_id: 'A' profile { mail_domain: 'gmail.com' }";
constexpr char kDemo[] =
    "account_id: 'A' form_submission { intent: INTENT_DEMO }";
constexpr char kInvoice[] =
    "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: 'I' }";

// The ways to SQL by the default rule set.
constexpr char kRequest[] = "SQL: a consultation, demo or pricing request";
constexpr char kMeeting[] = "SQL: a sales meeting that is held";
constexpr char kAcceptance[] = "SQL: sales accepting the lead";

std::string Verdict(const std::string& action) {
  return "account_id: 'A' qualification { action: ACTION_" + action + " }";
}

// So many downloads of 10 points on one day.
History Downloads(int count, const std::string& day) {
  History out;
  for (int i = 0; i < count; ++i) {
    out.push_back(Tp(absl::StrCat(day, " ", i), day, kDownload));
  }
  return out;
}

History Plus(History history, const v1::Touchpoint& touchpoint) {
  history.push_back(touchpoint);
  return history;
}

std::vector<std::string> WaysOf(const v1::JourneyExplanation& explanation) {
  std::vector<std::string> out;
  for (const v1::LeadWay& way : explanation.lead().ways()) {
    const std::string to =
        way.to() == v1::LEAD_STATUS_UNSPECIFIED
            ? ""
            : v1::LeadStatus_Name(way.to()).substr(sizeof("LEAD_STATUS"));
    out.push_back(absl::StrCat(to, ": ", way.text()));
  }
  return out;
}

std::vector<std::string> WaysAt(absl::string_view instant,
                                const History& given) {
  return WaysOf(ExplanationAt(instant, given));
}

TEST(LeadWays, PointsAreMissingOrARequest) {
  EXPECT_THAT(
      WaysAt("2025-01-01", Downloads(3, "2025-01-01")),
      ElementsAre("MQL: 20 more points", kRequest, kMeeting, kAcceptance));
}

TEST(LeadWays, MorePointsAreMissingAsThoseThereDecay) {
  // After one half-life half is left; a little later, a little more is
  // missing, which is rounded up.
  const History history = Downloads(3, "2025-01-01");
  EXPECT_THAT(WaysAt("2025-01-31", history)[0], "MQL: 35 more points");
  EXPECT_THAT(WaysAt("2025-01-31T00:00:01Z", history)[0],
              "MQL: 35.1 more points");
}

TEST(LeadWays, EverythingThatIsMissingIsNamed) {
  EXPECT_THAT(
      WaysAt("2025-01-02",
             {Tp("1", "2025-01-02", kClick), Tp("2", "2025-01-02", kFreeMail)}),
      ElementsAre("MQL: 45 more points and a touchpoint through marketing and "
                  "20 more fit points",
                  kRequest, kMeeting, kAcceptance));
  EXPECT_THAT(WaysAt("2025-01-01", Plus(Downloads(5, "2025-01-01"),
                                        Tp("f", "2025-01-01", kFreeMail)))[0],
              "MQL: 20 more fit points");
}

TEST(LeadWays, MqlHoldsUntilItDecaysAndLacksARequest) {
  const v1::JourneyExplanation mql =
      ExplanationAt("2025-01-02", Downloads(10, "2025-01-01"));
  EXPECT_THAT(WaysOf(mql), ElementsAre(kRequest, kMeeting, kAcceptance));
  EXPECT_EQ(core::FormatInstant(core::ToMicros(mql.lead().holds_until())),
            "2025-01-31T00:00:01Z");
  const v1::JourneyExplanation after =
      ExplanationAt("2025-01-31T00:00:01Z", Downloads(10, "2025-01-01"));
  EXPECT_FALSE(after.lead().has_holds_until());
  EXPECT_EQ(WaysOf(after)[0], "MQL: 0.1 more points");
}

TEST(LeadWays, AfterRecycleAndRejectOnlyLaterTouchpointsCount) {
  for (const char* action : {"RECYCLED", "REJECTED"}) {
    History history = Plus(Downloads(10, "2025-01-01"),
                           Tp("v", "2025-01-02", Verdict(action)));
    const v1::JourneyExplanation back = ExplanationAt("2025-01-02", history);
    EXPECT_THAT(WaysOf(back),
                ElementsAre("MQL: 50 more points and a touchpoint through "
                            "marketing",
                            kRequest, kMeeting, kAcceptance));
    EXPECT_EQ(back.lead().counted_after().touchpoint().touchpoint_id(), "v");
    history.push_back(Tp("later", "2025-01-03", kDownload));
    EXPECT_EQ(WaysAt("2025-01-03", history)[0], "MQL: 40 more points");
  }
}

TEST(LeadWays, SqlLacksAPurchaseAndACustomerNothing) {
  History history = {Tp("1", "2025-01-01", kDemo)};
  EXPECT_THAT(WaysAt("2035-01-01", history),
              ElementsAre("CUSTOMER: a purchase"));
  history.push_back(Tp("2", "2025-01-02", kInvoice));
  EXPECT_THAT(WaysAt("2025-01-02", history), ElementsAre());
}

TEST(LeadWays, OnlySalesAcceptingLeadsOutOfDisqualified) {
  History history = Plus(Downloads(10, "2025-01-01"),
                         Tp("2", "2025-01-02", Verdict("DISQUALIFIED")));
  EXPECT_THAT(WaysAt("2025-01-02", history), ElementsAre(kAcceptance));
  history.push_back(Tp("3", "2025-01-03", kInvoice));
  EXPECT_THAT(WaysAt("2025-01-03", history),
              ElementsAre("CUSTOMER: sales accepting the lead"));
}

TEST(LeadWays, VisitorMustBeIdentified) {
  const v1::JourneyExplanation got = ExplanationAt(
      "2025-01-01",
      {Tp("1", "2025-01-01",
          "anonymous_id: 'V' content { action: ACTION_DOWNLOADED }")},
      v1::SUBJECT_TYPE_VISITOR);
  EXPECT_THAT(WaysOf(got), ElementsAre(": a link to a contact or an account"));
}

TEST(LeadWays, RequestsAreThoseOfTheRuleSet) {
  v1::RuleSet rule_set = TestRules()->rule_set();
  auto& qualification = *rule_set.mutable_qualification();
  qualification.clear_sql_form_intents();
  const auto ways = [&] {
    const auto rules = projections::Rules::Make(rule_set);
    EXPECT_TRUE(rules.ok()) << rules.status();
    return WaysOf(Explained(**rules, AccountA(),
                            {Tp("1", "2025-01-01", kClick)}, At("2025-01-01")));
  };
  EXPECT_THAT(ways(), ElementsAre(::testing::_, kMeeting, kAcceptance));
  qualification.add_sql_form_intents(v1::FormSubmission::INTENT_TRIAL);
  qualification.set_sql_meeting_held(false);
  EXPECT_THAT(ways(),
              ElementsAre(::testing::_, "SQL: a trial request", kAcceptance));
}

}  // namespace
}  // namespace journey::testing
