// The sample that comes with the product, through the real server and every
// command that shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/data/real_server.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSample[] = JOURNEY_SOURCE_DIR "/deploy/samples/demo.ndjson";

class SampleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.ready());
    const std::string sample = ReadFile(kSample);
    for (const absl::string_view line :
         absl::StrSplit(sample, '\n', absl::SkipEmpty())) {
      lines_.insert(std::string(line));
    }
    const CtlResult result = server_.Run({"append", "-f", kSample});
    ASSERT_EQ(result.code, 0) << result.err;
  }

  static size_t CountLines(const std::string& text) {
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  RealServer server_ = RealServer("default");
  // Without the repeats.
  std::set<std::string> lines_;
};

TEST_F(SampleTest, EveryTouchpointIsTakenOnce) {
  EXPECT_EQ(server_.Read({}).size(), lines_.size());
  EXPECT_THAT(server_.Run({"append", "-f", kSample}).err,
              HasSubstr("0 appended, "));
  EXPECT_EQ(server_.Read({}).size(), lines_.size());
}

TEST_F(SampleTest, TailGoesOnFromItsCheckpointWithoutGapsOrRepeats) {
  const std::string checkpoint = server_.directory().Join("checkpoint");
  std::string seen;
  for (const size_t count : {size_t{1}, size_t{700}, lines_.size() - 701}) {
    const CtlResult result =
        server_.Run({"tail", "--checkpoint", checkpoint, "--max-events",
                     absl::StrCat(count), "-o", "ndjson"});
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(CountLines(result.out), count);
    seen += result.out;
  }
  int64_t position = 0;
  for (const absl::string_view line :
       absl::StrSplit(seen, '\n', absl::SkipEmpty())) {
    EXPECT_TRUE(absl::StartsWith(
        line, absl::StrCat("{\"position\":\"", ++position, "\"")))
        << line;
  }
}

TEST_F(SampleTest, EveryViewHasSomethingToShow) {
  const struct {
    const char* desc;
    std::vector<std::string> arguments;
    const char* shows;
  } cases[] = {
      {"customers",
       {"journey", "list", "--lead-status", "customer", "--all"},
       "customer"},
      {"open deals", {"deals", "list", "--status", "open", "--all"}, "open"},
      {"lost deals", {"deals", "list", "--status", "lost", "--all"}, "lost"},
      {"stalls", {"deals", "stalled", "--all"}, "inactive"},
      {"board", {"deals", "board", "--as-of", "2025-05-01"}, "weighted"},
      {"status", {"status"}, "Deals"},
  };
  for (const auto& test : cases) {
    const CtlResult result = server_.Run(test.arguments);
    EXPECT_EQ(result.code, 0) << test.desc << result.err;
    EXPECT_GT(CountLines(result.out), 4u) << test.desc;
    EXPECT_THAT(result.out, HasSubstr(test.shows)) << test.desc;
  }
}

TEST_F(SampleTest, MarketingHasQualifiedALead) {
  const CtlResult list = server_.Run(
      {"journey", "list", "--lead-status", "mql", "--as-of", "2025-05-01"});
  EXPECT_THAT(list.out, HasSubstr("\naccount:acc-0012 "));
  const CtlResult lead = server_.Run(
      {"journey", "get", "account:acc-0012", "--as-of", "2025-05-01"});
  EXPECT_THAT(lead.out, HasSubstr("mql since 2025-04-18 18:03 (12d)"));
}

TEST_F(SampleTest, ChangesStandAmongTheTouchpointsAndInDifferences) {
  const std::string mql = "lead none -> mql";
  const CtlResult timeline =
      server_.Run({"journey", "timeline", "account:acc-0012", "--all"});
  EXPECT_THAT(timeline.out, HasSubstr("* stage awareness -> lead"));
  EXPECT_THAT(timeline.out, HasSubstr("* " + mql));
  const CtlResult touchpoints =
      server_.Run({"journey", "timeline", "account:acc-0012", "--all",
                   "--without-changes"});
  EXPECT_THAT(touchpoints.out, Not(HasSubstr("* ")));
  const CtlResult diff =
      server_.Run({"journey", "diff", "account:acc-0012", "--from",
                   "2025-04-01", "--to", "2025-05-01"});
  EXPECT_EQ(diff.code, 0) << diff.err;
  EXPECT_THAT(diff.out, HasSubstr(mql));
  EXPECT_THAT(diff.out, Not(HasSubstr("awareness -> lead")));
  const CtlResult turned =
      server_.Run({"journey", "diff", "account:acc-0012", "--from",
                   "2025-05-01", "--to", "2025-04-01"});
  EXPECT_EQ(turned.code, 5);
  EXPECT_THAT(turned.err, HasSubstr("from: "));
}

TEST_F(SampleTest, NothingWasKnownBeforeItCame) {
  for (const char* known_at : {"2025-05-01", "-1h"}) {
    EXPECT_EQ(
        server_
            .Run({"journey", "get", "account:acc-0012", "--known-at", known_at})
            .code,
        4);
    EXPECT_EQ(
        server_.Run({"deals", "get", "D-0016-1", "--known-at", known_at}).code,
        4);
  }
  EXPECT_EQ(
      server_.Run({"journey", "get", "account:acc-0012", "--known-at", "now"})
          .code,
      0);
}

TEST_F(SampleTest, ErrorsOfTheServerHaveTheirExitCodes) {
  EXPECT_EQ(server_.Run({"journey", "get", "account:nobody"}).code, 4);
  EXPECT_EQ(server_.Run({"deals", "get", "none"}).code, 4);
  EXPECT_EQ(server_.Run({"deals", "board", "--pipeline", "none"}).code, 4);
  const CtlResult refused =
      server_.Run({"journey", "list", "--page-size", "5000"});
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.err, HasSubstr("page_size: "));
}

TEST_F(SampleTest, RetractedDealIsGone) {
  const CtlResult deals = server_.Run(
      {"read", "--kind", "deal", "--max-events", "1", "-o", "ndjson"});
  const std::vector<std::string> parts = absl::StrSplit(deals.out, '"');
  const auto id = std::find(parts.begin(), parts.end(), "touchpoint_id") + 2;
  ASSERT_LT(id, parts.end()) << deals.out;
  const CtlResult result =
      server_.Run({"retract", "crm", *id, "--reason", "a test"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(server_.Run({"retract", "crm", *id}).out,
              HasSubstr("was retracted before"));
  EXPECT_EQ(server_.Read({}).size(), lines_.size() + 1);
}

}  // namespace
}  // namespace journey::testing
