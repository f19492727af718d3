// The disk of the real process fails while clients append.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "service/server/config.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/journeyd_process.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kFileBytesMax = uint64_t{512} * 1024;
constexpr int kClients = 4;
constexpr int kBatchSize = 50;
// Far more than fits.
constexpr int kBatchesMax = 2000;

// What one client was told.
struct Told {
  std::vector<std::string> acknowledged;
  grpc::Status refusal;
  int acknowledged_after_refusal = 0;
};

void AppendUntilRefused(const std::string& address, const std::string& name,
                        Told& told) {
  Client client(address);
  for (int i = 0; i < kBatchesMax && told.refusal.ok(); ++i) {
    std::vector<v1::Touchpoint> touchpoints;
    std::vector<std::string> ids;
    for (int place = 0; place < kBatchSize; ++place) {
      ids.push_back(absl::StrCat(name, "-", i, "-", place));
      touchpoints.push_back(Call(ids.back(), i));
    }
    told.refusal = Append(client, Batch(std::move(touchpoints))).status;
    if (told.refusal.ok()) {
      told.acknowledged.insert(told.acknowledged.end(), ids.begin(), ids.end());
    }
  }
  for (int i = 0; i < 3; ++i) {
    const auto again =
        Append(client, Batch({Call(absl::StrCat(name, "-late-", i))}));
    told.acknowledged_after_refusal += again.status.ok() ? 1 : 0;
  }
}

class DiskFailureTest : public ::testing::Test {
 protected:
  // Ignored signals stay ignored in a child; the write fails instead.
  DiskFailureTest() : before_(std::signal(SIGXFSZ, SIG_IGN)) {}
  ~DiskFailureTest() override { std::signal(SIGXFSZ, before_); }

  std::string Log() { return ReadFile(dir_.Join("stderr")); }

  void (*const before_)(int);
  TempDir dir_;
  const std::vector<std::string> arguments_ =
      JourneydProcess::Arguments(dir_.Join("data"));
};

TEST_F(DiskFailureTest, ProcessEndsAndKeepsWhatItAcknowledged) {
  std::array<Told, kClients> told;
  {
    JourneydProcess process(arguments_, dir_.Join("stderr"));
    ASSERT_NE(process.WaitUntilReady(), "") << Log();
    ASSERT_TRUE(process.LimitFileSize(kFileBytesMax));
    std::vector<std::thread> clients;
    clients.reserve(kClients);
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back(AppendUntilRefused, process.grpc_address(),
                           std::to_string(i), std::ref(told.at(i)));
    }
    for (std::thread& client : clients) client.join();
    if (HasFailure()) return;
    // Where no append was refused the process would run on for ever.
    for (const Told& one : told) ASSERT_FALSE(one.refusal.ok());
    EXPECT_EQ(process.Wait(), server::kExitFatal) << Log();
    EXPECT_THAT(Log(), HasSubstr("the event log or the views have failed"));
  }
  for (const Told& one : told) {
    EXPECT_FALSE(one.acknowledged.empty());
    EXPECT_EQ(one.refusal.error_code(), grpc::StatusCode::UNAVAILABLE)
        << one.refusal.error_message();
    EXPECT_EQ(one.acknowledged_after_refusal, 0);
  }

  JourneydProcess process(arguments_, dir_.Join("stderr"));
  ASSERT_NE(process.WaitUntilReady(), "") << Log();
  Client client(process.grpc_address());
  v1::ReadRequest request;
  request.set_tenant_id(kTenant);
  const auto read = Read(client, request);
  ASSERT_TRUE(read.status.ok()) << read.status.error_message();
  std::set<std::string> found;
  for (const v1::Event& event : read.response) {
    found.insert(event.touchpoint().touchpoint_id());
  }
  for (const Told& one : told) {
    for (const std::string& id : one.acknowledged) {
      EXPECT_EQ(found.count(id), 1U) << id << " is lost";
    }
  }
}

}  // namespace
}  // namespace journey::testing
