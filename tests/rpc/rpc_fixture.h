// The handlers over fakes, behind a real gRPC server.
#ifndef TESTS_RPC_RPC_FIXTURE_H_
#define TESTS_RPC_RPC_FIXTURE_H_

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "service/core/time.h"
#include "service/rpc/admin_handler.h"
#include "service/rpc/deal_handler.h"
#include "service/rpc/environment.h"
#include "service/rpc/identity_handler.h"
#include "service/rpc/journey_handler.h"
#include "service/rpc/signal_handler.h"
#include "service/rpc/ticket_handler.h"
#include "service/rpc/touchpoint_handler.h"
#include "tests/rpc/fake_writers.h"
#include "tests/rpc/fakes.h"
#include "tests/support/manual_clock.h"

namespace journey::testing {

inline v1::Touchpoint Visit(const std::string& id) {
  v1::Touchpoint touchpoint;
  touchpoint.set_source("web");
  touchpoint.set_touchpoint_id(id);
  touchpoint.set_contact_id("ann");
  *touchpoint.mutable_occurred_at() =
      core::ToTimestamp(ManualClock::kStart - core::kMicrosPerDay);
  touchpoint.mutable_site_visit()->set_url("https://example.com/");
  return touchpoint;
}

// The reason of an error's ErrorInfo; "" where there is not exactly one.
inline std::string ReasonOf(const google::rpc::Status& status) {
  std::string reason;
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    if (!detail.UnpackTo(&info)) continue;
    if (!reason.empty()) return "";
    reason = info.reason();
  }
  return reason;
}

inline std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  (void)details.ParseFromString(status.error_details());
  return ReasonOf(details);
}

class RpcTest : public ::testing::Test {
 protected:
  RpcTest() : RpcTest(10, 256) {}
  RpcTest(int read_streams_max, size_t queries_queued_max)
      : streams_(read_streams_max), query_pool_(1, queries_queued_max) {
    env_.log = &log_;
    env_.writer = &writer_;
    env_.announcer = &announcer_;
    env_.views = &views_;
    env_.clock = &clock_;
    env_.stats = &stats_;
    env_.streams = &streams_;
    env_.in_flight = &in_flight_;
    env_.query_pool = &query_pool_;
    env_.stream_pool = &stream_pool_;
    env_.heartbeat_interval = std::chrono::hours(1);
    env_.event_count = [this] { return log_.head(); };
    env_.subscribers = &subscribers_;
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&touchpoints_);
    builder.RegisterService(&journeys_);
    builder.RegisterService(&deals_);
    builder.RegisterService(&tickets_);
    builder.RegisterService(&identity_);
    builder.RegisterService(&signals_);
    builder.RegisterService(&admin_);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
  }

  ~RpcTest() override {
    streams_.Drain();
    server_->Shutdown(std::chrono::system_clock::now());
  }

  FakeLog log_;
  FakeViews views_{&log_};
  FakeWriter writer_;
  FakeAnnouncer announcer_;
  ManualClock clock_;
  rpc::CallStats stats_;
  rpc::StreamRegistry streams_;
  rpc::InFlight in_flight_;
  std::atomic<int64_t> subscribers_{0};
  rpc::WorkerPool query_pool_;
  rpc::WorkerPool stream_pool_{2, std::numeric_limits<size_t>::max()};
  rpc::Environment env_;
  rpc::TouchpointHandler touchpoints_{env_};
  rpc::JourneyHandler journeys_{env_};
  rpc::DealHandler deals_{env_};
  rpc::TicketHandler tickets_{env_};
  rpc::IdentityHandler identity_{env_};
  rpc::SignalHandler signals_{env_};
  rpc::AdminHandler admin_{env_};
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace journey::testing

#endif  // TESTS_RPC_RPC_FIXTURE_H_
