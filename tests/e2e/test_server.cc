#include "tests/e2e/test_server.h"

#include <gtest/gtest.h>

#include <utility>

namespace journey::testing {

Client::Client(const std::string& address) {
  grpc::ChannelArguments arguments;
  // Otherwise clients of one process share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  channel = grpc::CreateCustomChannel(
      address, grpc::InsecureChannelCredentials(), arguments);
  touchpoints = v1::TouchpointService::NewStub(channel);
  journeys = v1::JourneyService::NewStub(channel);
  deals = v1::DealService::NewStub(channel);
  tickets = v1::TicketService::NewStub(channel);
  identity = v1::IdentityService::NewStub(channel);
  signals = v1::SignalService::NewStub(channel);
  admin = v1::AdminService::NewStub(channel);
}

TestServer::TestServer(const Change& change) : change_(change) { Start(); }

void TestServer::Restart() {
  client_.reset();
  const absl::Status stopped = server_->Stop();
  EXPECT_TRUE(stopped.ok()) << stopped;
  server_.reset();
  Start();
}

void TestServer::Start() {
  server::ServerOptions options;
  options.config.data_dir = dir_.Join("data");
  options.config.rules = JOURNEY_RULES_FILE;
  options.config.listen = "127.0.0.1:0";
  options.config.metrics_listen = server::kMetricsOff;
  options.logger = &logger_;
  options.clock = &clock_;
  options.on_fatal = [](const absl::Status& status) {
    ADD_FAILURE() << "the log has failed: " << status;
  };
  change_(options);
  auto started = server::Server::Start(std::move(options));
  if (!started.ok()) {
    ADD_FAILURE() << started.status();
    std::abort();
  }
  server_ = *std::move(started);
  client_ = std::make_unique<Client>(server_->grpc_address());
}

}  // namespace journey::testing
