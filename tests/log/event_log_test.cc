// The contract of EventLog.
#include "service/log/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "rocksdb/db.h"
#include "service/core/errors.h"
#include "service/log/codec.h"
#include "tests/log/log_testing.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/temp_dir.h"

namespace journey::log {
namespace {

using ::testing::ElementsAre;
using testing::Fault;
using testing::FaultFileSystem;
using testing::FaultyCall;
using ::testing::HasSubstr;
using testing::TempDir;

std::string NoChain(absl::string_view /*tenant_id*/) { return {}; }

std::vector<int64_t> PositionsOf(const std::vector<LogEvent>& events) {
  std::vector<int64_t> positions;
  positions.reserve(events.size());
  for (const LogEvent& event : events) positions.push_back(event.position);
  return positions;
}

class EventLogTest : public ::testing::Test {
 protected:
  EventLogOptions Options() {
    EventLogOptions options;
    options.directory = dir_.Join("log");
    options.on_fatal = [this](const absl::Status&) { ++fatal_; };
    options.on_notice = [this](const std::string& notice) {
      notices_.push_back(notice);
    };
    return options;
  }

  std::unique_ptr<EventLog> Open() { return Open(Options()); }
  static std::unique_ptr<EventLog> Open(EventLogOptions options) {
    auto log = EventLog::Open(std::move(options));
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  }

  // Changes the stored bytes behind the log's back.
  void Tamper(const std::function<rocksdb::Status(rocksdb::DB&)>& change) {
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(
        rocksdb::DB::Open(rocksdb::Options(), dir_.Join("log/db"), &db).ok());
    const std::unique_ptr<rocksdb::DB> owner(db);
    ASSERT_TRUE(change(*db).ok());
  }

  TempDir dir_;
  std::atomic<int> fatal_ = 0;
  std::vector<std::string> notices_;
};

TEST_F(EventLogTest, NewLogIsEmpty) {
  const auto log = Open();
  EXPECT_EQ(log->head_group(), 0);
  EXPECT_TRUE(absl::IsNotFound(log->ReadGroup(1, NoChain).status()));
  EXPECT_THAT(*log->ReadRange("a", 1, false, 10, 1000), ElementsAre());
}

TEST_F(EventLogTest, GroupsSurviveReopening) {
  Committer committer(nullptr);
  {
    const auto log = Open();
    committer = Committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 3}, {"b", 1}}).ok());
    ASSERT_TRUE(committer.Commit({{"a", 10}}).ok());
  }
  const auto log = Open();
  EXPECT_EQ(log->head_group(), 2);
  for (int64_t number = 1; number <= 2; ++number) {
    const auto group = log->ReadGroup(number, NoChain);
    ASSERT_TRUE(group.ok()) << group.status();
    EXPECT_TRUE(SameGroup(*group, committer.group(number)));
  }
  EXPECT_THAT(notices_, ElementsAre());
}

TEST_F(EventLogTest, GroupMustFollowTheHead) {
  const auto log = Open();
  Committer first(log.get());
  ASSERT_TRUE(first.Commit({{"a", 1}}).ok());
  Committer second(log.get());
  EXPECT_FALSE(second.Commit({{"a", 1}}).ok());
  EXPECT_EQ(log->head_group(), 1);
  EXPECT_EQ(fatal_, 0);
}

TEST_F(EventLogTest, RangesAreReadInBothDirections) {
  const auto log = Open();
  Committer committer(log.get());
  ASSERT_TRUE(committer.Commit({{"a", 5}, {"aa", 4}, {"b", 2}}).ok());
  struct Case {
    const char* desc;
    int64_t first;
    bool backwards;
    int max_events;
    std::vector<int64_t> want;
  };
  const Case cases[] = {
      {"from the start", 1, false, 3, {1, 2, 3}},
      {"to the head", 3, false, 100, {3, 4, 5}},
      {"before the start", 0, false, 1, {1}},
      {"beyond the head", 6, false, 10, {}},
      {"backwards", 3, true, 2, {3, 2}},
      {"backwards to the start", 2, true, 10, {2, 1}},
      {"backwards from beyond the head", 50, true, 2, {5, 4}},
      {"backwards from nothing", 0, true, 2, {}},
  };
  for (const Case& c : cases) {
    const auto events =
        log->ReadRange("a", c.first, c.backwards, c.max_events, 1 << 20);
    ASSERT_TRUE(events.ok()) << c.desc << events.status();
    EXPECT_EQ(PositionsOf(*events), c.want) << c.desc;
  }
  EXPECT_EQ(log->ReadRange("a", 1, false, 100, 1)->size(), 1u);
}

TEST_F(EventLogTest, PositionsAreReadInTheOrderAskedFor) {
  const auto log = Open();
  Committer committer(log.get());
  ASSERT_TRUE(committer.Commit({{"a", 5}}).ok());
  const auto events = log->ReadPositions("a", {4, 1, 4});
  ASSERT_TRUE(events.ok());
  EXPECT_THAT(PositionsOf(*events), ElementsAre(4, 1, 4));
  EXPECT_TRUE(absl::IsDataLoss(log->ReadPositions("a", {6}).status()));
  EXPECT_TRUE(absl::IsDataLoss(log->ReadPositions("b", {1}).status()));
}

TEST_F(EventLogTest, MissingEventIsDataLoss) {
  {
    const auto log = Open();
    Committer committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 9}}).ok());
    ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
  }
  Tamper(
      [](rocksdb::DB& db) { return db.Delete({}, EventKey("a", 5).bytes()); });
  const auto log = Open();
  EXPECT_TRUE(absl::IsDataLoss(log->ReadGroup(1, NoChain).status()));
  EXPECT_TRUE(
      absl::IsDataLoss(log->ReadRange("a", 1, false, 9, 1 << 20).status()));
  EXPECT_TRUE(
      absl::IsDataLoss(log->ReadRange("a", 9, true, 9, 1 << 20).status()));
  EXPECT_TRUE(
      absl::IsDataLoss(log->ReadRange("a", 5, false, 9, 1 << 20).status()));
  const auto status = log->ReadPositions("a", {5}).status();
  EXPECT_EQ(core::ReasonOf(status), v1::ERROR_REASON_DATA_DAMAGED);
}

TEST_F(EventLogTest, ReplacedEventBreaksTheChain) {
  Committer committer(nullptr);
  {
    const auto log = Open();
    committer = Committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 2}}).ok());
    ASSERT_TRUE(committer.Commit({{"a", 2}}).ok());
    ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
  }
  Tamper([](rocksdb::DB& db) {
    LogEvent other;
    other.touchpoint = MakeTouchpoint("forged");
    return db.Put({}, EventKey("a", 3).bytes(), EncodeEvent(other));
  });
  const auto log = Open();
  EXPECT_TRUE(log->ReadGroup(2, NoChain).ok());
  const auto chained = log->ReadGroup(2, [&](absl::string_view) {
    return committer.group(1).tenants[0].chain;
  });
  EXPECT_TRUE(absl::IsDataLoss(chained.status()));
  EXPECT_THAT(std::string(chained.status().message()), HasSubstr("chain"));
}

TEST_F(EventLogTest, MissingGroupBelowTheHeadIsDataLoss) {
  {
    const auto log = Open();
    Committer committer(log.get());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
  }
  Tamper([](rocksdb::DB& db) { return db.Delete({}, GroupKey(4)); });
  // The deletion is the only record of the write-ahead log, so the seam below
  // it is looked at.
  EXPECT_TRUE(absl::IsDataLoss(EventLog::Open(Options()).status()));
}

TEST_F(EventLogTest, MissingEventOfTheNewestGroupIsDataLoss) {
  {
    const auto log = Open();
    Committer committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 2}}).ok());
  }
  Tamper(
      [](rocksdb::DB& db) { return db.Delete({}, EventKey("a", 2).bytes()); });
  EXPECT_TRUE(absl::IsDataLoss(EventLog::Open(Options()).status()));
}

TEST_F(EventLogTest, NewerFormatIsRefusedWithAClearMessage) {
  { ASSERT_NE(Open(), nullptr); }
  Tamper([](rocksdb::DB& db) {
    return db.Put({}, kFormatKey, EncodeFormat(kLogFormatVersion + 1, 0));
  });
  auto status = EventLog::Open(Options()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("newer program"));
  Tamper([](rocksdb::DB& db) {
    return db.Put({}, kFormatKey, EncodeFormat(kLogFormatVersion, 1));
  });
  status = EventLog::Open(Options()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("features"));
}

TEST_F(EventLogTest, MissingFormatRecordIsDataLoss) {
  {
    const auto log = Open();
    Committer committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
  }
  Tamper([](rocksdb::DB& db) { return db.Delete({}, kFormatKey); });
  EXPECT_TRUE(absl::IsDataLoss(EventLog::Open(Options()).status()));
}

TEST_F(EventLogTest, SecondOpeningIsRefused) {
  const auto log = Open();
  const auto status = EventLog::Open(Options()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
}

TEST_F(EventLogTest, LostRootFileIsDataLossNotANewLog) {
  {
    const auto log = Open();
    Committer committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
  }
  ASSERT_EQ(std::remove(dir_.Join("log/db/CURRENT").c_str()), 0);
  EXPECT_TRUE(absl::IsDataLoss(EventLog::Open(Options()).status()));
}

TEST_F(EventLogTest, LostDatabaseAfterACloseIsDataLoss) {
  {
    const auto log = Open();
    Committer committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
    ASSERT_TRUE(log->Close().ok());
  }
  ASSERT_EQ(std::rename(dir_.Join("log/db").c_str(), dir_.Join("gone").c_str()),
            0);
  EXPECT_TRUE(absl::IsDataLoss(EventLog::Open(Options()).status()));
}

TEST_F(EventLogTest, DamagedHeadMarkIsDataLoss) {
  {
    const auto log = Open();
    Committer committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
    ASSERT_TRUE(log->Close().ok());
  }
  const std::string path = dir_.Join("log/HEAD");
  std::string bytes = testing::ReadFile(path);
  bytes[6] = static_cast<char>(bytes[6] ^ 1);
  testing::WriteFile(path, bytes);
  const auto status = EventLog::Open(Options()).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("HEAD"));
}

TEST_F(EventLogTest, NothingIsCommittedAfterClose) {
  const auto log = Open();
  Committer committer(log.get());
  ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
  ASSERT_TRUE(log->Close().ok());
  EXPECT_TRUE(log->Close().ok());
  EXPECT_FALSE(committer.Commit({{"a", 1}}).ok());
  EXPECT_TRUE(log->ReadGroup(1, NoChain).ok());
}

TEST_F(EventLogTest, FailedWriteOrSyncIsFinalAndReportedOnce) {
  struct Case {
    const char* desc;
    FaultyCall call;
    Fault fault;
  };
  const Case cases[] = {
      {"EIO on write", FaultyCall::kWrite, Fault::kIoError},
      {"EIO on sync", FaultyCall::kSync, Fault::kIoError},
      {"ENOSPC on write", FaultyCall::kWrite, Fault::kNoSpace},
      {"ENOSPC on sync", FaultyCall::kSync, Fault::kNoSpace},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.desc);
    const TempDir dir;
    const auto files = std::make_shared<FaultFileSystem>(1);
    fatal_ = 0;
    EventLogOptions options = Options();
    options.directory = dir.Join("log");
    options.file_system = files;
    auto log = Open(options);
    Committer committer(log.get());
    ASSERT_TRUE(committer.Commit({{"a", 1}}).ok());
    files->Inject(c.call, c.fault, ".log", 0);
    const absl::Status refused = committer.Commit({{"a", 1}});
    EXPECT_EQ(core::ReasonOf(refused), v1::ERROR_REASON_OUTCOME_UNKNOWN);
    EXPECT_EQ(fatal_, 1);
    EXPECT_GE(files->faults(), 1);
    files->ClearInjections();
    EXPECT_FALSE(committer.Commit({{"a", 1}}).ok());
    EXPECT_FALSE(log->Close().ok());
    EXPECT_EQ(fatal_, 1);
    EXPECT_EQ(log->head_group(), 1);
    log.reset();
    // What was acknowledged is there; the refused group may be.
    log = Open(options);
    ASSERT_NE(log, nullptr);
    EXPECT_GE(log->head_group(), 1);
  }
}

TEST_F(EventLogTest, FailedBackgroundWriteIsFatal) {
  const auto files = std::make_shared<FaultFileSystem>(1);
  EventLogOptions options = Options();
  options.file_system = files;
  options.memtable_bytes = size_t{64} * 1024;
  const auto log = Open(options);
  files->Inject(FaultyCall::kWrite, Fault::kNoSpace, ".sst", 0);
  Committer committer(log.get());
  absl::Status status;
  for (int i = 0; i < 10'000 && status.ok(); ++i) {
    status = committer.Commit({{"a", 10}}, 1000);
  }
  EXPECT_EQ(core::ReasonOf(status), v1::ERROR_REASON_OUTCOME_UNKNOWN);
  EXPECT_EQ(fatal_, 1);
}

TEST_F(EventLogTest, FlushedAndLoggedGroupsAreBothFound) {
  EventLogOptions options = Options();
  options.memtable_bytes = size_t{64} * 1024;
  Committer committer(nullptr);
  {
    const auto log = Open(options);
    committer = Committer(log.get());
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(committer.Commit({{"a", 5}, {"b", 1}}, 1000).ok());
    }
  }
  const auto log = Open(options);
  ASSERT_EQ(log->head_group(), 100);
  std::map<std::string, std::string> chains;
  for (int64_t number = 1; number <= 100; ++number) {
    const auto group = log->ReadGroup(number, [&](absl::string_view tenant) {
      return chains[std::string(tenant)];
    });
    ASSERT_TRUE(group.ok()) << group.status();
    ASSERT_TRUE(SameGroup(*group, committer.group(number)));
    for (const auto& tenant : group->tenants) {
      chains[tenant.tenant_id] = tenant.chain;
    }
  }
  EXPECT_GT(log->DiskBytes(), 10'000u);
}

}  // namespace
}  // namespace journey::log
