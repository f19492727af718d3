#include "tests/data/real_server.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "absl/strings/str_replace.h"

namespace journey::testing {
namespace {

constexpr char kTenantId[] = "real";
constexpr int kPageSize = 1000;
constexpr int kMessageBytesMax = 256 * 1024 * 1024;

// Writes the rule set as it is to be used; returns the path.
std::string WriteRules(const TempDir& directory, const std::string& rule_set,
                       const RealServer::Replacements& replacements) {
  std::string text =
      ReadFile(JOURNEY_SOURCE_DIR "/deploy/rules/" + rule_set + ".yaml");
  for (const auto& [before, after] : replacements) {
    EXPECT_EQ(absl::StrReplaceAll({{before, after}}, &text), 1) << before;
  }
  std::string path = directory.Join(rule_set + ".yaml");
  std::ofstream(path) << text;
  return path;
}

std::vector<std::string> ServerArguments(const TempDir& directory,
                                         const std::string& rules_file) {
  return {
      "--data-dir", directory.Join("data"), "--rules",          rules_file,
      "--listen",   "127.0.0.1:0",          "--metrics-listen", "127.0.0.1:0"};
}

// Follows the page tokens; `add` takes the rows of one answer.
template <typename Response, typename Stub, typename Request, typename Add>
void FetchAll(Stub& stub,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                           Response*),
              Request request, Add add) {
  request.set_tenant_id(kTenantId);
  request.set_page_size(kPageSize);
  do {
    grpc::ClientContext context;
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    add(response);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
}

}  // namespace

RealServer::RealServer(const std::string& rule_set,
                       const Replacements& replacements)
    : process_(ServerArguments(directory_,
                               WriteRules(directory_, rule_set, replacements)),
               directory_.Join("journeyd.log")) {
  ready_ = !process_.WaitUntilReady().empty();
  EXPECT_TRUE(ready_) << ReadFile(directory_.Join("journeyd.log"));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  const auto channel = grpc::CreateCustomChannel(
      process_.grpc_address(), grpc::InsecureChannelCredentials(), arguments);
  journeys_ = v1::JourneyService::NewStub(channel);
  deals_ = v1::DealService::NewStub(channel);
  tickets_ = v1::TicketService::NewStub(channel);
  touchpoints_ = v1::TouchpointService::NewStub(channel);
}

std::unique_ptr<ChildProcess> RealServer::Start(
    std::vector<std::string> arguments) const {
  std::vector<std::string> all = {JOURNEYCTL_PATH, "--server",
                                  process_.grpc_address(), "--tenant",
                                  kTenantId};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return std::make_unique<ChildProcess>(all, directory_.path());
}

CtlResult RealServer::Run(std::vector<std::string> arguments) const {
  const auto child = Start(std::move(arguments));
  CtlResult result;
  result.code = child->Wait();
  result.out = child->out();
  result.err = child->err();
  return result;
}

CtlResult RealServer::Import(const std::string& mapping,
                             const std::string& file) const {
  return Run({"import", "--sql",
              JOURNEY_SOURCE_DIR "/deploy/mappings/" + mapping + ".sql", file});
}

std::vector<v1::Journey> RealServer::ListJourneys(
    v1::ListJourneysRequest request) {
  std::vector<v1::Journey> all;
  FetchAll(*journeys_, &v1::JourneyService::Stub::ListJourneys,
           std::move(request), [&all](const v1::ListJourneysResponse& page) {
             all.insert(all.end(), page.journeys().begin(),
                        page.journeys().end());
           });
  return all;
}

std::vector<v1::Deal> RealServer::ListDeals(v1::ListDealsRequest request) {
  std::vector<v1::Deal> all;
  FetchAll(*deals_, &v1::DealService::Stub::ListDeals, std::move(request),
           [&all](const v1::ListDealsResponse& page) {
             all.insert(all.end(), page.deals().begin(), page.deals().end());
           });
  return all;
}

std::vector<v1::StalledDeal> RealServer::ListStalledDeals(
    v1::ListStalledDealsRequest request) {
  std::vector<v1::StalledDeal> all;
  FetchAll(*deals_, &v1::DealService::Stub::ListStalledDeals,
           std::move(request),
           [&all](const v1::ListStalledDealsResponse& page) {
             all.insert(all.end(), page.stalled_deals().begin(),
                        page.stalled_deals().end());
           });
  return all;
}

std::vector<v1::Ticket> RealServer::ListTickets(
    v1::ListTicketsRequest request) {
  std::vector<v1::Ticket> all;
  FetchAll(*tickets_, &v1::TicketService::Stub::ListTickets, std::move(request),
           [&all](const v1::ListTicketsResponse& page) {
             all.insert(all.end(), page.tickets().begin(),
                        page.tickets().end());
           });
  return all;
}

std::vector<v1::Event> RealServer::Read(v1::ReadRequest request) {
  request.set_tenant_id(kTenantId);
  grpc::ClientContext context;
  const auto stream = touchpoints_->Read(&context, request);
  std::vector<v1::Event> all;
  v1::ReadResponse response;
  while (stream->Read(&response)) {
    all.insert(all.end(), response.events().begin(), response.events().end());
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  return all;
}

std::map<v1::Segment, int64_t> RealServer::CountSegments(
    v1::CountSegmentsRequest request) {
  request.set_tenant_id(kTenantId);
  grpc::ClientContext context;
  v1::CountSegmentsResponse response;
  const grpc::Status status =
      journeys_->CountSegments(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  std::map<v1::Segment, int64_t> out;
  for (const v1::SegmentCount& count : response.counts()) {
    out[count.segment()] = count.journey_count();
  }
  return out;
}

void RealServer::WaitForFirstEvent() {
  v1::SubscribeRequest request;
  request.set_tenant_id(kTenantId);
  grpc::ClientContext context;
  const auto stream = touchpoints_->Subscribe(&context, request);
  v1::SubscribeResponse response;
  while (stream->Read(&response) && !response.has_events()) {
  }
  context.TryCancel();
  (void)stream->Finish();
}

}  // namespace journey::testing
