#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

google::protobuf::Timestamp DaysAgo(int days) {
  return cli::FromMicros(kNowMicros - days * int64_t{86'400} * 1'000'000);
}

v1::Journey SampleJourney(const std::string& id) {
  v1::Journey journey;
  journey.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  journey.mutable_subject()->set_id(id);
  *journey.mutable_as_of() = DaysAgo(0);
  v1::StageVisit& stage = *journey.mutable_stage();
  stage.set_stage_id("opportunity");
  stage.set_customer_name("Collects offers");
  *stage.mutable_entered_at() = DaysAgo(12);
  stage.mutable_explanation()->set_text("A deal is open.");
  stage.mutable_explanation()->set_rule_id("lifecycle.deal_open");
  *journey.add_stage_history() = stage;
  v1::ProfileAttribute& name = *journey.add_profile();
  name.set_key("name");
  name.mutable_value()->set_string_value("Acme Works");
  journey.mutable_lead()->set_status(v1::LEAD_STATUS_SQL);
  *journey.mutable_lead()->mutable_since() = DaysAgo(20);
  journey.set_cycle(1);
  journey.set_owner_id("anna");
  v1::Deal& deal = *journey.add_open_deals();
  deal.set_deal_id("D-1");
  deal.mutable_stage()->set_stage_id("proposal");
  deal.mutable_amount()->set_amount_minor(123'450);
  deal.mutable_amount()->set_currency_code("EUR");
  *deal.mutable_opened_at() = DaysAgo(12);
  v1::Stall& stall = *deal.add_stalls();
  stall.set_reason(v1::STALL_REASON_INACTIVE);
  stall.set_severity(v1::STALL_SEVERITY_CRITICAL);
  journey.set_deal_count(1);
  journey.set_open_deal_count(1);
  *journey.mutable_last_touchpoint_at() = DaysAgo(9);
  return journey;
}

TEST(QueryCommandsTest, ShowsAJourney) {
  FakeServer server;
  *server.journeys.journey.mutable_journey() = SampleJourney("acme");
  server.journeys.journey.set_subject_version(42);
  const RunResult result =
      RunCli(server.With({"journey", "get", "account:acme", "--as-of", "-1d"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(cli::Rfc3339(server.journeys.get_request.as_of()),
            "2025-02-28T00:00:00Z");
  EXPECT_EQ(server.journeys.get_request.tenant_id(), "acme");
  EXPECT_EQ(result.out, R"(Journey          account:acme
Name             Acme Works
As of            2025-03-01 00:00
Stage            opportunity since 2025-02-17 00:00 (12d)
Customer's view  Collects offers
Why              A deal is open.
Cycle            1
Lead             sql since 2025-02-09 00:00 (20d)
Owner            anna
Deals            1, 1 open, 1 stalled
Purchases        0
Touchpoints      0
Last touchpoint  2025-02-20 00:00 (9d)
Version          42

STAGES
ENTERED           LEFT  STAYED  CYCLE  STAGE        SKIPPED  WHY
2025-02-17 00:00           12d      0  opportunity           lifecycle.deal_open

OPEN DEALS
DEAL  STAGE           AMOUNT  OPEN FOR  OWNER  STALLED
D-1   proposal  1,234.50 EUR       12d         inactive!
)");
}

TEST(QueryCommandsTest, ShowsNoVersionOfAnotherSubject) {
  FakeServer server;
  *server.journeys.journey.mutable_journey() = SampleJourney("acme");
  const RunResult result = RunCli(server.With({"journey", "get", "deal:D-1"}));
  EXPECT_THAT(result.out, HasSubstr("account:acme"));
  EXPECT_THAT(result.out, Not(HasSubstr("Version")));
}

TEST(QueryCommandsTest, SaysWhereItShowsOnlyTheNewest) {
  FakeServer server;
  v1::Journey& journey = *server.journeys.journey.mutable_journey();
  journey = SampleJourney("acme");
  auto& score = *journey.mutable_scores()->mutable_behaviour();
  for (int i = 0; i < 9; ++i) score.add_causes();
  journey.set_stage_visit_count(1);
  const auto arguments = server.With({"journey", "get", "account:acme"});
  EXPECT_THAT(RunCli(arguments).out, HasSubstr("\nSTAGES\n"));
  EXPECT_THAT(RunCli(arguments).out, HasSubstr("\nSCORE\n"));
  score.add_causes();
  journey.set_stage_visit_count(3);
  EXPECT_THAT(RunCli(arguments).out,
              HasSubstr("\nSTAGES, the newest 1 of 3\n"));
  EXPECT_THAT(RunCli(arguments).out,
              HasSubstr("\nSCORE, the newest 10 causes\n"));
}

TEST(QueryCommandsTest, SaysThatThereAreMoreOpenDealsThanItShows) {
  FakeServer server;
  v1::Journey& journey = *server.journeys.journey.mutable_journey();
  journey = SampleJourney("acme");
  journey.set_open_deal_count(1'200);
  journey.set_deal_count(1'300);
  const RunResult result =
      RunCli(server.With({"journey", "get", "account:acme"}));
  EXPECT_THAT(result.out,
              HasSubstr("Deals            1300, 1200 open, 1+ stalled\n"));
  EXPECT_THAT(result.out, HasSubstr("\nOPEN DEALS, 1 of 1,200\n"));
}

TEST(QueryCommandsTest, NotFoundIsThatExitCode) {
  FakeServer server;
  server.journeys.error = ToGrpc(MakeError(grpc::StatusCode::NOT_FOUND,
                                           v1::ERROR_REASON_SUBJECT_NOT_FOUND,
                                           "account x is unknown"));
  const RunResult result = RunCli(server.With({"journey", "get", "account:x"}));
  EXPECT_EQ(result.code, cli::kExitNotFound);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "journeyctl: not found: account x is unknown\n"
            "What to do: check type, id and the instant; `journeyctl journey "
            "list` shows what there is.\n");
}

TEST(QueryCommandsTest, ShowsTheScoresAndWhatGaveThem) {
  FakeServer server;
  v1::Journey& journey = *server.journeys.journey.mutable_journey();
  journey = SampleJourney("acme");
  v1::BehaviourScore& score = *journey.mutable_scores()->mutable_behaviour();
  score.set_points(75.04);
  score.set_qualifying_points(52.5);
  score.set_mql_threshold(50);
  *score.mutable_falls_below_at() = DaysAgo(-3);
  v1::ScoreCause& cause = *score.add_causes();
  cause.set_condition_id("demo");
  cause.set_points(30);
  cause.set_points_left(15);
  *cause.mutable_occurred_at() = DaysAgo(30);
  cause.mutable_touchpoint()->set_source("web");
  cause.mutable_touchpoint()->set_touchpoint_id("f1");
  journey.mutable_scores()->mutable_fit()->set_points(-20);
  const RunResult result =
      RunCli(server.With({"journey", "get", "account:acme"}));
  EXPECT_THAT(
      result.out,
      HasSubstr("Score            75.0, of which 52.5 count (50 make an MQL)\n"
                "Score falls      2025-03-04 00:00\n"
                "Fit              -20\n"));
  EXPECT_THAT(
      result.out,
      HasSubstr("\nSCORE\n"
                "OCCURRED          CONDITION  POINTS  LEFT  TOUCHPOINT\n"
                "2025-01-30 00:00  demo           30  15.0  web f1\n"));
}

class ListTest : public ::testing::Test {
 protected:
  ListTest() {
    auto& pages = server_.journeys.pages;
    pages.resize(2);
    *pages[0].add_journeys() = SampleJourney("a");
    *pages[0].add_journeys() = SampleJourney("b");
    pages[0].set_next_page_token("1");
    v1::Journey& scored = *pages[1].add_journeys();
    scored = SampleJourney("日本");
    scored.mutable_scores()->mutable_behaviour()->set_points(61.26);
    scored.mutable_scores()->mutable_fit()->set_points(-20);
  }

  FakeServer server_;
};

TEST_F(ListTest, PrintsOnePageAndSaysHowToGoOn) {
  const RunResult result = RunCli(server_.With(
      {"journey", "list", "--stage", "opportunity", "--lead-status", "sql",
       "--type", "account", "--score-min", "50.5", "--fit-max", "-1"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(server_.journeys.list_request.lead_status(), v1::LEAD_STATUS_SQL);
  EXPECT_EQ(server_.journeys.list_request.subject_type(),
            v1::SUBJECT_TYPE_ACCOUNT);
  const v1::ListJourneysRequest& request = server_.journeys.list_request;
  EXPECT_EQ(request.behaviour_score().min(), 50.5);
  EXPECT_FALSE(request.behaviour_score().has_max());
  EXPECT_EQ(request.fit_score().max(), -1);
  EXPECT_FALSE(request.fit_score().has_min());
  EXPECT_THAT(result.err, HasSubstr("There is more: --all, or --page-token "));
}

TEST_F(ListTest, AllPagesBecomeOneAlignedTable) {
  const RunResult result = RunCli(server_.With({"journey", "list", "--all"}));
  EXPECT_EQ(
      result.out,
      "JOURNEY       STAGE        FOR  LEAD  SCORE  FIT  CYCLE  OPEN  "
      "STALLED  BOUGHT  OWNER  LAST TOUCHPOINT\n"
      "account:a     opportunity  12d  sql                   1     1        "
      "1       0  anna   2025-02-20 00:00\n"
      "account:b     opportunity  12d  sql                   1     1        "
      "1       0  anna   2025-02-20 00:00\n"
      "account:日本  opportunity  12d  sql    61.3  -20      1     1        "
      "1       0  anna   2025-02-20 00:00\n");
  EXPECT_EQ(server_.journeys.list_request.page_size(), 1000);
  EXPECT_EQ(result.err, "");
}

TEST_F(ListTest, JsonIsOneDocumentAndNdjsonALineEach) {
  const RunResult document =
      RunCli(server_.With({"journey", "list", "--all", "-o", "json"}));
  v1::ListJourneysResponse together;
  EXPECT_THAT(document.out, HasSubstr("\"stage_id\": \"opportunity\""));
  const RunResult lines =
      RunCli(server_.With({"journey", "list", "--all", "-o", "ndjson"}));
  EXPECT_EQ(std::count(lines.out.begin(), lines.out.end(), '\n'), 3);
  EXPECT_THAT(lines.out, HasSubstr("{\"subject\":{\"type\":"));
}

TEST(QueryCommandsTest, SaysWhereThereIsNothingToList) {
  FakeServer server;
  server.journeys.pages.resize(1);
  const auto out = [&server](std::vector<std::string> arguments) {
    const RunResult result = RunCli(server.With(std::move(arguments)));
    EXPECT_EQ(result.code, cli::kExitOk) << result.err;
    return result.out;
  };
  EXPECT_EQ(out({"journey", "list"}), "No journeys.\n");
  EXPECT_EQ(out({"deals", "list"}), "No deals.\n");
  EXPECT_EQ(out({"deals", "stalled"}), "No stalled deals.\n");
  EXPECT_EQ(out({"journey", "timeline", "account:a"}), "No touchpoints.\n");
  EXPECT_EQ(out({"read"}), "No events.\n");
  EXPECT_EQ(out({"read", "-o", "ndjson"}), "");
  EXPECT_EQ(out({"journey", "list", "-o", "json"}), "{}\n");
  EXPECT_EQ(out({"deals", "list", "-o", "json"}), "{}\n");
  EXPECT_EQ(out({"deals", "stalled", "-o", "json"}), "{}\n");
  EXPECT_EQ(out({"deals", "stalled", "-o", "ndjson"}), "");
}

TEST(QueryCommandsTest, DealsAreListedWithWhatStallsThem) {
  FakeServer server;
  v1::Deal& deal = *server.deals.list.add_deals();
  deal = SampleJourney("acme").open_deals(0);
  deal.set_status(v1::DEAL_STATUS_OPEN);
  deal.add_stalls()->set_reason(v1::STALL_REASON_SLIPPED);
  EXPECT_EQ(
      RunCli(server.With({"deals", "list"})).out,
      "DEAL  STATUS  STAGE           AMOUNT  AGE  OWNER  JOURNEY  STALLED\n"
      "D-1   open    proposal  1,234.50 EUR  12d                  "
      "inactive!, slipped\n");
}

TEST(QueryCommandsTest, SaysHowLongItWaited) {
  FakeServer server;
  server.journeys.error =
      grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded");
  const RunResult result =
      RunCli(server.With({"journey", "get", "account:a", "--timeout", "2m"}));
  EXPECT_EQ(result.code, cli::kExitUnreachable);
  EXPECT_THAT(result.err, HasSubstr("not now: no answer within 2m\n"));
}

TEST(QueryCommandsTest, AnEmptyPageIsNotTheEnd) {
  FakeServer server;
  server.deals.list.set_next_page_token("7");
  const RunResult result = RunCli(server.With({"deals", "list"}));
  EXPECT_EQ(result.out, "No deals on this page.\n");
  EXPECT_THAT(result.err, HasSubstr("There is more: --all"));
}

TEST(QueryCommandsTest, ShowsTheTimeline) {
  FakeServer server;
  v1::TimelineEntry& entry = *server.journeys.timeline.add_entries();
  v1::Touchpoint& touchpoint = *entry.mutable_touchpoint();
  touchpoint.set_source("crm");
  touchpoint.set_touchpoint_id("7");
  touchpoint.set_account_id("acme");
  touchpoint.set_deal_id("D-1");
  *touchpoint.mutable_occurred_at() = DaysAgo(1);
  touchpoint.mutable_offer()->set_action(v1::Offer::ACTION_SENT);
  touchpoint.mutable_offer()->set_offer_id("O-1\x1b[2J");
  touchpoint.mutable_offer()->mutable_amount()->set_amount_minor(1999);
  touchpoint.mutable_offer()->mutable_amount()->set_currency_code("EUR");
  entry.set_retracted(true);
  const RunResult result =
      RunCli(server.With({"journey", "timeline", "account:acme", "--kind",
                          "offer,deal", "--link", "case:9"}));
  EXPECT_EQ(
      result.out,
      "OCCURRED AT       TOUCHPOINT              BY  SOURCE  ID  CONTENT\n"
      "2025-02-28 00:00  (retracted) offer sent      crm     7   deal:D-1  "
      "19.99 EUR  O-1 [2J\n");
  EXPECT_EQ(server.journeys.timeline_request.kinds_size(), 2);
  EXPECT_EQ(server.journeys.timeline_request.link().type(), v1::LINK_TYPE_CASE);
}

TEST(QueryCommandsTest, BoardUsesTheTerminalsWidth) {
  FakeServer server;
  for (const char* name : {"One", "Two", "Three", "Four", "Five"}) {
    v1::BoardColumn& column = *server.deals.board.add_columns();
    column.set_name(name);
    column.set_deal_count(1);
  }
  const auto arguments = server.With({"deals", "board", "--per-column", "0"});
  World world;
  const auto lines = [&world, &arguments](int columns) {
    world.columns = columns;
    const std::string out = RunCli(arguments, world).out;
    return std::count(out.begin(), out.end(), '\n');
  };
  EXPECT_GT(lines(80), lines(140));
  EXPECT_EQ(server.deals.board_request.deals_per_column(), 0);
}

TEST(QueryCommandsTest, RetractsInTheNameOfTheUser) {
  FakeServer server;
  World world;
  world.variables["USER"] = "anna";
  const RunResult result = RunCli(
      server.With({"retract", "crm", "a", "unknown", "--reason", "wrong"}),
      world);
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(server.touchpoints.retract_request.actor(), "anna");
  EXPECT_EQ(server.touchpoints.retract_request.targets_size(), 2);
  EXPECT_EQ(result.out,
            "SOURCE  ID       POSITION  RESULT\n"
            "crm     a           1,234  retracted\n"
            "crm     unknown     1,235  waits: no such id in the log\n");
}

TEST(QueryCommandsTest, ReadsEventsAsAnArray) {
  FakeServer server;
  EXPECT_EQ(RunCli(server.With({"read", "-o", "json"})).out, "[]\n");
  v1::Event event;
  event.set_position(3);
  event.mutable_retraction()->mutable_target()->set_source("crm");
  server.touchpoints.events = {event, event};
  const RunResult result = RunCli(server.With(
      {"read", "-o", "json", "--backwards", "--occurred-before", "-1d"}));
  EXPECT_EQ(result.out,
            "[\n{\"position\":\"3\",\"retraction\":{\"target\":{\"source\":"
            "\"crm\"}}},\n{\"position\":\"3\",\"retraction\":{\"target\":{"
            "\"source\":\"crm\"}}}\n]\n");
  EXPECT_EQ(server.touchpoints.read_request.order(), v1::READ_ORDER_BACKWARDS);
}

TEST(QueryCommandsTest, ShowsWhenItOccurredByTheServersClock) {
  FakeServer server;
  v1::Touchpoint call;
  *call.mutable_occurred_at() = DaysAgo(30);
  call.mutable_call()->set_outcome(v1::Call::OUTCOME_BUSY);
  v1::Event event;
  *event.mutable_touchpoint() = call;
  v1::TimelineEntry& entry = *server.journeys.timeline.add_entries();
  *entry.mutable_touchpoint() = call;
  *event.mutable_corrected_occurred_at() = DaysAgo(1);
  *entry.mutable_corrected_occurred_at() = DaysAgo(1);
  server.touchpoints.events = {event};
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"read"},
        {"journey", "timeline", "account:acme"}}) {
    const RunResult result = RunCli(server.With(command));
    EXPECT_THAT(result.out, HasSubstr("2025-02-28 00:00  call busy"));
  }
}

TEST(QueryCommandsTest, ShowsTheStatus) {
  FakeServer server;
  server.admin.status.set_version("0.1.0");
  server.admin.status.set_event_count(12'345);
  const RunResult result = RunCli({"status", "--server", server.address()});
  EXPECT_EQ(result.code, cli::kExitOk);
  EXPECT_THAT(result.out, HasSubstr("version 0.1.0"));
  EXPECT_THAT(result.out, HasSubstr("12,345 of 0 tenants"));
}

}  // namespace
}  // namespace journey::testing
