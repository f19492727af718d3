// The process is killed again and again under load; nothing that was
// acknowledged may be lost, the conclusions and the signals in force are those
// of a server that was never killed, and no signal is announced twice.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/clock.h"
#include "service/core/time.h"
#include "tests/e2e/crash_load.h"
#include "tests/e2e/journeyd_process.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr int kKills = 30;
constexpr int kUnlimited = 1'000'000'000;
constexpr int kRunMillisMax = 400;

// What the log holds, as far as it was read.
struct SeenLog {
  int64_t head = 0;
  std::map<std::string, int64_t> positions;
};

// Reads on from the head seen last: positions are dense, ids are unique.
void ReadOn(Client& client, SeenLog& seen) {
  v1::ReadRequest request;
  request.set_tenant_id(kTenant);
  request.set_from_position(seen.head + 1);
  const auto answer = Read(client, request);
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  for (const v1::Event& event : answer.response) {
    ASSERT_EQ(event.position(), seen.head + 1);
    ++seen.head;
    EXPECT_TRUE(
        seen.positions.emplace(EventKey(event), event.position()).second)
        << EventKey(event) << " stands twice in the log";
  }
}

void ExpectAllAcknowledged(const LoadClient& load, const SeenLog& seen) {
  for (const auto& [key, position] : load.acknowledged()) {
    const auto found = seen.positions.find(key);
    ASSERT_NE(found, seen.positions.end())
        << key << " at " << position << " is lost; the head is " << seen.head;
    ASSERT_EQ(found->second, position) << key;
  }
}

// What the signal log holds, as far as it was read.
struct SeenSignals {
  int64_t head = 0;
  // As they were announced last, by id.
  std::map<std::string, v1::Signal> signals;
};

// Reads on: positions are dense, each signal is raised once, and each further
// announcement is the next revision.
void ReadSignalsOn(Client& client, SeenSignals& seen) {
  v1::WatchSignalsRequest request;
  request.set_tenant_id(kTenant);
  request.set_after_position(seen.head);
  request.set_include_historical(true);
  grpc::ClientContext context;
  const auto stream = client.signals->WatchSignals(&context, request);
  v1::WatchSignalsResponse message;
  while (stream->Read(&message) &&
         message.message_case() !=
             v1::WatchSignalsResponse::kCaughtUpPosition) {
    for (const v1::SignalEvent& event : message.events().events()) {
      ASSERT_EQ(event.position(), seen.head + 1);
      ++seen.head;
      const v1::Signal& signal = event.signal();
      const auto [known, is_new] =
          seen.signals.emplace(signal.signal_id(), v1::Signal());
      EXPECT_EQ(event.change() == v1::SIGNAL_CHANGE_RAISED, is_new)
          << event.DebugString();
      EXPECT_EQ(signal.revision(), known->second.revision() + 1)
          << event.DebugString();
      known->second = signal;
    }
  }
  EXPECT_EQ(message.caught_up_position(), seen.head);
  context.TryCancel();
}

void WaitUntilAllIsAnnounced(Client& client) {
  v1::GetStatusRequest request;
  request.set_tenant_id(kTenant);
  v1::GetStatusResponse status;
  do {
    grpc::ClientContext context;
    ASSERT_TRUE(client.admin->GetStatus(&context, request, &status).ok());
  } while (status.tenant().has_oldest_unannounced_at());
}

// What is compared of a signal in force.
std::string Describe(const v1::Signal& signal) {
  return absl::StrCat(signal.signal_id(), " ", signal.rule_id(), " ",
                      signal.anchor().touchpoint_id(), " ", signal.severity(),
                      " ", signal.journey().id(), " ", signal.deal_id());
}

std::set<std::string> SignalsInForce(Client& client) {
  std::set<std::string> out;
  v1::ListSignalsRequest request;
  request.set_tenant_id(kTenant);
  request.set_include_historical(true);
  do {
    grpc::ClientContext context;
    v1::ListSignalsResponse response;
    const grpc::Status status =
        client.signals->ListSignals(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const v1::Signal& signal : response.signals()) {
      out.insert(Describe(signal));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return out;
}

// Those that the signal log says are in force.
std::set<std::string> InForceBy(const SeenSignals& seen) {
  std::set<std::string> out;
  for (const auto& [id, signal] : seen.signals) {
    if (signal.in_force()) out.insert(Describe(signal));
  }
  return out;
}

// Everything that the API says as of one instant, position-free.
std::vector<std::string> Conclusions(Client& client) {
  std::vector<std::string> out;
  const auto as_of = core::ToTimestamp(ManualClock::kStart);
  for (const v1::Subject& subject : LoadSubjects()) {
    v1::GetJourneyRequest request;
    request.set_tenant_id(kTenant);
    *request.mutable_subject() = subject;
    *request.mutable_as_of() = as_of;
    grpc::ClientContext context;
    v1::GetJourneyResponse response;
    const grpc::Status status =
        client.journeys->GetJourney(&context, request, &response);
    out.push_back(status.ok() ? response.journey().SerializeAsString()
                              : Reason(status));
  }
  v1::ListDealsRequest request;
  request.set_tenant_id(kTenant);
  *request.mutable_as_of() = as_of;
  do {
    grpc::ClientContext context;
    v1::ListDealsResponse response;
    const grpc::Status status =
        client.deals->ListDeals(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const v1::Deal& deal : response.deals()) {
      out.push_back(deal.SerializeAsString());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return out;
}

class CrashTest : public ::testing::Test {
 protected:
  std::unique_ptr<JourneydProcess> StartProcess() {
    auto process = std::make_unique<JourneydProcess>(
        JourneydProcess::Arguments(dir_.Join("data")), dir_.Join("stderr"));
    EXPECT_NE(process->WaitUntilReady(), "") << ReadFile(dir_.Join("stderr"));
    return process;
  }

  // One life of the process: it is checked, loaded and killed.
  void LiveAndDie(int run_millis) {
    auto process = StartProcess();
    Client client(process->grpc_address());
    ReadOn(client, seen_);
    ExpectAllAcknowledged(unary_, seen_);
    ExpectAllAcknowledged(stream_, seen_);
    ReadSignalsOn(client, seen_signals_);
    if (HasFatalFailure()) return;
    std::thread unary([&] { unary_.RunUnary(client, kUnlimited); });
    std::thread stream([&] { stream_.RunStream(client, kUnlimited); });
    // The load itself has no end to wait for.
    std::this_thread::sleep_for(std::chrono::milliseconds(run_millis));
    process->Signal(SIGKILL);
    EXPECT_EQ(process->Wait(), -SIGKILL);
    unary.join();
    stream.join();
  }

  const unsigned seed_ = TestSeed(20260101);
  TempDir dir_;
  LoadClient unary_{seed_, "unary", 3};
  LoadClient stream_{seed_, "stream", 10};
  SeenLog seen_;
  SeenSignals seen_signals_;
};

TEST_F(CrashTest, KilledServerKeepsWhatItAcknowledged) {
  std::mt19937 random(seed_);
  for (int kill = 0; kill < kKills && !HasFailure(); ++kill) {
    SCOPED_TRACE(kill);
    LiveAndDie(1 + static_cast<int>(random() % kRunMillisMax));
  }
  ASSERT_FALSE(HasFailure()) << ReadFile(dir_.Join("stderr"));

  auto process = StartProcess();
  Client client(process->grpc_address());
  // What was under way at the last kill is repeated.
  unary_.RunUnary(client, unary_.steps_done() + 1);
  stream_.RunStream(client, stream_.steps_done() + 10);
  SeenLog whole;
  ReadOn(client, whole);
  ExpectAllAcknowledged(unary_, whole);
  ExpectAllAcknowledged(stream_, whole);
  EXPECT_EQ(whole.positions.size(),
            unary_.acknowledged().size() + stream_.acknowledged().size());

  WaitUntilAllIsAnnounced(client);
  ReadSignalsOn(client, seen_signals_);
  SeenSignals whole_signals;
  ReadSignalsOn(client, whole_signals);
  EXPECT_EQ(whole_signals.head, seen_signals_.head);
  EXPECT_EQ(InForceBy(whole_signals), SignalsInForce(client));

  TestServer fresh;
  LoadClient stream_again(seed_, "stream", 10);
  LoadClient unary_again(seed_, "unary", 3);
  stream_again.RunStream(fresh.client(), stream_.steps_done());
  unary_again.RunUnary(fresh.client(), unary_.steps_done());
  EXPECT_EQ(Conclusions(client), Conclusions(fresh.client()));
  fresh.clock().Set(core::SystemClock().Now());
  WaitUntilAllIsAnnounced(fresh.client());
  EXPECT_EQ(SignalsInForce(client), SignalsInForce(fresh.client()));
  EXPECT_GT(SignalsInForce(client).size(), 10U);
  std::cout << whole.head << " events and " << whole_signals.head
            << " of signals survived " << kKills << " kills\n";
}

}  // namespace
}  // namespace journey::testing
