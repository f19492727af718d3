// Pages after the first: the service takes a token only for the very request
// it came from, so times relative to now must not move from page to page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "cli/exit_codes.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kMicrosLater = 4'711;

class PageTokenTest : public ::testing::Test {
 protected:
  PageTokenTest() {
    server_.deals.list.set_next_page_token("1");
    server_.deals.more.resize(1);
    server_.deals.stalled.set_next_page_token("1");
    server_.tickets.list.set_next_page_token("1");
    server_.signals.tasks.set_next_page_token("1");
    server_.journeys.pages.resize(2);
    server_.journeys.pages[0].set_next_page_token("1");
    server_.journeys.contacts.set_next_page_token("1");
    server_.journeys.timeline.set_next_page_token("1");
  }

  RunResult RunAt(int64_t now_micros, std::vector<std::string> arguments) {
    World world;
    world.now_micros = now_micros;
    RunResult result = RunCli(server_.With(std::move(arguments)), world);
    EXPECT_EQ(result.code, cli::kExitOk) << result.err;
    return result;
  }

  FakeServer server_;
};

// What the service compares, of the last request.
template <typename Request>
std::string ConditionsOf(Request request) {
  request.clear_page_token();
  return request.DebugString();
}

// The token that the error stream offers.
std::string TokenIn(const std::string& err) {
  const std::string hint = "--page-token ";
  const size_t begin = err.find(hint) + hint.size();
  return err.substr(begin, err.find('\n', begin) - begin);
}

TEST_F(PageTokenTest, TheNextPageIsOfTheSameRequestAlthoughTimeGoesOn) {
  const struct {
    std::vector<std::string> arguments;
    std::function<std::string()> conditions;
    std::function<std::string()> token;
  } cases[] = {
      {{"deals", "list", "--as-of", "-7d"},
       [&] { return ConditionsOf(server_.deals.list_request); },
       [&] { return server_.deals.list_request.page_token(); }},
      {{"deals", "stalled", "--as-of", "-7d"},
       [&] { return ConditionsOf(server_.deals.stalled_request); },
       [&] { return server_.deals.stalled_request.page_token(); }},
      {{"tickets", "list", "--waiting-for", "1d"},
       [&] { return ConditionsOf(server_.tickets.list_request); },
       [&] { return server_.tickets.list_request.page_token(); }},
      {{"tasks", "list", "--due-by", "+9d"},
       [&] { return ConditionsOf(server_.signals.tasks_request); },
       [&] { return server_.signals.tasks_request.page_token(); }},
      {{"journey", "list", "--as-of", "now"},
       [&] { return ConditionsOf(server_.journeys.list_request); },
       [&] { return server_.journeys.list_request.page_token(); }},
      {{"journey", "contacts", "account:a", "--as-of", "-36h"},
       [&] { return ConditionsOf(server_.journeys.contacts_request); },
       [&] { return server_.journeys.contacts_request.page_token(); }},
      {{"journey", "timeline", "account:a", "--known-at", "-2w"},
       [&] { return ConditionsOf(server_.journeys.timeline_request); },
       [&] { return server_.journeys.timeline_request.page_token(); }},
  };
  for (const auto& test : cases) {
    const std::string command = test.arguments[0] + " " + test.arguments[1];
    const RunResult first = RunAt(kNowMicros, test.arguments);
    const std::string conditions = test.conditions();
    EXPECT_EQ(test.token(), "") << command;
    std::vector<std::string> next = test.arguments;
    next.insert(next.end(), {"--page-token", TokenIn(first.err)});
    RunAt(kNowMicros + kMicrosLater, next);
    EXPECT_EQ(test.conditions(), conditions) << command;
    EXPECT_EQ(test.token(), "1") << command;
  }
}

TEST_F(PageTokenTest, ThePageAfterTheNextIsOfTheSameRequestToo) {
  server_.tickets.list.set_next_page_token("2");
  const RunResult second = RunAt(
      kNowMicros + kMicrosLater,
      {"tickets", "list", "--page-token", std::to_string(kNowMicros) + ".1"});
  EXPECT_EQ(TokenIn(second.err), std::to_string(kNowMicros) + ".2");
}

TEST_F(PageTokenTest, ATokenOfTheServiceCountsFromItsOwnNow) {
  RunAt(kNowMicros + kMicrosLater,
        {"deals", "list", "--as-of", "now", "--page-token", "1"});
  EXPECT_EQ(server_.deals.list_request.page_token(), "1");
  EXPECT_EQ(server_.deals.list_request.as_of().nanos(), kMicrosLater * 1000);
}

TEST_F(PageTokenTest, WhatIsNoTokenIsLeftToTheService) {
  for (const char* token : {"x.1", ".1", "-5.1", "99999999999999999999.1",
                            "9253402300800000000.1"}) {
    RunAt(kNowMicros,
          {"tickets", "list", "--as-of", "now", "--page-token", token});
    EXPECT_EQ(server_.tickets.list_request.page_token(), token);
    EXPECT_EQ(server_.tickets.list_request.as_of().seconds(),
              kNowMicros / 1'000'000);
  }
}

TEST_F(PageTokenTest, SaysHowToGoOnInEveryFormat) {
  for (const char* format : {"table", "json", "ndjson"}) {
    EXPECT_THAT(RunAt(kNowMicros, {"tickets", "list", "-o", format}).err,
                HasSubstr("There is more: --all, or --page-token " +
                          std::to_string(kNowMicros) + ".1\n"));
  }
}

}  // namespace
}  // namespace journey::testing
