#include "service/core/touchpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "tests/core/samples.h"

namespace journey::core {
namespace {

using ::testing::ElementsAre;
using testing::MakeTouchpoint;

constexpr v1::Direction kIn = v1::DIRECTION_INBOUND;
constexpr v1::Direction kOut = v1::DIRECTION_OUTBOUND;
constexpr v1::Direction kInternal = v1::DIRECTION_INTERNAL;

// What is concluded from a touchpoint that has an owner and the direction of
// its kind.
struct KindCase {
  const char* touchpoint;
  v1::Direction direction;
  bool from_customer;
  bool from_company;
};

constexpr KindCase kKindCases[] = {
    {"", kInternal, false, false},
    {"site_visit {}", kIn, false, false},
    {"ad_interaction { action: ACTION_IMPRESSION }", kOut, false, false},
    {"ad_interaction { action: ACTION_CLICK }", kIn, false, false},
    {"content { action: ACTION_VIEWED }", kIn, false, false},
    {"content { action: ACTION_DOWNLOADED }", kIn, false, false},
    {"content { action: ACTION_UNSUBSCRIBED }", kIn, false, false},
    {"form_submission { intent: INTENT_DEMO }", kIn, true, false},
    {"form_submission { intent: INTENT_CONTENT }", kIn, true, false},
    {"event_attendance { action: ACTION_ATTENDED }", kIn, false, false},
    {"event_attendance { action: ACTION_NO_SHOW }", kIn, false, false},
    {"social { action: ACTION_MESSAGE }", kIn, true, false},
    {"social { action: ACTION_REACTION }", kIn, false, false},
    {"chat {}", kIn, true, false},
    {"email { action: ACTION_SENT }", kOut, false, true},
    {"email { action: ACTION_SENT bulk: true }", kOut, false, false},
    {"email { action: ACTION_DELIVERED }", kOut, false, false},
    {"email { action: ACTION_OPENED }", kIn, false, false},
    {"email { action: ACTION_CLICKED }", kIn, false, false},
    {"email { action: ACTION_REPLIED }", kIn, true, false},
    {"email { action: ACTION_BOUNCED }", kOut, false, false},
    {"email { action: ACTION_UNSUBSCRIBED }", kIn, false, false},
    {"email { action: ACTION_COMPLAINED }", kIn, false, false},
    {"call { outcome: OUTCOME_CONNECTED }", kIn, true, false},
    {"call { outcome: OUTCOME_BUSY }", kIn, true, false},
    {"call { outcome: OUTCOME_ABANDONED }", kIn, true, false},
    {"meeting { action: ACTION_BOOKED }", kInternal, false, false},
    {"meeting { action: ACTION_HELD }", kIn, true, false},
    {"meeting { action: ACTION_NO_SHOW }", kInternal, false, false},
    {"offer { action: ACTION_SENT }", kOut, false, true},
    {"offer { action: ACTION_VIEWED }", kIn, false, false},
    {"offer { action: ACTION_ACCEPTED }", kIn, true, false},
    {"offer { action: ACTION_REJECTED }", kIn, true, false},
    {"offer { action: ACTION_EXPIRED }", kOut, false, true},
    {"offer { action: ACTION_WITHDRAWN }", kOut, false, true},
    {"deal { action: ACTION_STAGE_CHANGED }", kInternal, false, false},
    {"contract { action: ACTION_SENT }", kOut, false, true},
    {"contract { action: ACTION_SIGNED }", kIn, true, false},
    {"contract { action: ACTION_RENEWED }", kInternal, false, false},
    {"contract { action: ACTION_TERMINATED }", kInternal, false, false},
    {"invoice { action: ACTION_ISSUED }", kOut, false, true},
    {"invoice { action: ACTION_PAID }", kIn, false, false},
    {"invoice { action: ACTION_PARTIALLY_PAID }", kIn, false, false},
    {"invoice { action: ACTION_CANCELLED }", kInternal, false, false},
    {"ticket { action: ACTION_OPENED }", kIn, false, false},
    {"ticket { action: ACTION_REOPENED }", kIn, false, false},
    {"ticket { action: ACTION_RESOLVED }", kInternal, false, false},
    {"survey { type: TYPE_NPS }", kIn, false, false},
    {"qualification { action: ACTION_ACCEPTED }", kInternal, false, false},
    {"profile {}", kInternal, false, false},
    {"stage_set {}", kInternal, false, false},
    {"expected_silence {}", kIn, false, false},
    {"task { action: ACTION_DONE }", kInternal, false, false},
    {"reward { action: ACTION_CODE_GIVEN }", kOut, false, true},
    {"reward { action: ACTION_REDEEMED }", kIn, false, false},
    {"spend {}", kInternal, false, false},
    {"custom {}", kInternal, false, false},
    {"identity_link {}", kInternal, false, false},
    {"account_merge {}", kInternal, false, false},
    // With a direction of their own.
    {"call { outcome: OUTCOME_NO_ANSWER } direction: DIRECTION_OUTBOUND", kOut,
     false, true},
    {"email { action: ACTION_REPLIED } direction: DIRECTION_OUTBOUND", kOut,
     false, true},
    {"chat {} direction: DIRECTION_OUTBOUND", kOut, false, true},
    {"social { action: ACTION_MESSAGE } direction: DIRECTION_OUTBOUND", kOut,
     false, true},
    {"custom {} direction: DIRECTION_OUTBOUND", kOut, false, true},
    {"meeting { action: ACTION_HELD } direction: DIRECTION_INTERNAL", kInternal,
     false, false},
    {"ad_interaction {} direction: DIRECTION_OUTBOUND", kOut, false, false},
    {"task {} direction: DIRECTION_OUTBOUND", kOut, false, false},
    {"deal {} direction: DIRECTION_OUTBOUND", kOut, false, false},
    {"stage_set {} direction: DIRECTION_OUTBOUND", kOut, false, false},
};

TEST(TouchpointTest, DirectionsAndOriginsFollowTheKind) {
  for (const KindCase& c : kKindCases) {
    v1::Touchpoint t = MakeTouchpoint(c.touchpoint);
    t.set_owner_id("olga");
    EXPECT_EQ(DirectionOf(t), c.direction) << c.touchpoint;
    EXPECT_EQ(IsCustomerOriginated(t), c.from_customer) << c.touchpoint;
    EXPECT_EQ(IsCompanyOriginated(t), c.from_company) << c.touchpoint;
  }
}

TEST(TouchpointTest, CompanyOriginatedNeedsAnOwner) {
  EXPECT_FALSE(
      IsCompanyOriginated(MakeTouchpoint("email { action: ACTION_SENT }")));
}

TEST(TouchpointTest, KindsAreNamedAsTheirPayloads) {
  for (const std::string& payload : testing::MinimalPayloads()) {
    const v1::Touchpoint t = MakeTouchpoint(payload);
    const std::string name = KindName(KindOf(t));
    EXPECT_EQ(payload.substr(0, payload.find(' ')), name);
    EXPECT_EQ(v1::Touchpoint::descriptor()->FindFieldByName(name)->number(),
              KindOf(t));
  }
  EXPECT_EQ(KindOf({}), v1::TOUCHPOINT_KIND_UNSPECIFIED);
}

TEST(TouchpointTest, SubjectsAreOrderedFromTheMostEncompassing) {
  v1::Touchpoint t;
  EXPECT_FALSE(SubjectOf(t).has_value());
  t.set_deal_id("d");
  EXPECT_EQ(SubjectOf(t)->type, v1::SUBJECT_TYPE_DEAL);
  t.set_anonymous_id("v");
  EXPECT_EQ(SubjectOf(t)->type, v1::SUBJECT_TYPE_VISITOR);
  t.set_contact_id("c");
  EXPECT_EQ(SubjectOf(t)->type, v1::SUBJECT_TYPE_CONTACT);
  t.set_account_id("a");
  EXPECT_EQ(SubjectOf(t)->type, v1::SUBJECT_TYPE_ACCOUNT);
  std::vector<std::string> ids;
  for (const SubjectRef& subject : SubjectsOf(t)) ids.emplace_back(subject.id);
  EXPECT_THAT(ids, ElementsAre("a", "c", "v", "d"));
}

TEST(TouchpointTest, NormalizeCutsEveryInstantToMicroseconds) {
  for (const char* payload : {"chat {} sent_at { nanos: 1999 }",
                              "meeting { starts_at { nanos: 1999 } }",
                              "offer { valid_until { nanos: 1999 } }",
                              "expected_silence { until { nanos: 1999 } }",
                              "task { due_at { nanos: 1999 } }"}) {
    v1::Touchpoint t = MakeTouchpoint(payload);
    t.mutable_occurred_at()->set_nanos(1999);
    Normalize(t);
    EXPECT_EQ(t.occurred_at().nanos(), 1000);
    EXPECT_EQ(t.DebugString().find("1999"), std::string::npos) << payload;
  }
}

TEST(TouchpointTest, NormalizeInventsNoPayload) {
  v1::Touchpoint t = MakeTouchpoint("chat {}");
  const std::string before = Serialize(t);
  Normalize(t);
  EXPECT_EQ(Serialize(t), before);
}

TEST(TouchpointTest, ContentIsEverythingButSentAt) {
  const v1::Touchpoint t = MakeTouchpoint("chat { messages: 1 }");
  v1::Touchpoint other = t;
  other.mutable_sent_at()->set_seconds(5);
  EXPECT_TRUE(SameContent(t, other));
  other.set_channel("web");
  EXPECT_FALSE(SameContent(t, other));
  other = t;
  other.GetReflection()->MutableUnknownFields(&other)->AddVarint(999, 1);
  EXPECT_FALSE(SameContent(t, other));
}

TEST(TouchpointTest, ContentDoesNotDependOnTheOrderOfAttributes) {
  v1::Touchpoint a = MakeTouchpoint("chat {}");
  v1::Touchpoint b = a;
  for (int i = 0; i < 50; ++i) {
    (*a.mutable_attributes()->mutable_fields())[std::to_string(i)]
        .set_number_value(i);
    (*b.mutable_attributes()->mutable_fields())[std::to_string(49 - i)]
        .set_number_value(49 - i);
  }
  EXPECT_TRUE(SameContent(a, b));
  EXPECT_EQ(Serialize(a), Serialize(b));
}

TEST(TouchpointTest, OrderIsByTimeThenSourceThenIdByBytes) {
  const std::vector<OrderKey> in_order = {
      {1, "b", "b"},        {2, "B", "z"}, {2, "a", "10"}, {2, "a", "9"},
      {2, "a", "\xC3\xA4"}, {2, "aa", ""}, {3, "", ""}};
  std::vector<OrderKey> shuffled(in_order.rbegin(), in_order.rend());
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_TRUE(shuffled == in_order);
}

TEST(TouchpointTest, OrderKeyIsTakenFromTheTouchpoint) {
  v1::Touchpoint t = MakeTouchpoint("chat {}");
  t.mutable_occurred_at()->set_seconds(3);
  t.mutable_occurred_at()->set_nanos(4'999);
  EXPECT_TRUE(OrderKeyOf(t) == (OrderKey{3'000'004, "crm", "tp-1"}));
}

}  // namespace
}  // namespace journey::core
