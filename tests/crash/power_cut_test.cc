// Cuts the power at random points under load, hundreds of times. After each
// cut: everything acknowledged is there, nothing is there twice, repeating is
// safe, and the conclusions are those of a rebuild from the log.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/rules/rules_yaml.h"
#include "rocksdb/env.h"
#include "tests/crash/stack.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr int kStores = 50;
constexpr int kCutsPerStore = 6;
// RocksDB waits for a second after a flush that failed, so stores are run
// side by side.
constexpr int kThreads = 16;
constexpr int kAppendsPerCut = 60;
constexpr int kTouchpointsMax = 6;
constexpr int kTenants = 2;
constexpr int kReadMax = 100'000;
constexpr size_t kReadBytesMax = size_t{1} << 30;

// The cut comes after up to so many writes and syncs: of any file under load,
// of the write-ahead log, or already while everything is opened.
constexpr unsigned kCallsUnderLoad = 250;
constexpr unsigned kCallsOfTheLog = 60;
constexpr unsigned kCallsAtOpening = 60;

struct Totals {
  std::atomic<int> cuts{0};
  std::atomic<int64_t> answers{0};
  std::atomic<int64_t> torn_tails{0};
};

// One store, cut off again and again.
class StoreUnderTest {
 public:
  StoreUnderTest(unsigned seed, std::shared_ptr<const projections::Rules> rules,
                 Totals& totals)
      : seed_(seed), rules_(std::move(rules)), totals_(totals), random_(seed) {}

  void Run() {
    const TempDir dir;
    const auto files = std::make_shared<FaultFileSystem>(seed_);
    std::vector<std::unique_ptr<Sent>> all;
    for (int cut = 0; cut < kCutsPerStore; ++cut) {
      if (::testing::Test::HasFailure()) return;
      SCOPED_TRACE(absl::StrCat("store of seed ", seed_, ", cut ", cut));
      std::vector<std::unique_ptr<Sent>> sent = MakeAppends(cut);
      {
        Stack stack(dir.path(), files, rules_);
        Load(stack, *files, sent);
      }
      files->LoseUnsynced();
      if (random_() % 4 == 0) CutWhileOpening(dir.path(), files);
      Stack stack(dir.path(), files, rules_);
      const absl::Status opened = stack.Open();
      ASSERT_TRUE(opened.ok()) << opened;
      totals_.torn_tails += stack.notices();
      for (auto& one : sent) all.push_back(std::move(one));
      CheckAcknowledged(stack, all);
      CheckConclusions(stack);
      RepeatAll(stack, all);
      CheckAcknowledged(stack, all);
      CheckConclusions(stack);
      ++totals_.cuts;
    }
  }

 private:
  std::vector<std::unique_ptr<Sent>> MakeAppends(int cut) {
    RandomHistoryOptions options;
    options.touchpoints = kAppendsPerCut * kTouchpointsMax;
    const std::vector<v1::Touchpoint> history = RandomHistory(random_, options);
    std::vector<std::unique_ptr<Sent>> sent;
    size_t next = 0;
    for (int i = 0; i < kAppendsPerCut; ++i) {
      auto append = std::make_unique<Sent>();
      append->tenant_id = absl::StrCat("tenant", random_() % kTenants);
      append->durable_only = random_() % 4 == 0;
      if (random_() % 10 == 0) {
        append->retractions.push_back(
            MakeRetraction(cut, static_cast<int>(random_() % 300)));
      }
      const size_t count =
          append->retractions.empty() ? 1 + random_() % kTouchpointsMax : 0;
      for (size_t k = 0; k < count && next < history.size(); ++k, ++next) {
        auto touchpoint = std::make_shared<v1::Touchpoint>(history[next]);
        touchpoint->set_touchpoint_id(absl::StrCat("c", cut, "-", next));
        append->touchpoints.push_back(std::move(touchpoint));
      }
      sent.push_back(std::move(append));
    }
    return sent;
  }

  // Sometimes of a touchpoint that never comes, or comes later.
  static std::shared_ptr<storage::v1::RetractionRecord> MakeRetraction(
      int cut, int index) {
    auto record = std::make_shared<storage::v1::RetractionRecord>();
    record->set_source("test");
    record->set_touchpoint_id(absl::StrCat("c", cut, "-", index));
    return record;
  }

  // Appends until the power is cut.
  void Load(Stack& stack, FaultFileSystem& files,
            std::vector<std::unique_ptr<Sent>>& sent) {
    const absl::Status opened = stack.Open();
    ASSERT_TRUE(opened.ok()) << opened;
    if (random_() % 2 == 0) {
      files.CutPowerAfter(random_() % kCallsUnderLoad);
    } else {
      files.CutPowerAfter(random_() % kCallsOfTheLog, ".log");
    }
    const int outstanding_max = 1 + static_cast<int>(random_() % 32);
    for (auto& append : sent) stack.Submit(*append, outstanding_max);
    stack.Drain();
    files.CutPower();
    stack.Close();
  }

  void CutWhileOpening(const std::string& directory,
                       const std::shared_ptr<FaultFileSystem>& files) {
    files->CutPowerAfter(random_() % kCallsAtOpening);
    {
      Stack stack(directory, files, rules_);
      const absl::Status opened = stack.Open();
      EXPECT_TRUE(opened.ok() || absl::IsUnavailable(opened)) << opened;
      files->CutPower();
    }
    files->LoseUnsynced();
    ++totals_.cuts;
  }

  static std::string IdOf(const log::LogEvent& event) {
    return event.touchpoint != nullptr
               ? event.touchpoint->touchpoint_id()
               : "retraction of " + event.retraction->touchpoint_id();
  }

  // Every answer that was given is still true, and no id is there twice.
  void CheckAcknowledged(const Stack& stack,
                         const std::vector<std::unique_ptr<Sent>>& all) {
    std::map<std::string, std::vector<log::LogEvent>> logs;
    for (int tenant = 0; tenant < kTenants; ++tenant) {
      const std::string tenant_id = absl::StrCat("tenant", tenant);
      auto events = stack.log().ReadRange(tenant_id, 1, /*backwards=*/false,
                                          kReadMax, kReadBytesMax);
      ASSERT_TRUE(events.ok()) << events.status();
      std::set<std::string> ids;
      for (const log::LogEvent& event : *events) {
        ASSERT_TRUE(ids.insert(IdOf(event)).second) << IdOf(event);
      }
      logs[tenant_id] = *std::move(events);
    }
    for (const auto& sent : all) {
      if (!sent->acknowledged()) continue;
      ++totals_.answers;
      const std::vector<log::LogEvent>& events = logs[sent->tenant_id];
      for (int i = 0; i < sent->response.results_size(); ++i) {
        const int64_t position = sent->response.results(i).position();
        ASSERT_LE(position, static_cast<int64_t>(events.size()));
        const log::LogEvent& event = events[static_cast<size_t>(position - 1)];
        ASSERT_EQ(IdOf(event), WantedId(*sent, i));
      }
    }
  }

  static std::string WantedId(const Sent& sent, int index) {
    const auto i = static_cast<size_t>(index);
    return sent.touchpoints.empty()
               ? "retraction of " + sent.retractions[i]->touchpoint_id()
               : sent.touchpoints[i]->touchpoint_id();
  }

  static void CheckConclusions(const Stack& stack) {
    const auto digest = stack.Digest();
    const auto rebuilt = stack.RebuiltDigest();
    ASSERT_TRUE(digest.ok()) << digest.status();
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    ASSERT_EQ(*digest, *rebuilt);
  }

  // Whatever the client was told, it may repeat: what was acknowledged stays
  // where it is, the rest is now.
  static void RepeatAll(Stack& stack, std::vector<std::unique_ptr<Sent>>& all) {
    std::vector<std::unique_ptr<Sent>> before;
    before.reserve(all.size());
    for (const auto& sent : all) {
      before.push_back(std::make_unique<Sent>(*sent));
      stack.Submit(*sent, kAppendsPerCut);
    }
    stack.Drain();
    for (size_t i = 0; i < all.size(); ++i) {
      ASSERT_TRUE(all[i]->acknowledged()) << all[i]->status;
      if (!before[i]->acknowledged()) continue;
      for (int k = 0; k < all[i]->response.results_size(); ++k) {
        ASSERT_TRUE(all[i]->response.results(k).repeated());
        ASSERT_EQ(all[i]->response.results(k).position(),
                  before[i]->response.results(k).position());
      }
    }
  }

  const unsigned seed_;
  const std::shared_ptr<const projections::Rules> rules_;
  Totals& totals_;
  std::mt19937 random_;
};

TEST(PowerCutTest, NothingAcknowledgedIsLostAndConclusionsAreThoseOfTheLog) {
  const unsigned seed = TestSeed(20260102);
  const auto rules = projections::LoadRulesFile(JOURNEY_RULES_FILE);
  ASSERT_TRUE(rules.ok()) << rules.status();
  rocksdb::Env::Default()->SetBackgroundThreads(2 * kThreads,
                                                rocksdb::Env::HIGH);
  Totals totals;
  std::atomic<int> next{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int store = next++; store < kStores; store = next++) {
        StoreUnderTest(seed + static_cast<unsigned>(store), *rules, totals)
            .Run();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%d cuts, %lld answers checked, %lld torn tails\n",
              totals.cuts.load(), static_cast<long long>(totals.answers.load()),
              static_cast<long long>(totals.torn_tails.load()));
  EXPECT_GE(totals.cuts.load(), kStores * kCutsPerStore);
  EXPECT_GT(totals.torn_tails.load(), 0);
}

}  // namespace
}  // namespace journey::testing
