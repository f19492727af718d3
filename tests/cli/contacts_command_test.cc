#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cli/exit_codes.h"
#include "google/protobuf/text_format.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

// 1735689600 is 2025-01-01.
constexpr char kContacts[] = R"(
  contacts {
    contact_id: 'ann'
    lead { status: LEAD_STATUS_MQL since { seconds: 1735689600 } }
    scores { behaviour { points: 52.25 mql_threshold: 50 } fit { points: 5 } }
    touchpoint_count: 12
    last_touchpoint_at { seconds: 1738281600 }
    profile { key: 'name' value { string_value: 'Ann Lee' } }
  }
  contacts {
    contact_id: 'bob' lead { status: LEAD_STATUS_NONE } touchpoint_count: 1
  }
)";

class ContactsCommandTest : public ::testing::Test {
 protected:
  ContactsCommandTest() {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        kContacts, &server_.journeys.contacts));
  }

  FakeServer server_;
};

TEST_F(ContactsCommandTest, ShowsALineAContact) {
  const RunResult result =
      RunCli(server_.With({"journey", "contacts", "account:acme", "--known-at",
                           "-1d", "--page-size", "2"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_THAT(result.out, HasSubstr("CONTACT  NAME     LEAD  SINCE"));
  EXPECT_THAT(result.out, HasSubstr("ann      Ann Lee  mql   2025-01-01"));
  EXPECT_THAT(result.out, HasSubstr("52.2"));
  EXPECT_THAT(result.out, HasSubstr("bob               none"));
  const v1::ListContactsRequest& request = server_.journeys.contacts_request;
  EXPECT_EQ(request.subject().id(), "acme");
  EXPECT_TRUE(request.has_known_at());
  EXPECT_FALSE(request.has_as_of());
  EXPECT_EQ(request.page_size(), 2);
}

TEST_F(ContactsCommandTest, WritesALineOfJsonAContact) {
  const RunResult result = RunCli(
      server_.With({"journey", "contacts", "account:acme", "-o", "ndjson"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 2);
  EXPECT_THAT(result.out, HasSubstr(R"("contact_id":"bob")"));
}

TEST_F(ContactsCommandTest, SaysWhereThereIsNobodyAndHowToGoOn) {
  server_.journeys.contacts.clear_contacts();
  server_.journeys.contacts.set_next_page_token("next");
  const RunResult result =
      RunCli(server_.With({"journey", "contacts", "account:acme"}));
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_THAT(result.err, HasSubstr(".next\n"));
}

}  // namespace
}  // namespace journey::testing
