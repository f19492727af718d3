#include "service/rpc/query_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/text_format.h"
#include "service/core/limits.h"

namespace journey::rpc {
namespace {

using google::protobuf::TextFormat;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

template <typename Request>
std::string Message(const std::string& text) {
  Request request;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &request)) << text;
  return std::string(Check(request).message());
}

constexpr char kSubject[] =
    "tenant_id: 'acme' subject { type: SUBJECT_TYPE_CONTACT id: 'ann' } ";
constexpr char kTenant[] = "tenant_id: 'acme' ";

TEST(QueryChecksTest, GoodRequestsPass) {
  EXPECT_EQ(Message<v1::GetJourneyRequest>(kSubject), "");
  EXPECT_EQ(Message<v1::ExplainJourneyRequest>(kSubject), "");
  EXPECT_EQ(Message<v1::ListContactsRequest>(kSubject), "");
  EXPECT_EQ(Message<v1::GetPlanRequest>(kSubject), "");
  EXPECT_EQ(
      Message<v1::GetTimelineRequest>(
          std::string(kSubject) + "kinds: TOUCHPOINT_KIND_CALL page_size: 1000 "
                                  "link { type: LINK_TYPE_CASE id: 'c' }"),
      "");
  EXPECT_EQ(Message<v1::ListJourneysRequest>(std::string(kTenant) +
                                             "lead_status: LEAD_STATUS_MQL "
                                             "behaviour_score { min: 50 } "
                                             "fit_score { min: -1 max: -1 } "
                                             "as_of { seconds: 1 }"),
            "");
  EXPECT_EQ(Message<v1::ListDealsRequest>(kTenant), "");
  EXPECT_EQ(Message<v1::ListStalledDealsRequest>(kTenant), "");
  EXPECT_EQ(Message<v1::GetBoardRequest>(kTenant), "");
  EXPECT_EQ(Message<v1::ListTicketsRequest>(
                std::string(kSubject) +
                "open: true status: TICKET_STATUS_WAITING_ON_CUSTOMER "
                "status_since_by { seconds: 1 } severity: SEVERITY_LOW "
                "type: TYPE_REQUEST"),
            "");
  EXPECT_EQ(Message<v1::CountSegmentsRequest>(kTenant), "");
  EXPECT_EQ(Message<v1::GetStatusRequest>(""), "");
  EXPECT_EQ(Message<v1::ResolveRequest>(kSubject), "");
  EXPECT_EQ(Message<v1::DiffJourneyRequest>(std::string(kSubject) +
                                            "from { seconds: 1 }"),
            "");
}

TEST(QueryChecksTest, BadFieldIsNamed) {
  const std::string tenant = kTenant;
  const std::string subject = kSubject;
  EXPECT_THAT(Message<v1::GetJourneyRequest>(""), StartsWith("tenant_id"));
  EXPECT_THAT(Message<v1::GetJourneyRequest>(tenant), StartsWith("subject"));
  EXPECT_THAT(Message<v1::CountSegmentsRequest>(""), StartsWith("tenant_id"));
  EXPECT_THAT(Message<v1::CountSegmentsRequest>(tenant + "as_of {seconds: -1}"),
              StartsWith("as_of"));
  EXPECT_THAT(Message<v1::ListJourneysRequest>(tenant + "segment: 77"),
              StartsWith("segment"));
  EXPECT_THAT(Message<v1::GetJourneyRequest>(subject + "as_of {seconds: -1}"),
              StartsWith("as_of"));
  EXPECT_THAT(Message<v1::GetJourneyRequest>(subject + "known_at {nanos: -1}"),
              StartsWith("known_at"));
  EXPECT_THAT(Message<v1::GetTimelineRequest>(subject + "known_at {nanos: -1}"),
              StartsWith("known_at"));
  EXPECT_THAT(Message<v1::DiffJourneyRequest>(subject), StartsWith("from"));
  EXPECT_THAT(Message<v1::DiffJourneyRequest>(
                  subject + "from {seconds: 1} to {seconds: -1}"),
              StartsWith("to"));
  EXPECT_THAT(Message<v1::DiffJourneyRequest>(
                  subject + "from {seconds: 2} to {seconds: 1}"),
              StartsWith("from"));
  EXPECT_THAT(Message<v1::ExplainJourneyRequest>(tenant),
              StartsWith("subject"));
  EXPECT_THAT(
      Message<v1::ExplainJourneyRequest>(subject + "as_of {seconds: -1}"),
      StartsWith("as_of"));
  EXPECT_THAT(Message<v1::ListContactsRequest>(tenant), StartsWith("subject"));
  EXPECT_THAT(Message<v1::ListContactsRequest>(subject + "page_size: -1"),
              StartsWith("page_size"));
  EXPECT_THAT(Message<v1::GetPlanRequest>(tenant), StartsWith("subject"));
  EXPECT_THAT(Message<v1::GetPlanRequest>(subject + "as_of {seconds: -1}"),
              StartsWith("as_of"));
  EXPECT_THAT(Message<v1::BatchGetJourneysRequest>(tenant),
              StartsWith("subjects"));
  EXPECT_THAT(Message<v1::BatchGetJourneysRequest>(tenant + "subjects {}"),
              StartsWith("subjects[0]"));
  EXPECT_THAT(Message<v1::ListJourneysRequest>(tenant + "lead_status: 99"),
              StartsWith("lead_status"));
  EXPECT_THAT(Message<v1::ListJourneysRequest>(tenant + "subject_type: 99"),
              StartsWith("subject_type"));
  EXPECT_THAT(Message<v1::ListJourneysRequest>(
                  tenant + "behaviour_score { min: 2 max: 1 }"),
              StartsWith("behaviour_score"));
  EXPECT_THAT(
      Message<v1::ListJourneysRequest>(tenant + "fit_score { max: nan }"),
      StartsWith("fit_score"));
  EXPECT_THAT(Message<v1::ListJourneysRequest>(tenant + "page_size: -1"),
              StartsWith("page_size"));
  EXPECT_THAT(Message<v1::GetTimelineRequest>(subject + "kinds: 0"),
              StartsWith("kinds[0]"));
  EXPECT_THAT(Message<v1::GetTimelineRequest>(subject + "link {}"),
              StartsWith("link.type"));
  EXPECT_THAT(Message<v1::GetDealRequest>(tenant), StartsWith("deal_id"));
  EXPECT_THAT(Message<v1::ListDealsRequest>(tenant + "status: 99"),
              StartsWith("status"));
  EXPECT_THAT(Message<v1::ListStalledDealsRequest>(tenant + "reasons: 99"),
              StartsWith("reasons[0]"));
  EXPECT_THAT(Message<v1::GetBoardRequest>(tenant + "deals_per_column: 101"),
              StartsWith("deals_per_column"));
  EXPECT_THAT(Message<v1::GetTicketRequest>(tenant), StartsWith("ticket_id"));
  for (const char* status : {"RESOLVED", "CLOSED"}) {
    EXPECT_THAT(Message<v1::ListTicketsRequest>(
                    tenant + "open: true status: TICKET_STATUS_" + status),
                StartsWith("open: contradicts `status`"));
  }
  for (const char* field : {"status", "severity", "type", "page_size"}) {
    EXPECT_THAT(Message<v1::ListTicketsRequest>(tenant + field + ": 9999"),
                StartsWith(field));
  }
  for (const char* field : {"status_since_by", "as_of"}) {
    EXPECT_THAT(
        Message<v1::ListTicketsRequest>(tenant + field + " { seconds: -1 }"),
        StartsWith(field));
  }
  EXPECT_THAT(Message<v1::ListTicketsRequest>(tenant + "subject { id: 'a' }"),
              StartsWith("subject"));
  EXPECT_THAT(Message<v1::GetStatusRequest>("tenant_id: 'A B'"),
              StartsWith("tenant_id"));
  EXPECT_THAT(Message<v1::ResolveRequest>(tenant), StartsWith("subject"));
  EXPECT_THAT(Message<v1::ResolveRequest>(subject + "as_of {seconds: -1}"),
              StartsWith("as_of"));
  const std::string known_at = "known_at {nanos: -1}";
  EXPECT_THAT(Message<v1::ResolveRequest>(subject + known_at),
              StartsWith("known_at"));
  EXPECT_THAT(Message<v1::GetJourneyRequest>(subject + known_at),
              StartsWith("known_at"));
  EXPECT_THAT(Message<v1::GetTimelineRequest>(subject + known_at),
              StartsWith("known_at"));
  EXPECT_THAT(Message<v1::GetDealRequest>(tenant + "deal_id: 'd' " + known_at),
              StartsWith("known_at"));
}

TEST(QueryChecksTest, RefusedValueIsEchoed) {
  const std::string tenant = kTenant;
  const std::string subject = kSubject;
  EXPECT_THAT(Message<v1::GetStatusRequest>("tenant_id: 'A B'"),
              EndsWith(", is \"A B\""));
  EXPECT_THAT(Message<v1::GetJourneyRequest>(subject + "as_of {seconds: -7}"),
              EndsWith(", is -7 seconds after 1970 began"));
  EXPECT_EQ(Message<v1::ListJourneysRequest>(tenant + "subject_type: 99"),
            "subject_type: must be one of SUBJECT_TYPE_ACCOUNT, "
            "SUBJECT_TYPE_CONTACT, SUBJECT_TYPE_VISITOR or SUBJECT_TYPE_DEAL, "
            "is 99");
  EXPECT_THAT(Message<v1::ListDealsRequest>(tenant + "status: 98"),
              EndsWith(", is 98"));
  EXPECT_THAT(Message<v1::ListStalledDealsRequest>(tenant + "reasons: 97"),
              EndsWith(", is 97"));
  EXPECT_THAT(Message<v1::GetTimelineRequest>(subject + "kinds: 96"),
              EndsWith(", is 96"));
  EXPECT_EQ(Message<v1::ListJourneysRequest>(tenant +
                                             "fit_score { min: 3.5 max: 2 }"),
            "fit_score: is 3.5 to 2; no score is within");
  EXPECT_THAT(
      Message<v1::ListJourneysRequest>(tenant + "fit_score { min: nan }"),
      EndsWith(", is nan to 0"));
  EXPECT_THAT(Message<v1::ListDealsRequest>(
                  tenant + "page_token: '" +
                  std::string(core::kPageTokenBytesMax + 1, 'x') + "'"),
              HasSubstr(", is 4097;"));
}

TEST(QueryChecksTest, TooManyFilterValuesAreRefused) {
  v1::GetTimelineRequest request;
  ASSERT_TRUE(TextFormat::ParseFromString(kSubject, &request));
  for (int i = 0; i <= core::kFilterValuesMax; ++i) {
    request.add_kinds(v1::TOUCHPOINT_KIND_CALL);
  }
  EXPECT_THAT(std::string(Check(request).message()), StartsWith("kinds: "));
}

}  // namespace
}  // namespace journey::rpc
