// The process is killed again and again under load; nothing that was
// acknowledged may be lost, and the conclusions are those of a server that
// was never killed.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

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

  TestServer fresh;
  LoadClient stream_again(seed_, "stream", 10);
  LoadClient unary_again(seed_, "unary", 3);
  stream_again.RunStream(fresh.client(), stream_.steps_done());
  unary_again.RunUnary(fresh.client(), unary_.steps_done());
  EXPECT_EQ(Conclusions(client), Conclusions(fresh.client()));
  std::cout << whole.head << " events survived " << kKills << " kills\n";
}

}  // namespace
}  // namespace journey::testing
