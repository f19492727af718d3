// Flips the bits of a real write-ahead log, one at a time: opening the log
// says DATA_LOSS with file and offset, or gives complete and correct data;
// only the very last group may be taken for torn, with a notice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rocksdb/file_system.h"
#include "service/log/event_log.h"
#include "service/log/wal_scan.h"
#include "tests/log/log_testing.h"
#include "tests/support/temp_dir.h"

namespace journey::log {
namespace {

using testing::CopyDir;
using ::testing::HasSubstr;
using testing::ReadFile;
using testing::TempDir;
using testing::WriteFile;

constexpr auto kOpenTimeMax = std::chrono::seconds(3);
constexpr int kBodyFlips = 1500;

class WalDamageTest : public ::testing::Test {
 protected:
  // Writes groups, small ones and ones that span blocks, and finds the
  // fragments of the write-ahead log.
  void Build(bool close, const std::vector<size_t>& text_bytes) {
    auto log = EventLog::Open(Options(dir_.Join("original")));
    ASSERT_TRUE(log.ok()) << log.status();
    committer_ = std::make_unique<Committer>(log->get());
    for (const size_t bytes : text_bytes) {
      ASSERT_TRUE(committer_->Commit({{"a", 2}, {"b", 1}}, bytes).ok());
    }
    if (close) {
      ASSERT_TRUE((*log)->Close().ok());
    }
    log->reset();
    const auto wals =
        ListWals(*rocksdb::FileSystem::Default(), dir_.Join("original/db"));
    ASSERT_TRUE(wals.ok());
    ASSERT_EQ(wals->size(), 1u);
    wal_name_ = std::filesystem::path(wals->front().path).filename();
    bytes_ = ReadFile(wals->front().path);
    FindFragments();
    Restore();
  }

  void FindFragments() {
    for (size_t at = 0; at + kWalHeaderBytes <= bytes_.size();) {
      const size_t left = kWalBlockBytes - at % kWalBlockBytes;
      if (left < kWalHeaderBytes) {
        at += left;
        continue;
      }
      if (bytes_[at + 6] == 1 || bytes_[at + 6] == 2) last_record_ = at;
      headers_.push_back(at);
      const auto low = static_cast<unsigned char>(bytes_[at + 4]);
      const auto high = static_cast<unsigned char>(bytes_[at + 5]);
      at += kWalHeaderBytes + (low | static_cast<size_t>(high) << 8);
    }
  }

  EventLogOptions Options(const std::string& directory) {
    EventLogOptions options;
    options.directory = directory;
    options.on_notice = [this](const std::string& notice) {
      notices_.push_back(notice);
    };
    return options;
  }

  void Restore() {
    std::filesystem::remove_all(dir_.Join("copy"));
    CopyDir(dir_.Join("original"), dir_.Join("copy"));
  }

  [[nodiscard]] std::string WalPath() const {
    return dir_.Join("copy/db/" + wal_name_);
  }

  void Patch(size_t at, char byte) const {
    std::fstream file(WalPath(),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
    ASSERT_TRUE(file.flush().good());
  }

  enum class Outcome { kDataLoss, kComplete, kTorn };

  // Opens the copy and puts it back as it was.
  Outcome OpenCopy(const std::string& desc) {
    notices_.clear();
    const auto start = std::chrono::steady_clock::now();
    const auto log = EventLog::Open(Options(dir_.Join("copy")));
    EXPECT_LT(std::chrono::steady_clock::now() - start, kOpenTimeMax) << desc;
    if (!log.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(log.status())) << desc << log.status();
      const std::string message(log.status().message());
      EXPECT_THAT(message, HasSubstr(WalPath())) << desc;
      EXPECT_THAT(message, HasSubstr("offset")) << desc;
      return Outcome::kDataLoss;
    }
    CheckGroups(**log, desc);
    if ((*log)->head_group() == committer_->head()) return Outcome::kComplete;
    EXPECT_EQ((*log)->head_group(), committer_->head() - 1) << desc;
    EXPECT_EQ(notices_.size(), 1u) << desc;
    return Outcome::kTorn;
  }

  void CheckGroups(const EventLog& log, const std::string& desc) const {
    std::map<std::string, std::string> chains;
    for (int64_t number = 1; number <= log.head_group(); ++number) {
      const auto group = log.ReadGroup(number, [&](absl::string_view tenant) {
        return chains[std::string(tenant)];
      });
      ASSERT_TRUE(group.ok()) << desc << group.status();
      ASSERT_TRUE(SameGroup(*group, committer_->group(number))) << desc;
      for (const auto& tenant : group->tenants) {
        chains[tenant.tenant_id] = tenant.chain;
      }
    }
  }

  void Flip(size_t at, int bit, bool torn_allowed) {
    const std::string desc = absl::StrCat("byte ", at, " bit ", bit, " ");
    Patch(at, static_cast<char>(bytes_[at] ^ (1 << bit)));
    const Outcome outcome = OpenCopy(desc);
    EXPECT_TRUE(outcome != Outcome::kTorn ||
                (torn_allowed && at >= last_record_))
        << desc;
    ++outcomes_[outcome];
    if (outcome == Outcome::kDataLoss) {
      Patch(at, bytes_[at]);
    } else {
      Restore();
    }
  }

  void FlipAll(unsigned seed, bool torn_allowed) {
    for (const size_t header : headers_) {
      for (size_t byte = 0; byte < kWalHeaderBytes; ++byte) {
        for (int bit = 0; bit < 8; ++bit) {
          Flip(header + byte, bit, torn_allowed);
        }
      }
      if (HasFailure()) return;
    }
    std::mt19937 random(seed);
    for (int i = 0; i < kBodyFlips && !HasFailure(); ++i) {
      Flip(random() % bytes_.size(), static_cast<int>(random() % 8),
           torn_allowed);
    }
    std::printf("%zu headers; data loss %d, complete %d, torn %d\n",
                headers_.size(), outcomes_[Outcome::kDataLoss],
                outcomes_[Outcome::kComplete], outcomes_[Outcome::kTorn]);
  }

  // Small groups with some between them that span blocks.
  static std::vector<size_t> MixedSizes() {
    std::vector<size_t> sizes(24, 150);
    for (size_t i = 5; i < sizes.size(); i += 8) sizes[i] = 15'000;
    return sizes;
  }

  TempDir dir_;
  std::unique_ptr<Committer> committer_;
  std::string wal_name_;
  std::string bytes_;
  std::vector<size_t> headers_;
  size_t last_record_ = 0;
  std::vector<std::string> notices_;
  std::map<Outcome, int> outcomes_;
};

TEST_F(WalDamageTest, NoFlippedBitLosesAGroupInSilence) {
  const unsigned seed = testing::TestSeed(7);
  Build(/*close=*/false, MixedSizes());
  FlipAll(seed, /*torn_allowed=*/true);
  EXPECT_GT(outcomes_[Outcome::kTorn], 0);
}

TEST_F(WalDamageTest, LastGroupThatSpansBlocksIsTornAsAWhole) {
  const unsigned seed = testing::TestSeed(8);
  Build(/*close=*/false, {150, 150, 30'000});
  FlipAll(seed, /*torn_allowed=*/true);
  EXPECT_GT(outcomes_[Outcome::kTorn], 0);
}

TEST_F(WalDamageTest, AfterAGracefulStopNothingIsTakenForTorn) {
  const unsigned seed = testing::TestSeed(9);
  Build(/*close=*/true, {150, 20'000, 150, 20'000, 150});
  FlipAll(seed, /*torn_allowed=*/false);
  EXPECT_EQ(outcomes_[Outcome::kTorn], 0);
}

TEST_F(WalDamageTest, EveryCutOpensWithTheGroupsBeforeIt) {
  Build(/*close=*/false, {150, 150, 20'000});
  for (size_t end = last_record_; end < bytes_.size(); end += 997) {
    WriteFile(WalPath(), bytes_.substr(0, end));
    notices_.clear();
    const auto log = EventLog::Open(Options(dir_.Join("copy")));
    ASSERT_TRUE(log.ok()) << end << log.status();
    EXPECT_EQ((*log)->head_group(), 2) << end;
    EXPECT_EQ(notices_.size(), end > last_record_ ? 1u : 0u) << end;
    Restore();
  }
}

TEST_F(WalDamageTest, EveryMissingPageIsTornInTheLastGroupElseDataLoss) {
  Build(/*close=*/false, {20'000, 150, 20'000});
  for (size_t page = 0; page < bytes_.size(); page += 4096) {
    std::string bytes = bytes_;
    const size_t end = std::min(page + 4096, bytes.size());
    std::fill(bytes.begin() + static_cast<long>(page),
              bytes.begin() + static_cast<long>(end), '\0');
    WriteFile(WalPath(), bytes);
    const Outcome outcome = OpenCopy(absl::StrCat("page at ", page));
    EXPECT_EQ(outcome,
              page > last_record_ ? Outcome::kTorn : Outcome::kDataLoss)
        << page;
    Restore();
  }
}

TEST_F(WalDamageTest, LogGoesOnAfterATornTail) {
  Build(/*close=*/false, {150, 150});
  WriteFile(WalPath(), bytes_.substr(0, bytes_.size() - 10));
  for (int round = 0; round < 3; ++round) {
    auto log = EventLog::Open(Options(dir_.Join("copy")));
    ASSERT_TRUE(log.ok()) << log.status();
    EXPECT_EQ((*log)->head_group(), 1 + round);
    CommitGroup group = committer_->group(2);
    group.number = 2 + round;
    group.tenants.resize(1);
    group.tenants[0].first_position += int64_t{2} * round;
    std::vector<std::string> values;
    for (const LogEvent& event : group.tenants[0].events) {
      values.push_back(EncodeEvent(event));
    }
    EXPECT_TRUE((*log)->Commit(group, values).ok());
  }
}

}  // namespace
}  // namespace journey::log
