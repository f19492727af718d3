// --account, --contact and --deal: an id alone, or with its own type before it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/exit_codes.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class IdOptionsTest : public ::testing::Test {
 protected:
  void RunOk(std::vector<std::string> arguments) {
    const RunResult result = RunCli(server_.With(std::move(arguments)));
    EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  }

  FakeServer server_;
};

TEST_F(IdOptionsTest, MayBeGivenAsSubjects) {
  for (const char* account : {"tk1", "account:tk1"}) {
    RunOk({"tickets", "list", "--account", account});
    EXPECT_EQ(server_.tickets.list_request.subject().id(), "tk1");
    EXPECT_EQ(server_.tickets.list_request.subject().type(),
              v1::SUBJECT_TYPE_ACCOUNT);
    RunOk({"signals", "list", "--account", account});
    EXPECT_EQ(server_.signals.list_requests().back().subject().id(), "tk1");
    RunOk({"deals", "list", "--account", account});
    EXPECT_EQ(server_.deals.list_request.account_id(), "tk1");
  }
  for (const char* contact : {"c1", "contact:c1"}) {
    RunOk({"tickets", "list", "--contact", contact});
    EXPECT_EQ(server_.tickets.list_request.subject().id(), "c1");
    EXPECT_EQ(server_.tickets.list_request.subject().type(),
              v1::SUBJECT_TYPE_CONTACT);
    RunOk({"signals", "list", "--contact", contact});
    EXPECT_EQ(server_.signals.list_requests().back().subject().id(), "c1");
  }
  RunOk({"signals", "list", "--deal", "deal:D-17"});
  EXPECT_EQ(server_.signals.list_requests().back().deal_id(), "D-17");
}

TEST_F(IdOptionsTest, AnIdThatLooksLikeAnotherTypeIsWrittenInFull) {
  RunOk({"deals", "list", "--account", "account:contact:x"});
  EXPECT_EQ(server_.deals.list_request.account_id(), "contact:x");
  RunOk({"deals", "list", "--account", "erp:17"});
  EXPECT_EQ(server_.deals.list_request.account_id(), "erp:17");
}

TEST_F(IdOptionsTest, AnotherTypeIsAUsageError) {
  const struct {
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {{"tickets", "list", "--account", "contact:c1"},
       "--account: \"contact:c1\" is no account; write account:ID, or the id "
       "alone"},
      {{"tickets", "list", "--contact", "account:a"},
       "--contact: \"account:a\" is no contact"},
      {{"signals", "list", "--account", "visitor:v"},
       "--account: \"visitor:v\" is no account"},
      {{"signals", "list", "--contact", "account:a"},
       "--contact: \"account:a\" is no contact"},
      {{"signals", "list", "--deal", "account:a"},
       "--deal: \"account:a\" is no deal"},
      {{"deals", "list", "--account", "deal:D-1"},
       "--account: \"deal:D-1\" is no account"},
      {{"tickets", "list", "--account", "a", "--contact", "c"},
       "--account and --contact: give one of both"},
      {{"signals", "list", "--account", "a", "--contact", "c"},
       "--account and --contact: give one of both"},
  };
  for (const auto& test : cases) {
    const RunResult result = RunCli(server_.With(test.arguments));
    EXPECT_EQ(result.code, cli::kExitUsage) << test.says;
    EXPECT_THAT(result.err, HasSubstr(test.says));
  }
  EXPECT_THAT(server_.signals.list_requests(), IsEmpty());
}

}  // namespace
}  // namespace journey::testing
