// Rules of a touchpoint beyond the bounds of its single fields.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/validate.h"
#include "tests/core/samples.h"
#include "tests/core/violated_fields.h"

namespace journey::core {
namespace {

using testing::BadRequestOf;
using ::testing::ElementsAreArray;
using testing::kNow;
using testing::MakeAppend;
using testing::MakeTouchpoint;
using testing::SampleOf;
using testing::ViolatedFields;

using Fields = std::vector<std::string>;

Fields Refused(const v1::Touchpoint& touchpoint) {
  return ViolatedFields(
      ValidateAppend(MakeAppend({touchpoint}), kNow, SenderClocks()));
}

struct Case {
  const char* desc;
  // In text format; the envelope is added where it is missing.
  const char* touchpoint;
  // Without "touchpoints[0]"; none where the touchpoint is accepted.
  Fields refused;
};

void CheckCases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    Fields want;
    for (const std::string& field : c.refused) {
      want.push_back("touchpoints[0]" + field);
    }
    EXPECT_THAT(Refused(MakeTouchpoint(c.touchpoint)), ElementsAreArray(want))
        << c.desc;
  }
}

TEST(ValidateTouchpointTest, MinimalTouchpointOfEachKindIsAccepted) {
  EXPECT_EQ(
      testing::MinimalPayloads().size(),
      static_cast<size_t>(v1::TouchpointKind_descriptor()->value_count() - 1));
  for (const std::string& payload : testing::MinimalPayloads()) {
    EXPECT_THAT(Refused(MakeTouchpoint(payload)), ::testing::IsEmpty())
        << payload;
  }
}

TEST(ValidateTouchpointTest, PayloadIsRequired) {
  CheckCases({{"none", "", {".payload"}}});
}

TEST(ValidateTouchpointTest, OneSubjectAtLeastExceptForSpend) {
  v1::Touchpoint chat = SampleOf("chat");
  chat.clear_account_id();
  chat.clear_deal_id();
  EXPECT_THAT(Refused(chat), ElementsAreArray({"touchpoints[0]"}));
  for (const auto set : {&v1::Touchpoint::set_account_id<const char*>,
                         &v1::Touchpoint::set_contact_id<const char*>,
                         &v1::Touchpoint::set_anonymous_id<const char*>,
                         &v1::Touchpoint::set_deal_id<const char*>}) {
    v1::Touchpoint with_subject = chat;
    (with_subject.*set)("x");
    EXPECT_THAT(Refused(with_subject), ::testing::IsEmpty());
    v1::Touchpoint spend = SampleOf("spend");
    (spend.*set)("x");
    EXPECT_THAT(Refused(spend), ElementsAreArray({"touchpoints[0].spend"}));
  }
}

TEST(ValidateTouchpointTest, KindDealRequiresADealId) {
  v1::Touchpoint deal = SampleOf("deal");
  deal.clear_deal_id();
  EXPECT_THAT(Refused(deal), ElementsAreArray({"touchpoints[0].deal_id"}));
}

TEST(ValidateTouchpointTest, IdsHoldNoControlCharacters) {
  for (const char* bad : {"a\tb", "a\nb", "\x7F", "\xC2\x85"}) {
    v1::Touchpoint chat = SampleOf("chat");
    chat.set_source(bad);
    EXPECT_THAT(Refused(chat), ElementsAreArray({"touchpoints[0].source"}));
    chat.set_source("web");
    chat.set_touchpoint_id(bad);
    EXPECT_THAT(Refused(chat),
                ElementsAreArray({"touchpoints[0].touchpoint_id"}));
  }
  v1::Touchpoint chat = SampleOf("chat");
  chat.set_touchpoint_id(std::string("a\0b", 3));
  EXPECT_THAT(Refused(chat),
              ElementsAreArray({"touchpoints[0].touchpoint_id"}));
}

TEST(ValidateTouchpointTest, OccurredAtLiesBetween1970AndTomorrow) {
  struct {
    const char* desc;
    google::protobuf::Timestamp occurred_at;
    bool ok;
  } const cases[] = {
      {"1970", ToTimestamp(0), true},
      {"before 1970", ToTimestamp(-1), false},
      {"now", ToTimestamp(kNow), true},
      {"24 hours ahead", ToTimestamp(kNow + kFutureToleranceMicros), true},
      {"a microsecond more", ToTimestamp(kNow + kFutureToleranceMicros + 1),
       false},
      {"far", ToTimestamp(kInstantMicrosMax), false},
  };
  for (const auto& c : cases) {
    v1::Touchpoint chat = SampleOf("chat");
    *chat.mutable_occurred_at() = c.occurred_at;
    EXPECT_EQ(Refused(chat).empty(), c.ok) << c.desc;
  }
  v1::Touchpoint chat = SampleOf("chat");
  chat.clear_occurred_at();
  EXPECT_THAT(Refused(chat), ElementsAreArray({"touchpoints[0].occurred_at"}));
}

TEST(ValidateTouchpointTest, InstantsAreWellFormed) {
  constexpr int64_t kSecondsMax = kInstantMicrosMax / kMicrosPerSecond;
  struct {
    const char* desc;
    int64_t seconds;
    int32_t nanos;
    bool ok;
  } const cases[] = {
      {"1970", 0, 0, true},
      {"last instant of 9999", kSecondsMax, 999'999'999, true},
      {"year 10000", kSecondsMax + 1, 0, false},
      {"before 1970", -1, 0, false},
      {"negative nanos", 1, -1, false},
      {"too many nanos", 1, 1'000'000'000, false},
      {"smallest", std::numeric_limits<int64_t>::min(), 0, false},
      {"largest", std::numeric_limits<int64_t>::max(), 0, false},
  };
  for (const auto& c : cases) {
    google::protobuf::Timestamp instant;
    instant.set_seconds(c.seconds);
    instant.set_nanos(c.nanos);
    v1::Touchpoint t = SampleOf("chat");
    *t.mutable_sent_at() = instant;
    EXPECT_EQ(Refused(t).empty(), c.ok) << c.desc;
    t = SampleOf("meeting");
    *t.mutable_meeting()->mutable_starts_at() = instant;
    EXPECT_EQ(Refused(t).empty(), c.ok) << c.desc;
    t = SampleOf("offer");
    *t.mutable_offer()->mutable_valid_until() = instant;
    EXPECT_EQ(Refused(t).empty(), c.ok) << c.desc;
    t = SampleOf("expected_silence");
    *t.mutable_expected_silence()->mutable_until() = instant;
    EXPECT_EQ(Refused(t).empty(), c.ok) << c.desc;
    t = SampleOf("task");
    *t.mutable_task()->mutable_due_at() = instant;
    EXPECT_EQ(Refused(t).empty(), c.ok) << c.desc;
  }
  CheckCases({{"until", "expected_silence {}", {".expected_silence.until"}}});
}

TEST(ValidateTouchpointTest, CountsAndDurationsAreNotNegative) {
  CheckCases({
      {"zero", "site_visit { pages: 0 duration {} }", {}},
      {"pages", "site_visit { pages: -1 }", {".site_visit.pages"}},
      {"visit",
       "site_visit { duration { seconds: -1 } }",
       {".site_visit.duration"}},
      {"nanos",
       "site_visit { duration { nanos: -1 } }",
       {".site_visit.duration"}},
      {"too many nanos",
       "site_visit { duration { nanos: 1000000000 } }",
       {".site_visit.duration"}},
      {"longest", "site_visit { duration { seconds: 315576000000 } }", {}},
      {"too long",
       "site_visit { duration { seconds: 315576000001 } }",
       {".site_visit.duration"}},
      {"chat", "chat { messages: -1 }", {".chat.messages"}},
      {"call",
       "call { outcome: OUTCOME_BUSY duration { seconds: -1 }"
       " wait { seconds: -1 } }",
       {".call.duration", ".call.wait"}},
      {"quantity",
       "deal { action: ACTION_OPENED"
       " products { product_id: 'p' quantity: -1 } }",
       {".deal.products[0].quantity"}},
  });
}

TEST(ValidateTouchpointTest, MoneyIsNotNegativeAndHasACurrency) {
  struct {
    const char* desc;
    const char* money;
    Fields refused;
  } const cases[] = {
      {"fine", "amount_minor: 1 currency_code: 'EUR'", {}},
      {"nothing", "currency_code: 'EUR'", {}},
      {"negative", "amount_minor: -1 currency_code: 'EUR'", {".amount_minor"}},
      {"no currency", "amount_minor: 1", {".currency_code"}},
      {"short", "currency_code: 'EU'", {".currency_code"}},
      {"long", "currency_code: 'EURO'", {".currency_code"}},
      {"lower case", "currency_code: 'eur'", {".currency_code"}},
      {"digits", "currency_code: 'E1R'", {".currency_code"}},
      {"both", "amount_minor: -1", {".amount_minor", ".currency_code"}},
  };
  for (const auto& c : cases) {
    for (const char* kind : {"offer", "invoice"}) {
      v1::Touchpoint t = SampleOf(kind);
      t.MergeFrom(
          MakeTouchpoint(absl::StrCat(kind, " { amount { ", c.money, " } }")));
      Fields want;
      for (const std::string& field : c.refused) {
        want.push_back(absl::StrCat("touchpoints[0].", kind, ".amount", field));
      }
      EXPECT_THAT(Refused(t), ElementsAreArray(want)) << c.desc;
    }
  }
}

TEST(ValidateTouchpointTest, DealsMayHaveANegativeAmountButNotWithoutCurrency) {
  const auto refused = [](const std::string& money) {
    v1::Touchpoint t = SampleOf("deal");
    t.MergeFrom(
        MakeTouchpoint(absl::StrCat("deal { amount { ", money, " } }")));
    return Refused(t);
  };
  EXPECT_THAT(refused("amount_minor: -1 currency_code: 'EUR'"),
              ElementsAreArray(Fields{}));
  EXPECT_THAT(
      refused("amount_minor: -1 currency_code: 'eur'"),
      ElementsAreArray(Fields{"touchpoints[0].deal.amount.currency_code"}));
}

TEST(ValidateTouchpointTest, DatesAreDaysOfTheCalendar) {
  struct {
    int year;
    int month;
    int day;
    bool ok;
  } const cases[] = {
      {1, 1, 1, true},       {9999, 12, 31, true}, {0, 1, 1, false},
      {10000, 1, 1, false},  {2025, 0, 1, false},  {2025, 13, 1, false},
      {2025, 1, 0, false},   {2025, 1, 32, false}, {2025, 4, 31, false},
      {2025, 2, 29, false},  {2024, 2, 29, true},  {2024, 2, 30, false},
      {1900, 2, 29, false},  {2000, 2, 29, true},  {0, 0, 0, false},
      {-2024, 2, 28, false}, {2025, -1, 1, false}, {2025, 1, -1, false},
  };
  for (const auto& c : cases) {
    v1::Date date;
    date.set_year(c.year);
    date.set_month(c.month);
    date.set_day(c.day);
    v1::Touchpoint deal = SampleOf("deal");
    *deal.mutable_deal()->mutable_expected_close_date() = date;
    *deal.mutable_deal()->mutable_delivery_date() = date;
    v1::Touchpoint contract = SampleOf("contract");
    *contract.mutable_contract()->mutable_starts_on() = date;
    *contract.mutable_contract()->mutable_ends_on() = date;
    v1::Touchpoint invoice = SampleOf("invoice");
    *invoice.mutable_invoice()->mutable_due_date() = date;
    const std::string desc = absl::StrCat(c.year, "-", c.month, "-", c.day);
    EXPECT_EQ(Refused(deal).size(), c.ok ? 0U : 2U) << desc;
    EXPECT_EQ(Refused(contract).size(), c.ok ? 0U : 2U) << desc;
    EXPECT_EQ(Refused(invoice).size(), c.ok ? 0U : 1U) << desc;
  }
}

TEST(ValidateTouchpointTest, SurveyScoresFitTheirType) {
  struct {
    v1::Survey::Type type;
    int min;
    int max;
  } const cases[] = {
      {v1::Survey::TYPE_NPS, 0, 10},
      {v1::Survey::TYPE_CSAT, 1, 5},
      {v1::Survey::TYPE_CES, 1, 7},
  };
  for (const auto& c : cases) {
    for (int score = -1; score <= 11; ++score) {
      v1::Touchpoint t = SampleOf("survey");
      t.mutable_survey()->set_type(c.type);
      t.mutable_survey()->set_score(score);
      const bool ok = score >= c.min && score <= c.max;
      EXPECT_EQ(Refused(t),
                ok ? Fields{} : Fields{"touchpoints[0].survey.score"})
          << v1::Survey::Type_Name(c.type) << " " << score;
    }
  }
}

TEST(ValidateTouchpointTest, SpendIsComplete) {
  const std::string amount = "amount { amount_minor: 5 currency_code: 'EUR' } ";
  const std::string from = "starts_on { year: 2025 month: 3 day: 31 } ";
  const auto to = [](int month, int day) {
    return absl::StrCat("ends_on { year: 2025 month: ", month, " day: ", day,
                        " } ");
  };
  struct {
    const char* desc;
    std::string fields;
    Fields refused;
  } const cases[] = {
      {"one day", amount + from + to(3, 31), {}},
      {"ends before", amount + from + to(3, 30), {"ends_on"}},
      {"ends in an earlier month", amount + from + to(2, 28), {"ends_on"}},
      {"no amount", from + to(4, 1), {"amount"}},
      {"no days", amount, {"starts_on", "ends_on"}},
      {"bad day", amount + from + to(4, 31), {"ends_on"}},
  };
  for (const auto& c : cases) {
    Fields want;
    for (const std::string& field : c.refused) {
      want.push_back("touchpoints[0].spend." + field);
    }
    EXPECT_THAT(Refused(MakeTouchpoint(absl::StrCat(
                    "spend { category: CATEGORY_SALES ", c.fields, "}"))),
                ElementsAreArray(want))
        << c.desc;
  }
}

TEST(ValidateTouchpointTest, TouchpointIsAtMost64KiB) {
  EXPECT_THAT(Refused(testing::TouchpointOfSize(kTouchpointBytesMax)),
              ::testing::IsEmpty());
  EXPECT_THAT(Refused(testing::TouchpointOfSize(kTouchpointBytesMax + 1)),
              ElementsAreArray({"touchpoints[0]"}));
}

TEST(ValidateTouchpointTest, DescriptionsTellTheWayOut) {
  struct {
    const char* touchpoint;
    const char* description;
  } const cases[] = {
      {"email {}",
       "is required; use one of ACTION_SENT, ACTION_DELIVERED, ACTION_OPENED, "
       "ACTION_CLICKED, ACTION_REPLIED, ACTION_BOUNCED, ACTION_UNSUBSCRIBED or "
       "ACTION_COMPLAINED"},
      {"deal { action: ACTION_OPENED amount {} }",
       "must be three upper-case letters by ISO 4217, for example EUR"},
      {"survey { type: TYPE_NPS score: 11 }",
       "must be 0 to 10 for this type of survey, is 11"},
      {"chat {} occurred_at { seconds: 1767312001 }",
       "must be at most 24 hours after the server's clock, which says "
       "2026-01-01T00:00:00Z; check the sender's clock"},
  };
  for (const auto& c : cases) {
    const auto bad_request = BadRequestOf(ValidateAppend(
        MakeAppend({MakeTouchpoint(c.touchpoint)}), kNow, SenderClocks()));
    ASSERT_EQ(bad_request.field_violations_size(), 1) << c.touchpoint;
    EXPECT_EQ(bad_request.field_violations(0).description(), c.description);
  }
}

}  // namespace
}  // namespace journey::core
