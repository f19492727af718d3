// The server around the API: health, reflection, metrics, overload, start.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/server/version.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/http_get.h"
#include "tests/e2e/raw_call.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kReflection[] =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

// grpc.health.v1.HealthCheckRequest: field 1, the service.
std::string HealthRequest(const std::string& service) {
  return std::string("\x0a") + static_cast<char>(service.size()) + service;
}

TEST(ServiceTest, HealthTellsThatEachServiceServes) {
  TestServer server;
  for (const char* service :
       {"", "journey.v1.TouchpointService", "journey.v1.JourneyService",
        "journey.v1.IdentityService", "journey.v1.TicketService",
        "journey.v1.SignalService"}) {
    SCOPED_TRACE(service);
    std::string answer;
    ASSERT_TRUE(RawCall(server.client().channel, kHealthCheck,
                        HealthRequest(service), &answer)
                    .ok());
    // Field 1, SERVING.
    EXPECT_EQ(answer, "\x08\x01");
  }
  EXPECT_EQ(RawCall(server.client().channel, kHealthCheck,
                    HealthRequest("nobody"), nullptr)
                .error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST(ServiceTest, ReflectionListsTheServices) {
  TestServer server;
  std::string answer;
  // Field 7, list_services.
  ASSERT_TRUE(RawCall(server.client().channel, kReflection,
                      std::string("\x3a\x01*", 3), &answer)
                  .ok());
  EXPECT_THAT(answer, HasSubstr("journey.v1.TouchpointService"));
  EXPECT_THAT(answer, HasSubstr("journey.v1.JourneyService"));
  EXPECT_THAT(answer, HasSubstr("journey.v1.DealService"));
  EXPECT_THAT(answer, HasSubstr("journey.v1.TicketService"));
  EXPECT_THAT(answer, HasSubstr("journey.v1.IdentityService"));
  EXPECT_THAT(answer, HasSubstr("journey.v1.SignalService"));
  EXPECT_THAT(answer, HasSubstr("journey.v1.AdminService"));
}

TEST(ServiceTest, ListsAreOverloadedWhenTooManyWait) {
  TestServer server([](auto& options) { options.queries_queued_max = 0; });
  const grpc::Status status = ListDeals(server.client()).status;
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Reason(status), "OVERLOADED");
  EXPECT_TRUE(HasRetryInfo(status));
  // A single journey does not wait in that queue.
  EXPECT_EQ(Reason(GetAccount(server.client(), "globex").status),
            "SUBJECT_NOT_FOUND");
}

TEST(ServiceTest, StatusTellsWhatIsHeld) {
  TestServer server;
  Client& client = server.client();
  ASSERT_TRUE(Append(client, Batch({Call("1"), Call("2")})).status.ok());
  v1::GetStatusRequest request;
  request.set_tenant_id(kTenant);
  v1::GetStatusResponse status;
  grpc::ClientContext context;
  ASSERT_TRUE(client.admin->GetStatus(&context, request, &status).ok());
  EXPECT_EQ(status.event_count(), 2);
  EXPECT_EQ(status.view_lag_events(), 0);
  EXPECT_EQ(status.log_group(), status.view_group());
  EXPECT_EQ(status.tenant_count(), 1);
  EXPECT_EQ(status.tenant().head_position(), 2);
  EXPECT_EQ(status.tenant().journey_count(), 1);
  EXPECT_FALSE(status.version().empty());
  EXPECT_FALSE(status.rule_set_id().empty());
  EXPECT_GT(status.log_bytes(), 0);
}

TEST(ServiceTest, SecondServerOnADirectoryIsRefused) {
  TempDir dir;
  const auto use_dir = [&](server::ServerOptions& options) {
    options.config.data_dir = dir.Join("data");
  };
  TestServer server(use_dir);
  server::Logger logger(server::LogFormat::kText, "off");
  server::ServerOptions options;
  options.config.rules = JOURNEY_RULES_FILE;
  options.config.listen = "127.0.0.1:0";
  options.config.metrics_listen = server::kMetricsOff;
  options.logger = &logger;
  use_dir(options);
  const auto second = server::Server::Start(std::move(options));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("open"));
}

// How a server that listens there fails to start.
absl::Status StartOn(const std::string& listen,
                     const std::string& metrics_listen) {
  TempDir dir;
  server::Logger logger(server::LogFormat::kText, "off");
  server::ServerOptions options;
  options.config.data_dir = dir.Join("data");
  options.config.rules = JOURNEY_RULES_FILE;
  options.config.listen = listen;
  options.config.metrics_listen = metrics_listen;
  options.logger = &logger;
  return server::Server::Start(std::move(options)).status();
}

TEST(ServiceTest, TakenPortIsAClearError) {
  TestServer server;
  const std::string taken = server.server().grpc_address();
  EXPECT_EQ(StartOn(taken, server::kMetricsOff),
            absl::UnavailableError(absl::StrCat(
                "cannot listen on ", taken,
                ": the address is taken or not of this machine (see "
                "--listen)")));
  EXPECT_EQ(StartOn("127.0.0.1:0", taken),
            absl::UnavailableError(absl::StrCat(
                "cannot listen on ", taken,
                ": the address is taken or not of this machine (see "
                "--metrics-listen)")));
}

// Names in the first column of the tables of docs/METRICS.md.
std::set<std::string> DocumentedMetrics() {
  std::ifstream file(JOURNEY_METRICS_DOC);
  std::set<std::string> names;
  const std::regex row("^\\| `([a-z0-9_]+)` \\|.*");
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_match(line, match, row)) names.insert(match[1]);
  }
  return names;
}

std::set<std::string> ServedMetrics(const std::string& text) {
  std::set<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, keyword, name;
    words >> hash >> keyword >> name;
    if (hash == "#" && keyword == "TYPE") names.insert(name);
  }
  return names;
}

TEST(ServiceTest, MetricsAreThoseOfTheDocument) {
  TestServer server(
      [](auto& options) { options.config.metrics_listen = "127.0.0.1:0"; });
  Client& client = server.client();
  ASSERT_TRUE(Append(client, Batch({Call("1")})).status.ok());
  ASSERT_TRUE(Append(client, Batch({Call("1")})).status.ok());
  EXPECT_FALSE(Append(client, Batch({})).status.ok());
  const std::string text =
      HttpGet(server.server().metrics_address(), "/metrics");
  EXPECT_EQ(ServedMetrics(text), DocumentedMetrics());
  EXPECT_THAT(text, HasSubstr("journey_repeated_events_total 1"));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("journey_build_info{version=\"",
                                           server::Version(), "\",revision=\"",
                                           server::Revision(), "\"} 1")));
  EXPECT_THAT(text, HasSubstr("journey_log_events 1"));
  EXPECT_THAT(text, HasSubstr("journey_rejected_total{reason="
                              "\"VALIDATION_FAILED\"} 1"));
  EXPECT_THAT(
      text,
      HasSubstr("grpc_server_handled_total{grpc_type=\"unary\",grpc_service="
                "\"journey.v1.TouchpointService\",grpc_method=\"Append\","
                "grpc_code=\"OK\"} 2"));
}

}  // namespace
}  // namespace journey::testing
