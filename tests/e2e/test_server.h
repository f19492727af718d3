// A server in this process, on a free port, with a clock that the test sets.
#ifndef TESTS_E2E_TEST_SERVER_H_
#define TESTS_E2E_TEST_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "journey/v1/admin_service.grpc.pb.h"
#include "journey/v1/deal_service.grpc.pb.h"
#include "journey/v1/identity_service.grpc.pb.h"
#include "journey/v1/journey_service.grpc.pb.h"
#include "journey/v1/signal_service.grpc.pb.h"
#include "journey/v1/ticket_service.grpc.pb.h"
#include "journey/v1/touchpoint_service.grpc.pb.h"
#include "service/server/server.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {

// The stubs of one connection.
struct Client {
  explicit Client(const std::string& address);

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::TouchpointService::Stub> touchpoints;
  std::unique_ptr<v1::JourneyService::Stub> journeys;
  std::unique_ptr<v1::DealService::Stub> deals;
  std::unique_ptr<v1::TicketService::Stub> tickets;
  std::unique_ptr<v1::IdentityService::Stub> identity;
  std::unique_ptr<v1::SignalService::Stub> signals;
  std::unique_ptr<v1::AdminService::Stub> admin;
};

class TestServer {
 public:
  using Change = std::function<void(server::ServerOptions&)>;

  // `change` may alter the options before the start.
  explicit TestServer(const Change& change = [](auto&) {});

  // Stops and starts again on the same directory, and connects anew.
  void Restart();

  [[nodiscard]] Client& client() { return *client_; }
  [[nodiscard]] server::Server& server() { return *server_; }
  [[nodiscard]] ManualClock& clock() { return clock_; }

 private:
  void Start();

  TempDir dir_;
  ManualClock clock_;
  server::Logger logger_{server::LogFormat::kText, "error"};
  const Change change_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<Client> client_;
};

}  // namespace journey::testing

#endif  // TESTS_E2E_TEST_SERVER_H_
