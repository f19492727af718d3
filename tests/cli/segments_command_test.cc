#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "google/protobuf/text_format.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::google::protobuf::TextFormat;
using ::testing::HasSubstr;

TEST(SegmentsCommandTest, CountsEachSegment) {
  FakeServer server;
  ASSERT_TRUE(TextFormat::ParseFromString(
      "counts { segment: SEGMENT_PROSPECT journey_count: 12345 } "
      "counts { segment: SEGMENT_AT_RISK } "
      "counts { segment: SEGMENT_LOST journey_count: 7 } log_position: 9",
      &server.journeys.segments));
  const RunResult result =
      RunCli(server.With({"journey", "segments", "--as-of", "2025-02-01"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(result.out, R"(SEGMENT   JOURNEYS
prospect    12,345
at_risk          0
lost             7
)");
  EXPECT_EQ(server.journeys.segments_request.tenant_id(), "acme");
  EXPECT_EQ(cli::Rfc3339(server.journeys.segments_request.as_of()),
            "2025-02-01T00:00:00Z");
  const RunResult json =
      RunCli(server.With({"journey", "segments", "-o", "json"}));
  EXPECT_EQ(json.code, cli::kExitOk) << json.err;
  EXPECT_THAT(json.out, HasSubstr(R"("segment": "SEGMENT_PROSPECT")"));
  EXPECT_FALSE(server.journeys.segments_request.has_as_of());
}

TEST(SegmentsCommandTest, ListTakesASegment) {
  FakeServer server;
  server.journeys.pages.emplace_back();
  const RunResult result =
      RunCli(server.With({"journey", "list", "--segment", "at-risk"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(server.journeys.list_request.segment(), v1::SEGMENT_AT_RISK);
  const RunResult unknown =
      RunCli(server.With({"journey", "list", "--segment", "rich"}));
  EXPECT_EQ(unknown.code, cli::kExitUsage);
  EXPECT_THAT(unknown.err,
              HasSubstr("prospect, active, regular, at_risk, lost"));
}

TEST(SegmentsCommandTest, JourneyShowsItsSegmentsAndWhy) {
  FakeServer server;
  ASSERT_TRUE(TextFormat::ParseFromString(
      "subject { type: SUBJECT_TYPE_ACCOUNT id: 'acme' } "
      "as_of { seconds: 1738368000 } "
      "segments { segment: SEGMENT_REGULAR since { seconds: 1735689600 } "
      "  explanation { text: 'Buys often.' } } "
      "segments { segment: SEGMENT_AT_RISK since { seconds: 1738281600 } "
      "  explanation { text: 'Pays late.' } }",
      server.journeys.journey.mutable_journey()));
  const RunResult result =
      RunCli(server.With({"journey", "get", "account:acme"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("Segment      regular since 2025-01-01 00:00 (31d)\n"
                        "Why          Buys often.\n"
                        "Segment      at_risk since 2025-01-31 00:00 (1d)\n"
                        "Why          Pays late.\n"));
}

}  // namespace
}  // namespace journey::testing
