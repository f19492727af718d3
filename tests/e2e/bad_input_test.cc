// Whatever is wrong with a request is named by its field, and nothing is
// stored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "service/core/limits.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/raw_call.h"

namespace journey::testing {
namespace {

using google::protobuf::TextFormat;

constexpr char kTouchpointService[] = "/journey.v1.TouchpointService/";
constexpr char kJourneyService[] = "/journey.v1.JourneyService/";
constexpr char kDealService[] = "/journey.v1.DealService/";
constexpr char kTicketService[] = "/journey.v1.TicketService/";
constexpr char kIdentityService[] = "/journey.v1.IdentityService/";
constexpr char kSignalService[] = "/journey.v1.SignalService/";

class BadInputTest : public ::testing::Test {
 protected:
  // One server for the whole table: nothing that is tried may change it.
  static void SetUpTestSuite() { server_ = new TestServer(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  // Expects INVALID_ARGUMENT that names exactly `fields`.
  static void ExpectRefused(const std::string& method, const std::string& bytes,
                            const std::vector<std::string>& fields) {
    const grpc::Status status =
        RawCall(server_->client().channel, method, bytes, nullptr);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << status.error_message();
    EXPECT_EQ(Reason(status), "VALIDATION_FAILED");
    EXPECT_EQ(BadFields(status), fields);
    EXPECT_EQ(EventCount(server_->client()), 0);
  }

  inline static TestServer* server_ = nullptr;
};

// A good append, to which a case adds what is bad.
v1::AppendRequest Good() { return Batch({Call("1")}); }

std::string Times(size_t count) { return std::string(count, 'x'); }

struct AppendCase {
  const char* desc;
  // Merged into the good request's only touchpoint, in text format.
  std::string touchpoint;
  std::vector<std::string> fields;
};

// What makes a touchpoint bad, and the fields that are named then.
std::vector<AppendCase> AppendCases() {
  const std::string t = "touchpoints[0].";
  return {
      {"no source", "source: ''", {t + "source"}},
      {"long source",
       "source: '" + Times(core::kSourceBytesMax + 1) + "'",
       {t + "source"}},
      {"control character", "source: 'a\\nb'", {t + "source"}},
      {"no id", "touchpoint_id: ''", {t + "touchpoint_id"}},
      {"long id",
       "touchpoint_id: '" + Times(core::kIdBytesMax + 1) + "'",
       {t + "touchpoint_id"}},
      {"before 1970", "occurred_at { seconds: -1 }", {t + "occurred_at"}},
      {"absurdly late",
       "occurred_at { seconds: 253402300799 }",
       {t + "occurred_at"}},
      {"more than a day ahead",
       "occurred_at { seconds: 1767312001 }",
       {t + "occurred_at"}},
      {"bad nanos", "occurred_at { nanos: -5 }", {t + "occurred_at"}},
      {"long account",
       "account_id: '" + Times(core::kIdBytesMax + 1) + "'",
       {t + "account_id"}},
      {"unknown direction", "direction: 77", {t + "direction"}},
      {"unknown sentiment", "sentiment: -1", {t + "sentiment"}},
      {"long channel",
       "channel: '" + Times(core::kLabelBytesMax + 1) + "'",
       {t + "channel"}},
      {"unset link", "links {}", {t + "links[0].type", t + "links[0].id"}},
      {"unset action", "meeting {}", {t + "meeting.action"}},
      {"unknown outcome", "call { outcome: 99 }", {t + "call.outcome"}},
      {"negative duration",
       "call { outcome: OUTCOME_BUSY duration { seconds: -1 } }",
       {t + "call.duration"}},
      {"bad currency",
       "offer { action: ACTION_SENT offer_id: 'o' "
       "amount { amount_minor: 1 currency_code: 'eur' } }",
       {t + "offer.amount.currency_code"}},
      {"bad day",
       "deal_id: 'd' deal { action: ACTION_OPENED "
       "expected_close_date { year: 2026 month: 2 day: 30 } }",
       {t + "deal.expected_close_date"}},
      {"score out of range",
       "survey { type: TYPE_NPS score: 11 }",
       {t + "survey.score"}},
  };
}

TEST_F(BadInputTest, AppendNamesTheBadFieldOfATouchpoint) {
  for (const AppendCase& test : AppendCases()) {
    SCOPED_TRACE(test.desc);
    v1::AppendRequest request = Good();
    TextFormat::Parser parser;
    ASSERT_TRUE(parser.MergeFromString(test.touchpoint,
                                       request.mutable_touchpoints(0)));
    ExpectRefused(std::string(kTouchpointService) + "Append",
                  request.SerializeAsString(), test.fields);
  }
}

TEST_F(BadInputTest, TouchpointWithoutTimeSubjectOrPayloadNamesAll) {
  v1::AppendRequest request = Good();
  auto& touchpoint = *request.mutable_touchpoints(0);
  touchpoint.clear_occurred_at();
  touchpoint.clear_account_id();
  touchpoint.clear_contact_id();
  touchpoint.clear_payload();
  const grpc::Status status = Append(server_->client(), request).status;
  EXPECT_EQ(Reason(status), "VALIDATION_FAILED");
  EXPECT_EQ(BadFields(status).size(), 3) << status.error_message();
}

struct RequestCase {
  const char* desc;
  const char* method;
  std::string bytes;
  std::vector<std::string> fields;
};

// A request of tenant "acme", in text format but for that.
template <typename Request>
std::string Bytes(const std::string& text) {
  Request request;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &request)) << text;
  request.set_tenant_id(kTenant);
  return request.SerializeAsString();
}

TEST_F(BadInputTest, RequestsOfTouchpointsNameTheirBadFields) {
  v1::AppendRequest upper_case = Good();
  upper_case.set_tenant_id("Acme");
  const RequestCase cases[] = {
      {"empty append", "Append", "", {"tenant_id", "touchpoints"}},
      {"upper-case tenant",
       "Append",
       upper_case.SerializeAsString(),
       {"tenant_id"}},
      {"empty retract", "Retract", "", {"tenant_id", "targets"}},
      {"unset target",
       "Retract",
       Bytes<v1::RetractRequest>("targets {}"),
       {"targets[0].source", "targets[0].touchpoint_id"}},
      {"negative position",
       "Read",
       Bytes<v1::ReadRequest>("from_position: -1 max_events: -1"),
       {"from_position", "max_events"}},
      {"unknown order", "Read", Bytes<v1::ReadRequest>("order: 9"), {"order"}},
      {"bad filter",
       "Read",
       Bytes<v1::ReadRequest>(
           "filter { kinds: 1 occurred_from { seconds: -9 } }"),
       {"filter.kinds[0]", "filter.occurred_from"}},
      {"half a subject",
       "Read",
       Bytes<v1::ReadRequest>("subject { id: 'a' }"),
       {"subject.type"}},
      {"negative after",
       "Subscribe",
       Bytes<v1::SubscribeRequest>("after_position: -1"),
       {"after_position"}},
      {"after the head",
       "Subscribe",
       Bytes<v1::SubscribeRequest>("after_position: 1"),
       {"after_position"}},
  };
  for (const RequestCase& test : cases) {
    SCOPED_TRACE(test.desc);
    ExpectRefused(std::string(kTouchpointService) + test.method, test.bytes,
                  test.fields);
  }
}

TEST_F(BadInputTest, RequestsOfJourneysNameTheirBadFields) {
  const std::string subject =
      "subject { type: SUBJECT_TYPE_CONTACT id: 'ann' } ";
  const RequestCase cases[] = {
      {"no subject",
       "GetJourney",
       Bytes<v1::GetJourneyRequest>(""),
       {"subject.type", "subject.id"}},
      {"absurd as_of",
       "GetJourney",
       Bytes<v1::GetJourneyRequest>(subject +
                                    "as_of { seconds: 999999999999 }"),
       {"as_of"}},
      {"nothing to explain",
       "ExplainJourney",
       Bytes<v1::ExplainJourneyRequest>(""),
       {"subject.type", "subject.id"}},
      {"nobody's plan",
       "GetPlan",
       Bytes<v1::GetPlanRequest>("as_of { seconds: 999999999999 }"),
       {"subject.type", "subject.id", "as_of"}},
      {"nobody's contacts",
       "ListContacts",
       Bytes<v1::ListContactsRequest>("page_size: 1001"),
       {"subject.type", "subject.id", "page_size"}},
      {"absurd instant of segments",
       "CountSegments",
       Bytes<v1::CountSegmentsRequest>("as_of { seconds: 999999999999 }"),
       {"as_of"}},
      {"no subjects",
       "BatchGetJourneys",
       Bytes<v1::BatchGetJourneysRequest>(""),
       {"subjects"}},
      {"negative page",
       "ListJourneys",
       Bytes<v1::ListJourneysRequest>("page_size: -1"),
       {"page_size"}},
      {"large page",
       "ListJourneys",
       Bytes<v1::ListJourneysRequest>("page_size: 1001"),
       {"page_size"}},
      {"unknown status",
       "ListJourneys",
       Bytes<v1::ListJourneysRequest>("lead_status: 55"),
       {"lead_status"}},
      {"foreign token",
       "ListJourneys",
       Bytes<v1::ListJourneysRequest>("page_token: 'nonsense'"),
       {"page_token"}},
      {"long token",
       "GetTimeline",
       Bytes<v1::GetTimelineRequest>(subject + "page_token: '" +
                                     Times(core::kPageTokenBytesMax + 1) + "'"),
       {"page_token"}},
      {"unset link",
       "GetTimeline",
       Bytes<v1::GetTimelineRequest>(subject + "link {}"),
       {"link.type", "link.id"}},
  };
  for (const RequestCase& test : cases) {
    SCOPED_TRACE(test.desc);
    ExpectRefused(std::string(kJourneyService) + test.method, test.bytes,
                  test.fields);
  }
}

TEST_F(BadInputTest, RequestsOfDealsNameTheirBadFields) {
  const RequestCase cases[] = {
      {"no deal", "GetDeal", Bytes<v1::GetDealRequest>(""), {"deal_id"}},
      {"foreign token",
       "ListDeals",
       Bytes<v1::ListDealsRequest>("page_token: '\\001\\002'"),
       {"page_token"}},
      {"unknown reason",
       "ListStalledDeals",
       Bytes<v1::ListStalledDealsRequest>("reasons: 42"),
       {"reasons[0]"}},
      {"too many a column",
       "GetBoard",
       Bytes<v1::GetBoardRequest>("deals_per_column: 101"),
       {"deals_per_column"}},
  };
  for (const RequestCase& test : cases) {
    SCOPED_TRACE(test.desc);
    ExpectRefused(std::string(kDealService) + test.method, test.bytes,
                  test.fields);
  }
}

TEST_F(BadInputTest, RequestsOfTicketsNameTheirBadFields) {
  const RequestCase cases[] = {
      {"no ticket",
       "GetTicket",
       Bytes<v1::GetTicketRequest>(""),
       {"ticket_id"}},
      {"contradiction",
       "ListTickets",
       Bytes<v1::ListTicketsRequest>("open: true status: TICKET_STATUS_CLOSED"),
       {"open"}},
      {"foreign token",
       "ListTickets",
       Bytes<v1::ListTicketsRequest>("page_token: '\\001\\002'"),
       {"page_token"}},
  };
  for (const RequestCase& test : cases) {
    SCOPED_TRACE(test.desc);
    ExpectRefused(std::string(kTicketService) + test.method, test.bytes,
                  test.fields);
  }
}

TEST_F(BadInputTest, RequestsOfIdentityNameTheirBadFields) {
  const auto link = [](const std::string& from, const std::string& to) {
    return Bytes<v1::LinkRequest>(
        "source: 'crm' link_id: 'l' valid_from { seconds: 1 } from { type: "
        "SUBJECT_TYPE_" +
        from + " } to { type: SUBJECT_TYPE_" + to + " }");
  };
  const std::string merge =
      "source: 'crm' merge_id: 'm' occurred_at { seconds: 1 } ";
  const RequestCase cases[] = {
      {"empty link",
       "Link",
       "",
       {"tenant_id", "source", "link_id", "from.type", "from.id", "to.type",
        "to.id", "valid_from"}},
      {"link to itself",
       "Link",
       link("CONTACT id: 'c'", "CONTACT id: 'c'"),
       {"to"}},
      {"link to a narrower one",
       "Link",
       link("ACCOUNT id: 'a'", "CONTACT id: 'c'"),
       {"to"}},
      {"link of a deal",
       "Link",
       link("DEAL id: 'd'", "ACCOUNT id: 'a'"),
       {"from.type"}},
      {"link of placeholders",
       "Link",
       link("VISITOR id: '000'", "CONTACT id: 'anonymous'"),
       {"from.id", "to.id"}},
      {"empty unlink", "Unlink", "", {"tenant_id", "source", "link_id"}},
      {"merge with itself",
       "Merge",
       Bytes<v1::MergeRequest>(merge + "account_id: 'a' other_account_id: 'a'"),
       {"other_account_id"}},
      {"merge of placeholders",
       "Merge",
       Bytes<v1::MergeRequest>(merge +
                               "account_id: 'null' other_account_id: '-'"),
       {"account_id", "other_account_id"}},
      {"empty unmerge", "Unmerge", "", {"tenant_id", "source", "merge_id"}},
      {"resolve nobody",
       "Resolve",
       Bytes<v1::ResolveRequest>(""),
       {"subject.type", "subject.id"}},
  };
  for (const RequestCase& test : cases) {
    SCOPED_TRACE(test.desc);
    ExpectRefused(std::string(kIdentityService) + test.method, test.bytes,
                  test.fields);
  }
}

TEST_F(BadInputTest, RequestsOfSignalsNameTheirBadFields) {
  const std::vector<std::string> action = {"signal_id", "actor"};
  const RequestCase cases[] = {
      {"position",
       "WatchSignals",
       Bytes<v1::WatchSignalsRequest>("after_position: -1"),
       {"after_position"}},
      {"beyond the head",
       "WatchSignals",
       Bytes<v1::WatchSignalsRequest>("after_position: 1"),
       {"after_position"}},
      {"unknown segment",
       "ListSignals",
       Bytes<v1::ListSignalsRequest>("filter { segments: 42 }"),
       {"filter.segments[0]"}},
      {"foreign token",
       "ListSignals",
       Bytes<v1::ListSignalsRequest>("page_token: '\\001\\002'"),
       {"page_token"}},
      {"unknown priority",
       "ListTasks",
       Bytes<v1::ListTasksRequest>("priority_min: 42"),
       {"priority_min"}},
      {"empty acknowledgement", "Acknowledge",
       Bytes<v1::AcknowledgeRequest>(""), action},
      {"empty finish", "Finish", Bytes<v1::FinishRequest>(""), action},
      {"empty dismissal", "Dismiss", Bytes<v1::DismissRequest>(""), action},
      {"empty snooze",
       "Snooze",
       Bytes<v1::SnoozeRequest>(""),
       {"signal_id", "actor", "until"}},
  };
  for (const RequestCase& test : cases) {
    SCOPED_TRACE(test.desc);
    ExpectRefused(std::string(kSignalService) + test.method, test.bytes,
                  test.fields);
  }
}

TEST_F(BadInputTest, TooMuchIsRefused) {
  v1::AppendRequest many;
  many.set_tenant_id(kTenant);
  for (int i = 0; i <= core::kBatchTouchpointsMax; ++i) {
    *many.add_touchpoints() = Call(std::to_string(i));
  }
  const std::string append = std::string(kTouchpointService) + "Append";
  ExpectRefused(append, many.SerializeAsString(), {"touchpoints"});

  // Within the bound of a message, but not of a batch.
  v1::AppendRequest large;
  large.set_tenant_id(kTenant);
  for (int i = 0; i < 300; ++i) {
    v1::Touchpoint touchpoint = Call(std::to_string(i));
    (*touchpoint.mutable_attributes()->mutable_fields())["x"].set_string_value(
        Times(15'000));
    *large.add_touchpoints() = touchpoint;
  }
  ASSERT_LT(large.ByteSizeLong(), core::kMessageBytesMax);
  ExpectRefused(append, large.SerializeAsString(), {"touchpoints"});

  ExpectRefused(append, Times(core::kMessageBytesMax + 1), {"request"});
}

TEST_F(BadInputTest, BytesThatAreNoMessageAreBlamedOnTheirField) {
  const std::string append = std::string(kTouchpointService) + "Append";
  std::string bytes = Good().SerializeAsString();
  const size_t account = bytes.find("globex");
  ASSERT_NE(account, std::string::npos);
  bytes[account] = '\xff';
  ExpectRefused(append, bytes, {"touchpoints[0].account_id"});
  ExpectRefused(append, "\xff\xff\xff\xff", {"request"});

  v1::AppendRequest deep = Good();
  google::protobuf::Value* value = &(*deep.mutable_touchpoints(0)
                                          ->mutable_attributes()
                                          ->mutable_fields())["x"];
  for (int i = 0; i < 20; ++i) {
    value = value->mutable_list_value()->add_values();
  }
  value->set_bool_value(true);
  ExpectRefused(append, deep.SerializeAsString(),
                {"touchpoints[0].attributes"});
}

TEST_F(BadInputTest, UnknownFieldsOfNewerClientsAreKept) {
  TestServer server;
  // Field 1000, varint 7, at the end of the only touchpoint.
  v1::AppendRequest request = Good();
  auto& touchpoint = *request.mutable_touchpoints(0);
  touchpoint.GetReflection()
      ->MutableUnknownFields(&touchpoint)
      ->AddVarint(1000, 7);
  ASSERT_TRUE(Append(server.client(), request).status.ok());
  v1::ReadRequest read;
  read.set_tenant_id(kTenant);
  const auto events = Read(server.client(), read).response;
  ASSERT_EQ(events.size(), 1);
  EXPECT_EQ(events[0].touchpoint().SerializeAsString(),
            touchpoint.SerializeAsString());
}

}  // namespace
}  // namespace journey::testing
