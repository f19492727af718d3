// Every unary query goes to the view that it is named after, and is counted.
#include <functional>
#include <string>

#include "google/protobuf/text_format.h"
#include "tests/rpc/rpc_fixture.h"

namespace journey::testing {
namespace {

constexpr char kTenant[] = "tenant_id: 'acme' ";
constexpr char kSubject[] =
    "tenant_id: 'acme' subject { type: SUBJECT_TYPE_CONTACT id: 'ann' } ";

// The mark that FakeViews gives an answer.
template <typename Response>
int64_t MarkOf(const Response& response) {
  return response.log_position();
}
int64_t MarkOf(const v1::ListSignalsResponse& response) {
  return response.signal_position();
}
int64_t MarkOf(const v1::ListTasksResponse& response) {
  return std::stoll(response.next_page_token());
}
int64_t MarkOf(const v1::GetStatusResponse& response) {
  return response.tenant_count();
}

// Asks, and returns the mark of the answer.
using Query = std::function<int64_t()>;

template <typename Stub, typename Request, typename Response>
Query Ask(const std::unique_ptr<Stub>& stub,
          grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&,
                                    Response*),
          const std::string& text) {
  return [stub = stub.get(), rpc, text] {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request));
    grpc::ClientContext context;
    Response response;
    const grpc::Status status = (stub->*rpc)(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return status.ok() ? MarkOf(response) : 0;
  };
}

struct Case {
  rpc::Method method;
  Query query;
};

TEST_F(RpcTest, UnaryQueryIsAnsweredByItsViewAndCounted) {
  using rpc::Method;
  using Journeys = v1::JourneyService::Stub;
  using Deals = v1::DealService::Stub;
  using Tickets = v1::TicketService::Stub;
  using Signals = v1::SignalService::Stub;
  const auto journeys = v1::JourneyService::NewStub(channel_);
  const auto deals = v1::DealService::NewStub(channel_);
  const auto tickets = v1::TicketService::NewStub(channel_);
  const auto identity = v1::IdentityService::NewStub(channel_);
  const auto signals = v1::SignalService::NewStub(channel_);
  const auto admin = v1::AdminService::NewStub(channel_);
  const std::string tenant = kTenant;
  const std::string subject = kSubject;
  const Case cases[] = {
      {Method::kGetJourney, Ask(journeys, &Journeys::GetJourney, subject)},
      {Method::kBatchGetJourneys,
       Ask(journeys, &Journeys::BatchGetJourneys,
           tenant + "subjects { type: SUBJECT_TYPE_CONTACT id: 'ann' }")},
      {Method::kListJourneys, Ask(journeys, &Journeys::ListJourneys, tenant)},
      {Method::kGetTimeline, Ask(journeys, &Journeys::GetTimeline, subject)},
      {Method::kDiffJourney,
       Ask(journeys, &Journeys::DiffJourney, subject + "from { seconds: 1 }")},
      {Method::kExplainJourney,
       Ask(journeys, &Journeys::ExplainJourney, subject)},
      {Method::kListContacts, Ask(journeys, &Journeys::ListContacts, subject)},
      {Method::kGetPlan, Ask(journeys, &Journeys::GetPlan, subject)},
      {Method::kCountSegments, Ask(journeys, &Journeys::CountSegments, tenant)},
      {Method::kGetDeal,
       Ask(deals, &Deals::GetDeal, tenant + "deal_id: 'known'")},
      {Method::kListDeals, Ask(deals, &Deals::ListDeals, tenant)},
      {Method::kListStalledDeals, Ask(deals, &Deals::ListStalledDeals, tenant)},
      {Method::kGetBoard, Ask(deals, &Deals::GetBoard, tenant)},
      {Method::kGetTicket,
       Ask(tickets, &Tickets::GetTicket, tenant + "ticket_id: 'known'")},
      {Method::kListTickets, Ask(tickets, &Tickets::ListTickets, tenant)},
      {Method::kResolve,
       Ask(identity, &v1::IdentityService::Stub::Resolve, subject)},
      {Method::kListSignals, Ask(signals, &Signals::ListSignals, tenant)},
      {Method::kListTasks, Ask(signals, &Signals::ListTasks, tenant)},
      {Method::kGetStatus, Ask(admin, &v1::AdminService::Stub::GetStatus, "")},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(rpc::kMethods[static_cast<size_t>(test.method)].name);
    EXPECT_EQ(test.query(), FakeViews::kMark);
    const auto& stats = stats_.of(test.method);
    EXPECT_EQ(stats.started, 1);
    EXPECT_EQ(stats.handled[0], 1);
  }
}

}  // namespace
}  // namespace journey::testing
