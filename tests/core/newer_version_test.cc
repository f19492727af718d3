// What clients of a newer version say is kept, byte by byte, until it is
// understood.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "service/core/touchpoint.h"
#include "service/core/validate.h"
#include "tests/core/samples.h"
#include "tests/core/violated_fields.h"
#include "tests/support/other_version.h"

namespace journey::core {
namespace {

using testing::BytesOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeTouchpoint;
using testing::OtherVersion;

std::vector<std::string> Refused(const v1::Touchpoint& touchpoint) {
  return testing::ViolatedFields(ValidateAppend(
      testing::MakeAppend({touchpoint}), testing::kNow, SenderClocks()));
}

google::protobuf::UnknownFieldSet& UnknownOf(v1::Touchpoint& touchpoint) {
  return *touchpoint.GetReflection()->MutableUnknownFields(&touchpoint);
}

// As a newer client writes it and this version reads it.
v1::Touchpoint Received(const std::string& payload) {
  OtherVersion newer(testing::MakeNewer);
  v1::Touchpoint touchpoint = MakeTouchpoint("");
  touchpoint.MergeFromString(BytesOf(*newer.FromText(payload)));
  return touchpoint;
}

TEST(NewerVersionTest, PayloadIsAcceptedAndOfNoKnownKind) {
  const v1::Touchpoint touchpoint = Received("handover { to_owner: 'eva' }");
  EXPECT_THAT(Refused(touchpoint), IsEmpty());
  EXPECT_EQ(KindOf(touchpoint), v1::TOUCHPOINT_KIND_UNSPECIFIED);
  EXPECT_TRUE(
      SameContent(touchpoint, Received("handover { to_owner: 'eva' }")));
  EXPECT_FALSE(
      SameContent(touchpoint, Received("handover { to_owner: 'ben' }")));
  EXPECT_THAT(Refused(Received("chat { language: 'de' }")), IsEmpty());
}

TEST(NewerVersionTest, ExactlyOnePayloadWhicheverVersionKnowsIt) {
  struct {
    const char* desc;
    std::vector<int> fields;
    bool has_chat;
    bool ok;
  } const cases[] = {
      {"the first free number", {46}, false, true},
      {"the last number", {99}, false, true},
      {"twice the same", {60, 60}, false, true},
      {"two", {60, 61}, false, false},
      {"known and newer", {60}, true, false},
      {"no payload", {19}, false, false},
      {"no payload either", {100}, false, false},
      {"newer field beside a known payload", {19, 100}, true, true},
  };
  for (const auto& c : cases) {
    v1::Touchpoint touchpoint = MakeTouchpoint(c.has_chat ? "chat {}" : "");
    for (const int field : c.fields) {
      UnknownOf(touchpoint).AddLengthDelimited(field, "");
    }
    if (c.ok) {
      EXPECT_THAT(Refused(touchpoint), IsEmpty()) << c.desc;
    } else {
      EXPECT_THAT(Refused(touchpoint), ElementsAre("touchpoints[0].payload"))
          << c.desc;
    }
  }
  v1::Touchpoint number = MakeTouchpoint("");
  UnknownOf(number).AddVarint(60, 1);
  EXPECT_THAT(Refused(number), ElementsAre("touchpoints[0].payload"));
}

TEST(NewerVersionTest, PayloadsHaveTheNumbersReservedForThem) {
  const auto* payloads =
      v1::Touchpoint::descriptor()->FindOneofByName("payload");
  for (int i = 0; i < v1::Touchpoint::descriptor()->field_count(); ++i) {
    const auto& field = *v1::Touchpoint::descriptor()->field(i);
    const bool in_range = field.number() >= kPayloadFieldMin &&
                          field.number() <= kPayloadFieldMax;
    EXPECT_EQ(in_range, field.containing_oneof() == payloads) << field.name();
    EXPECT_TRUE(!in_range || field.message_type() != nullptr) << field.name();
  }
}

// So a rebuild of the views by a newer version finds what that version would
// have stored itself.
TEST(NewerVersionTest, AnOlderVersionStoresTheSameBytes) {
  for (const std::string& payload : testing::MinimalPayloads()) {
    v1::Touchpoint touchpoint = MakeTouchpoint(payload);
    touchpoint.set_channel("counter");
    const std::string kind = KindName(KindOf(touchpoint));
    OtherVersion older([&](auto& file) {
      auto& fields = *testing::MessageOf(file, "Touchpoint").mutable_field();
      fields.erase(std::find_if(
          fields.begin(), fields.end(),
          [&](const auto& field) { return field.name() == kind; }));
    });
    const std::string bytes = Serialize(touchpoint);
    const auto as_older = older.FromBytes(bytes);
    EXPECT_FALSE(absl::StrContains(testing::TextOf(*as_older), kind + " {"))
        << kind;
    EXPECT_EQ(BytesOf(*as_older), bytes) << kind;
  }
}

}  // namespace
}  // namespace journey::core
