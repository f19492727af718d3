// `journeyctl journey plan` and `journeyctl journey map`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "cli/journey_map.h"
#include "cli/render.h"
#include "cli/text.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

// 1735689600 is 2025-01-01, a day has 86,400 seconds; as of 2025-01-21.
v1::Journey SampleJourney() {
  return Parse<v1::Journey>(R"(
    subject { type: SUBJECT_TYPE_ACCOUNT id: 'acme' }
    as_of { seconds: 1737417600 }
    stage { stage_id: 'opportunity' entered_at { seconds: 1736553600 } }
    stage_history {
      stage_id: 'awareness' entered_at { seconds: 1735689600 }
      left_at { seconds: 1736121600 }
    }
    stage_history {
      stage_id: 'opportunity' entered_at { seconds: 1736121600 }
      left_at { seconds: 1736380800 } skipped_stage_ids: 'lead'
    }
    stage_history {
      stage_id: 'awareness' entered_at { seconds: 1736380800 }
      left_at { seconds: 1736553600 }
    }
    stage_history {
      stage_id: 'opportunity' entered_at { seconds: 1736553600 }
    }
    stage_times { stage_id: 'awareness' }
    stage_times { stage_id: 'opportunity' }
    cycle: 1
    lead { status: LEAD_STATUS_SQL }
    owner_id: 'anna'
    open_deal_count: 2
    open_deals {
      deal_id: 'D-1'
      stalls {
        reason: STALL_REASON_INACTIVE severity: STALL_SEVERITY_WARNING
        since { seconds: 1736899200 }
      }
    }
    open_deals {
      deal_id: 'D-2'
      stalls {
        reason: STALL_REASON_NEGLECTED severity: STALL_SEVERITY_CRITICAL
        since { seconds: 1737072000 }
        explanation { text: 'The company has been silent.' }
      }
    })");
}

v1::GetPlanResponse SamplePlan() {
  return Parse<v1::GetPlanResponse>(R"(
    journey { type: SUBJECT_TYPE_ACCOUNT id: 'acme' }
    plan {
      stage_id: 'opportunity'
      entered_at { seconds: 1736553600 }
      activities {
        activity_id: 'call' name: 'Talk about what they need' points: 20
        expected_at { seconds: 1736726400 } done_at { seconds: 1736640000 }
        cause { source: 'crm' touchpoint_id: 'T-7' }
      }
      activities {
        activity_id: 'offer' name: 'Send an offer' points: 30
        expected_at { seconds: 1737158400 } overdue: true
      }
      activities {
        activity_id: 'meeting' name: 'Go through the offer together' points: 30
        expected_at { seconds: 1737763200 }
      }
      points_done: 20 points: 80 momentum: 0.85
    }
    stages { id: 'awareness' company_name: 'Brand awareness'
             customer_name: 'Market research' }
    stages { id: 'lead' company_name: 'Lead captured'
             customer_name: 'Contacts the supplier' }
    stages {
      id: 'opportunity' company_name: 'Conversion, negotiation'
      customer_name: 'Confirms interest, collects and compares offers'
      led_by: 'sales' feelings: 'Under pressure'
      hints: 'Find out who else decides, and what they need to see before they can agree'
      hints: 'Agree on the next step'
    }
    stages { id: 'purchase' company_name: 'Sale closed'
             customer_name: 'Purchase' })");
}

v1::GetTimelineResponse SampleTimeline() {
  return Parse<v1::GetTimelineResponse>(R"(
    entries { touchpoint { occurred_at { seconds: 1736553599 }
                           sentiment: SENTIMENT_POSITIVE } }
    entries { touchpoint { occurred_at { seconds: 1736553600 }
                           sentiment: SENTIMENT_NEUTRAL } }
    entries { touchpoint { occurred_at { seconds: 1736553600 } } }
    entries { touchpoint { occurred_at { seconds: 1736640000 }
                           call { outcome: OUTCOME_BUSY } } }
    entries { touchpoint { occurred_at { seconds: 1736640000 }
                           direction: DIRECTION_OUTBOUND
                           call { outcome: OUTCOME_BUSY } } }
    entries { touchpoint { occurred_at { seconds: 1736640000 }
                           call { outcome: OUTCOME_CONNECTED
                                  wait { seconds: 180 } } } }
    entries { touchpoint { occurred_at { seconds: 1736640000 }
                           call { outcome: OUTCOME_CONNECTED
                                  wait { seconds: 180 nanos: 1 } } } }
    entries { touchpoint { occurred_at { seconds: 1736640000 }
                           sentiment: SENTIMENT_POSITIVE
                           call { outcome: OUTCOME_ABANDONED } } }
    entries { touchpoint { occurred_at { seconds: 1736640000 }
                           sentiment: SENTIMENT_POSITIVE }
              corrected_occurred_at { seconds: 1736100000 } })");
}

cli::JourneyMap SampleMap() {
  const auto timeline = SampleTimeline();
  return cli::MakeMap(SampleJourney(), SamplePlan(),
                      {timeline.entries().begin(), timeline.entries().end()});
}

std::string Print(int width) {
  std::ostringstream out;
  cli::PrintMap(SampleMap(), width, out);
  return out.str();
}

TEST(JourneyMapTest, MarksWhatWasVisitedSkippedAndNotReached) {
  const cli::JourneyMap map = SampleMap();
  ASSERT_EQ(map.stages.size(), 4u);
  EXPECT_EQ(map.stages[0].mark, cli::StageMark::kVisited);
  EXPECT_EQ(map.stages[1].mark, cli::StageMark::kSkipped);
  EXPECT_EQ(map.stages[2].mark, cli::StageMark::kNow);
  EXPECT_EQ(map.stages[3].mark, cli::StageMark::kNone);
  EXPECT_EQ(map.stages[0].visits, 2);
  EXPECT_EQ(cli::Rfc3339(map.stages[0].visit->entered_at()),
            "2025-01-09T00:00:00Z");
  EXPECT_FALSE(map.stages[1].visit.has_value());
}

TEST(JourneyMapTest, CountsTheSentimentOfTheNewestVisit) {
  const cli::JourneyMap map = SampleMap();
  EXPECT_EQ(map.stages[0].sentiments.positive, 1);
  EXPECT_EQ(map.stages[2].sentiments.negative, 2);
  EXPECT_EQ(map.stages[2].sentiments.neutral, 1);
  EXPECT_EQ(map.stages[2].sentiments.positive, 1);
}

TEST(JourneyMapTest, NextIsWhatIsLateAndThenWhatComes) {
  v1::Journey journey = SampleJourney();
  v1::GetPlanResponse plan = SamplePlan();
  const auto next = [&] { return cli::MakeMap(journey, plan, {}).next; };
  EXPECT_EQ(next().text, "Send an offer");
  EXPECT_EQ(next().why, "overdue since 2025-01-18 00:00 (3d)");
  auto& offer = *plan.mutable_plan()->mutable_activities(1);
  offer.clear_overdue();
  *offer.mutable_done_at() = offer.expected_at();
  EXPECT_EQ(next().text, "Get deal D-2 moving");
  EXPECT_EQ(next().why,
            "neglected since 2025-01-17 00:00. The company has been silent.");
  journey.mutable_open_deals(1)->clear_stalls();
  EXPECT_EQ(next().text, "Get deal D-1 moving");
  journey.clear_open_deals();
  EXPECT_EQ(next().text, "Go through the offer together");
  EXPECT_EQ(next().why, "expected by 2025-01-25 00:00 (in 4d)");
  auto& meeting = *plan.mutable_plan()->mutable_activities(2);
  *meeting.mutable_done_at() = meeting.expected_at();
  EXPECT_EQ(next().why, "the plan is done, and no open deal is stalled");
  plan.mutable_plan()->clear_activities();
  EXPECT_EQ(next().text, "nothing");
  EXPECT_EQ(next().why, "this stage has no plan, and no open deal is stalled");
}

TEST(JourneyMapTest, IsReadableAtEightyColumns) {
  EXPECT_EQ(
      Print(80),
      R"(Journey map of account:acme                               as of 2025-01-21 00:00
Cycle 1, lead sql, 0 purchases, 2 open deals, owner anna

visited  Brand awareness                           2025-01-09 - 2025-01-11    2d
         Market research
         1 positive
skipped  Lead captured
         Contacts the supplier
now      Conversion, negotiation                   2025-01-11 -              10d
         Confirms interest, collects and compares offers
         2 negative, 1 neutral, 1 positive
         Sale closed
         Purchase

NOW: Conversion, negotiation, led by sales
Next          Send an offer
              overdue since 2025-01-18 00:00 (3d)
Stalled       D-1: inactive
              D-2: neglected!
Feelings      Under pressure
Hints         Find out who else decides, and what they need to see before they
              can agree
              Agree on the next step

PLAN [#####---------------] 20 of 80 points, momentum 0.85
ACTIVITY                       POINTS  EXPECTED          STATE
Talk about what they need          20  2025-01-13 00:00  done after 1d
Send an offer                      30  2025-01-18 00:00  overdue
Go through the offer together      30  2025-01-25 00:00  open
)");
}

TEST(JourneyMapTest, IsATableAtOneHundredAndFortyColumns) {
  const std::string map = Print(140);
  EXPECT_EQ(
      map.substr(0, map.find("Next")),
      R"(Journey map of account:acme                                                                                           as of 2025-01-21 00:00
Cycle 1, lead sql, 0 purchases, 2 open deals, owner anna

         STAGE                    CUSTOMER'S VIEW                        ENTERED           LEFT              STAYED  VISITS  NEG  NEU  POS
visited  Brand awareness          Market research                        2025-01-09 00:00  2025-01-11 00:00      2d       2              1
skipped  Lead captured            Contacts the supplier
now      Conversion, negotiation  Confirms interest, collects and comp…  2025-01-11 00:00                       10d       2    2    1    1
         Sale closed              Purchase

NOW: Conversion, negotiation, led by sales
)");
  EXPECT_THAT(map, HasSubstr("what they need to see before they can agree\n"));
}

TEST(JourneyMapTest, FitsEveryWidthWithoutTrailingBlanks) {
  for (int width = 60; width <= 200; ++width) {
    for (const absl::string_view line : absl::StrSplit(Print(width), '\n')) {
      EXPECT_LE(cli::DisplayWidth(line), static_cast<size_t>(width)) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
  }
}

class MapCommandTest : public ::testing::Test {
 protected:
  MapCommandTest() {
    *server_.journeys.journey.mutable_journey() = SampleJourney();
    server_.journeys.plan = SamplePlan();
    server_.journeys.timeline = SampleTimeline();
  }

  RunResult Run(std::vector<std::string> arguments) {
    World world;
    world.columns = 140;
    return RunCli(server_.With(std::move(arguments)), world);
  }

  FakeServer server_;
};

TEST_F(MapCommandTest, AsksForOneInstant) {
  const RunResult result = Run({"journey", "map", "account:acme"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(result.out, Print(140));
  EXPECT_EQ(result.err, "");
  EXPECT_FALSE(server_.journeys.get_request.has_as_of());
  EXPECT_EQ(cli::Rfc3339(server_.journeys.plan_request.as_of()),
            "2025-01-21T00:00:00Z");
  const auto& timeline = server_.journeys.timeline_request;
  EXPECT_EQ(cli::Rfc3339(timeline.as_of()), "2025-01-21T00:00:00Z");
  EXPECT_TRUE(timeline.without_changes());
  EXPECT_TRUE(timeline.newest_first());
  EXPECT_EQ(timeline.tenant_id(), "acme");
}

TEST_F(MapCommandTest, SaysWhereItCountsOnlyTheNewestTouchpoints) {
  server_.journeys.timeline.set_next_page_token("more");
  const RunResult result =
      Run({"journey", "map", "account:acme", "--as-of", "2025-01-21"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(result.err, "Sentiment is that of the newest 90 touchpoints.\n");
  EXPECT_TRUE(server_.journeys.get_request.has_as_of());
}

TEST_F(MapCommandTest, WritesJson) {
  const RunResult result =
      Run({"journey", "map", "account:acme", "-o", "json"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  google::protobuf::Struct json;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(result.out, &json).ok())
      << result.out;
  const auto& fields = json.fields();
  const auto field = [](const google::protobuf::Value& value,
                        const char* name) {
    return value.struct_value().fields().at(name);
  };
  EXPECT_EQ(field(fields.at("journey"), "owner_id").string_value(), "anna");
  EXPECT_EQ(field(field(fields.at("plan"), "plan"), "points").number_value(),
            80);
  const auto& stages = fields.at("stages").list_value().values();
  ASSERT_EQ(stages.size(), 4);
  EXPECT_EQ(field(stages[2], "mark").string_value(), "now");
  EXPECT_EQ(field(stages[2], "negative").number_value(), 2);
  EXPECT_EQ(field(fields.at("next_action"), "text").string_value(),
            "Send an offer");
}

TEST_F(MapCommandTest, WritesALineOfJson) {
  const RunResult result =
      Run({"journey", "map", "account:acme", "-o", "ndjson"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(result.out.find('\n'), result.out.size() - 1);
  google::protobuf::Struct json;
  EXPECT_TRUE(
      google::protobuf::util::JsonStringToMessage(result.out, &json).ok());
}

TEST_F(MapCommandTest, PlanShowsALineAnActivity) {
  const RunResult result =
      Run({"journey", "plan", "account:acme", "--as-of", "2025-01-21"});
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(cli::Rfc3339(server_.journeys.plan_request.as_of()),
            "2025-01-21T00:00:00Z");
  EXPECT_EQ(result.out, R"(Journey   account:acme
Stage     opportunity since 2025-01-11 00:00
Progress  [#####---------------] 20 of 80 points, momentum 0.85

ID       ACTIVITY                       POINTS  EXPECTED          STATE          BY
call     Talk about what they need          20  2025-01-13 00:00  done after 1d  crm T-7
offer    Send an offer                      30  2025-01-18 00:00  overdue
meeting  Go through the offer together      30  2025-01-25 00:00  open
)");
}

TEST_F(MapCommandTest, PlanSaysWhereThereIsNone) {
  server_.journeys.plan.mutable_plan()->clear_activities();
  const RunResult result = Run({"journey", "plan", "account:acme"});
  EXPECT_THAT(result.out, HasSubstr("Progress  this stage has no plan\n"));
  EXPECT_THAT(result.out, Not(HasSubstr("ACTIVITY")));
}

TEST_F(MapCommandTest, PlanIsTheAnswerInJson) {
  const RunResult result =
      Run({"journey", "plan", "account:acme", "-o", "ndjson"});
  EXPECT_THAT(result.out, HasSubstr(R"("activity_id":"meeting")"));
}

}  // namespace
}  // namespace journey::testing
