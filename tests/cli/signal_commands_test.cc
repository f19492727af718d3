#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/exit_codes.h"
#include "cli/render.h"
#include "cli/text.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"
#include "tests/cli/signal_events.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// An id of 32 digits that begins so.
std::string Id(const std::string& digits) {
  return digits + std::string(32 - digits.size(), '0');
}

std::vector<v1::Signal> SampleSignals() {
  std::vector<v1::Signal> signals(3);
  for (v1::Signal& signal : signals) {
    signal = SignalEventAt(1, Id("3f9a02c1")).signal();
    signal.mutable_since()->set_seconds(kNowMicros / 1'000'000 - 86'400);
    signal.set_handling(v1::SIGNAL_HANDLING_OPEN);
  }
  signals[0].set_type(v1::SIGNAL_TYPE_STALL);
  signals[0].set_stall_reason(v1::STALL_REASON_UNANSWERED_OFFER);
  signals[0].set_severity(v1::SIGNAL_SEVERITY_CRITICAL);
  signals[0].set_deal_id("D-17");
  signals[0].set_owner_id("anna");
  signals[0].set_action(
      "Ask the customer what is still missing; offer a call with an expert");
  signals[1].set_signal_id(Id("77b0c5de"));
  signals[1].set_action("");
  signals[1].mutable_explanation()->set_text("Somebody was not pleased.");
  signals[1].set_handling(v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  signals[1].set_handled_by("bert");
  *signals[1].mutable_snoozed_until() = signals[1].since();
  signals[2].set_signal_id(Id("0000000a"));
  signals[2].mutable_journey()->set_id(
      "a-customer-with-a-very-long-identifier");
  signals[2].set_in_force(false);
  signals[2].set_historical(true);
  return signals;
}

std::string Print(int columns) {
  std::ostringstream out;
  cli::PrintSignals(SampleSignals(), columns, out);
  return out.str();
}

TEST(PrintSignalsTest, TheSentenceIsBelowAtEightyColumns) {
  EXPECT_EQ(
      Print(80),
      R"(SINCE             SEVERITY  SIGNAL                 WHO                     OWNER
2025-02-28 00:00  critical  stall unanswered_off…  account:acme D-17       anna
  3f9a02c1  Ask the customer what is still missing; offer a call with an expert
2025-02-28 00:00  warning   detractor              account:acme
  77b0c5de  [acknowledged by bert, snoozed until 2025-02-28 00:00] Somebody was…
2025-02-28 00:00  warning   detractor              account:a-customer-wi…
  0000000a  [withdrawn, historical] Call the customer
)");
}

TEST(PrintSignalsTest, TheSentenceIsBesideAtOneHundredAndFortyColumns) {
  EXPECT_EQ(
      Print(140),
      R"(SINCE             SEVERITY  SIGNAL                  WHO                            OWNER  ID        WHAT TO DO, OR WHY
2025-02-28 00:00  critical  stall unanswered_offer  account:acme D-17              anna   3f9a02c1  Ask the customer what is still missing;…
2025-02-28 00:00  warning   detractor               account:acme                          77b0c5de  [acknowledged by bert, snoozed until 20…
2025-02-28 00:00  warning   detractor               account:a-customer-with-a-ve…         0000000a  [withdrawn, historical] Call the custom…
)");
}

TEST(PrintSignalsTest, FitsEveryWidthWithoutTrailingBlanks) {
  for (int width = 60; width <= 200; ++width) {
    for (const absl::string_view line : absl::StrSplit(Print(width), '\n')) {
      EXPECT_LE(cli::DisplayWidth(line), static_cast<size_t>(width)) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
  }
}

TEST(PrintSignalsTest, ShowsAsManyDigitsAsTellIdsApart) {
  std::vector<v1::Signal> signals(2);
  signals[0].set_signal_id(Id("3f9a02c1aa"));
  signals[1].set_signal_id(Id("3f9a02c1ab"));
  std::ostringstream out;
  cli::PrintSignals(signals, 140, out);
  EXPECT_THAT(out.str(), HasSubstr(" 3f9a02c1aa  ["));
  EXPECT_THAT(out.str(), HasSubstr(" 3f9a02c1ab  ["));
}

class SignalCommandsTest : public ::testing::Test {
 protected:
  // Every page of every list holds these.
  void ListHas(const std::vector<std::string>& ids) {
    server_.signals.list = [ids](const v1::ListSignalsRequest& request) {
      v1::ListSignalsResponse response;
      if (request.handling() != v1::SIGNAL_HANDLING_UNSPECIFIED) {
        return response;
      }
      for (const std::string& id : ids) {
        response.add_signals()->set_signal_id(id);
      }
      return response;
    };
  }

  FakeServer server_;
};

TEST_F(SignalCommandsTest, ListAsksForWhatTheFlagsSay) {
  const RunResult result = RunCli(server_.With({"signals",
                                                "list",
                                                "--type",
                                                "stall",
                                                "--owner",
                                                "anna",
                                                "--severity",
                                                "critical",
                                                "--segment",
                                                "regular,at_risk",
                                                "--contact",
                                                "c9",
                                                "--deal",
                                                "D-17",
                                                "--handling",
                                                "finished",
                                                "--include-withdrawn",
                                                "--include-historical",
                                                "--page-size",
                                                "7"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(result.out, "No signals.\n");
  const v1::ListSignalsRequest request = server_.signals.list_requests()[0];
  EXPECT_EQ(request.tenant_id(), "acme");
  EXPECT_THAT(request.filter().types(), ElementsAre(v1::SIGNAL_TYPE_STALL));
  EXPECT_THAT(request.filter().owner_ids(), ElementsAre("anna"));
  EXPECT_EQ(request.filter().severity_min(), v1::SIGNAL_SEVERITY_CRITICAL);
  EXPECT_THAT(request.filter().segments(),
              ElementsAre(v1::SEGMENT_REGULAR, v1::SEGMENT_AT_RISK));
  EXPECT_EQ(request.subject().type(), v1::SUBJECT_TYPE_CONTACT);
  EXPECT_EQ(request.subject().id(), "c9");
  EXPECT_EQ(request.deal_id(), "D-17");
  EXPECT_EQ(request.handling(), v1::SIGNAL_HANDLING_FINISHED);
  EXPECT_TRUE(request.include_withdrawn());
  EXPECT_TRUE(request.include_historical());
  EXPECT_EQ(request.page_size(), 7);
}

TEST_F(SignalCommandsTest, ListFetchesEveryPageAndPrintsLines) {
  server_.signals.list = [](const v1::ListSignalsRequest& request) {
    v1::ListSignalsResponse response;
    const bool first = request.page_token().empty();
    response.add_signals()->set_signal_id(Id(first ? "aaaaaaaa" : "bbbbbbbb"));
    if (first) response.set_next_page_token("2");
    return response;
  };
  const RunResult lines =
      RunCli(server_.With({"signals", "list", "--all", "-o", "ndjson"}));
  EXPECT_EQ(lines.out,
            absl::StrCat("{\"signal_id\":\"", Id("aaaaaaaa"),
                         "\"}\n{\"signal_id\":\"", Id("bbbbbbbb"), "\"}\n"));
  const RunResult page = RunCli(server_.With({"signals", "list"}));
  EXPECT_THAT(page.out, HasSubstr("aaaaaaaa"));
  EXPECT_THAT(page.err, HasSubstr("There is more: --all, or --page-token "));
}

TEST_F(SignalCommandsTest, EachHandlingIsItsOwnCallInTheNameOfTheUser) {
  World world;
  world.variables["USER"] = "anna";
  const std::string id = Id("3f9a02c1");
  const struct {
    const char* command;
    const char* says;
  } cases[] = {{"ack", "  acknowledged by anna\n"},
               {"finish", "  finished by anna\n"},
               {"dismiss", "  dismissed by anna\n"}};
  for (const auto& test : cases) {
    const RunResult result = RunCli(
        server_.With({"signals", test.command, id, "--reason", "why"}), world);
    EXPECT_EQ(result.code, cli::kExitOk) << result.err;
    EXPECT_EQ(result.out, id + test.says);
  }
  EXPECT_EQ(server_.signals.acknowledge_request.actor(), "anna");
  EXPECT_EQ(server_.signals.acknowledge_request.reason(), "why");
  EXPECT_EQ(server_.signals.acknowledge_request.tenant_id(), "acme");
  EXPECT_EQ(server_.signals.finish_request.signal_id(), id);
  EXPECT_EQ(server_.signals.dismiss_request.signal_id(), id);
  EXPECT_THAT(server_.signals.list_requests(), IsEmpty());
}

TEST_F(SignalCommandsTest, SnoozesForAWhileOrUntilThen) {
  const std::string id = Id("3f9a02c1");
  RunResult result = RunCli(server_.With(
      {"signals", "snooze", id, "--for", "2d", "--actor", "anna"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(result.out, id + "  snoozed until 2025-03-03 00:00\n");
  EXPECT_EQ(server_.signals.snooze_request.until().seconds(),
            kNowMicros / 1'000'000 + 2 * 86'400);
  result = RunCli(server_.With({"signals", "snooze", id, "--until",
                                "2025-04-01 08:00", "--actor", "anna"}));
  EXPECT_EQ(result.out, id + "  snoozed until 2025-04-01 08:00\n");
}

TEST_F(SignalCommandsTest, AnUnknownSignalDoesNotKeepOthersFromBeingHandled) {
  server_.signals.unknown_ids = {Id("bbbbbbbb")};
  const RunResult result =
      RunCli(server_.With({"signals", "ack", Id("aaaaaaaa"), Id("bbbbbbbb"),
                           Id("cccccccc"), "--actor", "anna"}));
  EXPECT_EQ(result.code, cli::kExitNotFound);
  EXPECT_THAT(server_.signals.handled_ids,
              ElementsAre(Id("aaaaaaaa"), Id("cccccccc")));
  EXPECT_THAT(result.out, Not(HasSubstr("bbbbbbbb")));
  EXPECT_THAT(result.err, HasSubstr(Id("bbbbbbbb") + ": no such signal\n"));
  EXPECT_THAT(result.err, HasSubstr("journeyctl signals list"));
}

TEST_F(SignalCommandsTest, SeveralAreOneDocument) {
  const RunResult result =
      RunCli(server_.With({"signals", "ack", Id("aaaaaaaa"), Id("bbbbbbbb"),
                           "--actor", "anna", "-o", "json"}));
  EXPECT_THAT(result.out, StartsWith("{\n \"signals\": [\n"));
  EXPECT_THAT(result.out, HasSubstr(Id("bbbbbbbb")));
}

TEST_F(SignalCommandsTest, AShortIdStandsForTheOnlyOneThatBeginsSo) {
  ListHas({Id("3f9a02c1aa"), Id("3f9a02c2"), Id("77b0c5de")});
  const RunResult result = RunCli(server_.With(
      {"signals", "ack", "3F9A02C1", Id("dddddddd"), "--actor", "anna"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_THAT(server_.signals.handled_ids,
              ElementsAre(Id("3f9a02c1aa"), Id("dddddddd")));
  // Whatever was done about a signal, it is looked at.
  const auto requests = server_.signals.list_requests();
  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_EQ(requests[1].handling(), v1::SIGNAL_HANDLING_FINISHED);
  EXPECT_EQ(requests[2].handling(), v1::SIGNAL_HANDLING_DISMISSED);
  for (const auto& request : requests) {
    EXPECT_TRUE(request.include_withdrawn());
    EXPECT_TRUE(request.include_historical());
  }
}

TEST_F(SignalCommandsTest, AnUnclearIdHandlesNothing) {
  ListHas({Id("3f9a02c1aa"), Id("3f9a02c1ab"), Id("77b0c5de")});
  const struct {
    const char* desc;
    std::string id;
    int code;
    const char* says;
  } cases[] = {
      {"two begin so", "3f9a02c1", cli::kExitUsage, "begins several ids"},
      {"none begins so", "12345678", cli::kExitNotFound,
       "no signal's id begins with 12345678"},
      {"too short", "3f9a02c", cli::kExitUsage, "8 to 32 hexadecimal digits"},
      {"no digits", "detractor", cli::kExitUsage, "8 to 32 hexadecimal digits"},
      {"too long", Id("3f9a02c1") + "0", cli::kExitUsage,
       "8 to 32 hexadecimal digits"},
  };
  for (const auto& test : cases) {
    const RunResult result = RunCli(server_.With(
        {"signals", "finish", "77b0c5de", test.id, "--actor", "anna"}));
    EXPECT_EQ(result.code, test.code) << test.desc;
    EXPECT_THAT(result.err, HasSubstr(test.says)) << test.desc;
  }
  EXPECT_THAT(server_.signals.handled_ids, IsEmpty());
}

TEST_F(SignalCommandsTest, LooksForAShortIdAmongSoManyOnly) {
  server_.signals.list = [](const v1::ListSignalsRequest& /*request*/) {
    v1::ListSignalsResponse response;
    response.set_next_page_token("more");
    return response;
  };
  const RunResult result =
      RunCli(server_.With({"signals", "ack", "3f9a02c1", "--actor", "anna"}));
  EXPECT_EQ(result.code, cli::kExitUsage);
  EXPECT_THAT(result.err, HasSubstr("give all 32 digits"));
  EXPECT_THAT(server_.signals.list_requests(), SizeIs(100));
}

TEST_F(SignalCommandsTest, MistakesAreUsageErrors) {
  const std::string id = Id("3f9a02c1");
  const struct {
    std::vector<std::string> arguments;
    const char* says;
  } cases[] = {
      {{"signals", "ack", id}, "give --actor, or set $USER"},
      {{"signals", "ack"}, "SIGNAL_ID is missing"},
      {{"signals", "snooze", id, "--actor", "a"}, "give --for or --until"},
      {{"signals", "snooze", id, "--actor", "a", "--for", "2d", "--until",
        "now"},
       "give --for or --until"},
      {{"signals", "snooze", id, "--actor", "a", "--for", "soon"},
       "--for: \"+soon\" is no instant"},
      {{"signals", "snooze", id, "--actor", "a", "--until", "soon"},
       "--until: \"soon\" is no instant"},
      {{"signals", "list", "--type", "fax"}, "--type: \"fax\" is none of"},
      {{"signals", "list", "--severity", "bad"}, "--severity: \"bad\""},
      {{"signals", "list", "--segment", "vip"}, "--segment: \"vip\""},
      {{"signals", "list", "--handling", "lost"}, "--handling: \"lost\""},
      {{"tasks", "list", "--priority", "asap"}, "--priority: \"asap\""},
      {{"tasks", "list", "--due-by", "soon"}, "--due-by: \"soon\""},
      {{"tasks", "list", "--attribute", "offer"}, "is not KEY=VALUE"},
      {{"tasks", "list", "--attribute", "=x"}, "is not KEY=VALUE"},
  };
  for (const auto& test : cases) {
    const RunResult result = RunCli(server_.With(test.arguments));
    EXPECT_EQ(result.code, cli::kExitUsage) << test.says;
    EXPECT_THAT(result.err, HasSubstr(test.says));
    EXPECT_EQ(result.out, "");
  }
  EXPECT_THAT(server_.signals.handled_ids, IsEmpty());
}

TEST_F(SignalCommandsTest, TasksAreListedWithWhatIsOverdue) {
  v1::ActionItem& signal = *server_.signals.tasks.add_items();
  *signal.mutable_signal() = SampleSignals()[0];
  signal.mutable_signal()->set_priority(v1::SIGNAL_PRIORITY_HIGH);
  *signal.mutable_due_at() = signal.signal().since();
  signal.set_overdue(true);
  v1::ActionItem& planned = *server_.signals.tasks.add_items();
  planned.mutable_planned()->set_task_id("T-4");
  planned.mutable_planned()->set_title("Send the brochure");
  planned.mutable_planned()->set_owner_id("bert");
  EXPECT_EQ(
      RunCli(server_.With({"tasks", "list"})).out,
      R"(DUE                 PRIORITY  TASK                    WHO                OWNER
2025-02-28 00:00 !  high      stall unanswered_offer  account:acme D-17  anna
  3f9a02c1  Ask the customer what is still missing; offer a call with an expert
                    normal    planned                                    bert
  T-4       Send the brochure

! overdue
)");
}

TEST_F(SignalCommandsTest, TasksAsksForWhatTheFlagsSay) {
  const RunResult result =
      RunCli(server_.With({"tasks",       "list",
                           "--owner",     "anna",
                           "--priority",  "high",
                           "--due-by",    "+1d",
                           "--type",      "offer_unanswered",
                           "--attribute", "offer_id=O-17",
                           "--attribute", "amount_minor=1200",
                           "--attribute", "code=\"17\"",
                           "--attribute", "urgent=true",
                           "--attribute", "note=",
                           "--attribute", "serial=007"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_EQ(result.out, "No tasks.\n");
  const v1::ListTasksRequest& request = server_.signals.tasks_request;
  EXPECT_EQ(request.tenant_id(), "acme");
  EXPECT_EQ(request.owner_id(), "anna");
  EXPECT_EQ(request.priority_min(), v1::SIGNAL_PRIORITY_HIGH);
  EXPECT_EQ(request.due_by().seconds(), kNowMicros / 1'000'000 + 86'400);
  EXPECT_THAT(request.types(), ElementsAre(v1::SIGNAL_TYPE_OFFER_UNANSWERED));
  const auto& attributes = request.attributes().fields();
  EXPECT_EQ(attributes.at("offer_id").string_value(), "O-17");
  EXPECT_EQ(attributes.at("amount_minor").number_value(), 1200);
  EXPECT_EQ(attributes.at("code").string_value(), "17");
  EXPECT_TRUE(attributes.at("urgent").bool_value());
  EXPECT_TRUE(attributes.at("note").has_string_value());
  EXPECT_EQ(attributes.at("serial").string_value(), "007");
}

}  // namespace
}  // namespace journey::testing
