// A client of a newer version: what it says survives, and is understood by
// whoever knows that version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/calls.h"
#include "tests/support/other_version.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class NewerVersionTest : public ::testing::Test {
 protected:
  // A touchpoint of the newer client, as its bytes read here.
  v1::Touchpoint FromNewer(const std::string& id, const std::string& payload) {
    v1::Touchpoint touchpoint = Call(id);
    touchpoint.clear_payload();
    touchpoint.MergeFromString(BytesOf(*newer_.FromText(payload)));
    return touchpoint;
  }

  // What the newer client reads at a position.
  std::string TextAt(size_t position) {
    v1::ReadRequest request;
    request.set_tenant_id(kTenant);
    const auto events = Read(server_.client(), request).response;
    return TextOf(*newer_.FromBytes(
        events.at(position - 1).touchpoint().SerializeAsString()));
  }

  OtherVersion newer_{MakeNewer};
  TestServer server_;
};

TEST_F(NewerVersionTest, UnknownKindSurvivesAndCountsAsATouchpoint) {
  const v1::Touchpoint handover =
      FromNewer("1", "handover { to_owner: 'eva' }");
  ASSERT_TRUE(Append(server_.client(), Batch({handover})).status.ok());
  const auto check = [&] {
    EXPECT_THAT(TextAt(1), HasSubstr("handover {\n  to_owner: \"eva\"\n}"));
    const auto journey = GetAccount(server_.client(), "globex");
    ASSERT_TRUE(journey.status.ok()) << journey.status.error_message();
    EXPECT_EQ(journey.response.journey().touchpoint_count(), 1);
    EXPECT_EQ(journey.response.journey().stage().stage_id(), "awareness");
  };
  check();
  server_.Restart();
  check();
  const auto repeat = Append(server_.client(), Batch({handover}));
  EXPECT_TRUE(repeat.response.results(0).repeated());
  const auto conflict = Append(
      server_.client(), Batch({FromNewer("1", "handover { to_owner: 'x' }")}));
  EXPECT_EQ(Reason(conflict.status), "TOUCHPOINT_CONFLICT");
}

TEST_F(NewerVersionTest, UnknownKindCanBeRetractedAndAmended) {
  ASSERT_TRUE(Append(server_.client(),
                     Batch({FromNewer("1", "handover { to_owner: 'eva' }")}))
                  .status.ok());
  ASSERT_TRUE(
      Amend(server_.client(), "1", FromNewer("2", "handover {}")).status.ok());
  ASSERT_TRUE(Retract(server_.client(), "2").status.ok());
  EXPECT_EQ(Reason(GetAccount(server_.client(), "globex").status),
            "SUBJECT_NOT_FOUND");
}

TEST_F(NewerVersionTest, UnknownFieldOfAKnownKindSurvives) {
  ASSERT_TRUE(Append(server_.client(),
                     Batch({FromNewer("1", "chat { language: 'de' }")}))
                  .status.ok());
  server_.Restart();
  EXPECT_THAT(TextAt(1), HasSubstr("chat {\n  language: \"de\"\n}"));
  // The rest of it counts as ever: a chat is a contact.
  EXPECT_EQ(GetAccount(server_.client(), "globex")
                .response.journey()
                .stage()
                .stage_id(),
            "lead");
}

TEST_F(NewerVersionTest, UnknownEnumValueIsRefusedByName) {
  v1::Touchpoint call = Call("1");
  call.mutable_call()->set_outcome(static_cast<v1::Call::Outcome>(77));
  EXPECT_THAT(BadFields(Append(server_.client(), Batch({call})).status),
              ElementsAre("touchpoints[0].call.outcome"));
}

}  // namespace
}  // namespace journey::testing
