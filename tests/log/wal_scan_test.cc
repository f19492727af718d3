// The scanner on write-ahead logs made by hand.
#include "service/log/wal_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rocksdb/file_system.h"
#include "service/log/codec.h"
#include "service/log/crc32c.h"
#include "tests/support/temp_dir.h"

namespace journey::log {
namespace {

using ::testing::HasSubstr;
using testing::ReadFile;
using testing::TempDir;
using testing::WriteFile;

std::string Fragment(char type, const std::string& payload) {
  const std::string body = type + payload;
  std::string out;
  AppendLittleEndian32(out, MaskCrc32c(Crc32c(body)));
  out.push_back(static_cast<char>(payload.size() & 0xff));
  out.push_back(static_cast<char>(payload.size() >> 8));
  return out + body;
}

std::string Batch(uint64_t sequence, uint32_t count, size_t bytes) {
  std::string batch;
  AppendLittleEndian64(batch, sequence);
  AppendLittleEndian32(batch, count);
  return batch + std::string(bytes, 'x');
}

// Appends records as RocksDB does.
class WalBuilder {
 public:
  // Returns the offset at which the record begins.
  size_t Add(size_t bytes, uint32_t count = 1) {
    const size_t begin = AddRecord(Batch(next_sequence_, count, bytes));
    next_sequence_ += count;
    return begin;
  }

  size_t AddRecord(std::string record) {
    FillBlock();
    const size_t begin = bytes_.size();
    for (bool first = true;; first = false) {
      FillBlock();
      const size_t room =
          kWalBlockBytes - bytes_.size() % kWalBlockBytes - kWalHeaderBytes;
      const bool last = record.size() <= room;
      const char type =
          static_cast<char>(first ? (last ? 1 : 2) : (last ? 4 : 3));
      bytes_ += Fragment(type, record.substr(0, room));
      if (last) return begin;
      record.erase(0, room);
    }
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void FillBlock() {
    const size_t left = kWalBlockBytes - bytes_.size() % kWalBlockBytes;
    if (left < kWalHeaderBytes) bytes_.append(left, '\0');
  }

  std::string bytes_;
  uint64_t next_sequence_ = 1;
};

class WalScanTest : public ::testing::Test {
 protected:
  WalScanTest() { std::filesystem::create_directory(dir_.Join("db")); }

  [[nodiscard]] std::string Path(int number) const {
    return dir_.Join(absl::StrCat("db/00000", number, ".log"));
  }

  WalScan Scan(const std::string& bytes) {
    WriteFile(Path(4), bytes);
    const auto scan = ScanWal(*rocksdb::FileSystem::Default(), Path(4));
    EXPECT_TRUE(scan.ok()) << scan.status();
    return *scan;
  }

  absl::StatusOr<WalSummary> Mend(WalMark mark = {}) {
    WalMendOptions options;
    options.directory = dir_.Join("db");
    options.cut_directory = dir_.Join("torn");
    options.mark = mark;
    options.on_notice = [this](const std::string& notice) {
      notices_.push_back(notice);
    };
    return MendWals(*rocksdb::FileSystem::Default(), options);
  }

  TempDir dir_;
  std::vector<std::string> notices_;
};

TEST_F(WalScanTest, WholeFileIsCounted) {
  WalBuilder wal;
  wal.Add(100);
  wal.Add(100'000, 7);
  wal.Add(10);
  const WalScan scan = Scan(wal.bytes());
  EXPECT_EQ(scan.problem, "");
  EXPECT_EQ(scan.records, 3);
  EXPECT_EQ(scan.last_sequence, 9u);
  EXPECT_EQ(scan.good_bytes, wal.bytes().size());
}

TEST_F(WalScanTest, EmptyFileIsWhole) {
  const WalScan scan = Scan("");
  EXPECT_EQ(scan.problem, "");
  EXPECT_EQ(scan.records, 0);
}

TEST_F(WalScanTest, EveryFillingOfABlockIsRead) {
  for (size_t rest = 0; rest <= 2 * kWalHeaderBytes; ++rest) {
    WalBuilder wal;
    wal.Add(kWalBlockBytes - kWalHeaderBytes - 12 - rest);
    wal.Add(100);
    const WalScan scan = Scan(wal.bytes());
    EXPECT_EQ(scan.problem, "") << rest;
    EXPECT_EQ(scan.records, 2) << rest;
  }
}

TEST_F(WalScanTest, EveryCutOfTheLastRecordIsATornTail) {
  WalBuilder wal;
  wal.Add(40'000);
  const size_t begin = wal.Add(70'000);
  for (size_t end = begin + 1; end < wal.bytes().size(); end += 511) {
    const WalScan scan = Scan(wal.bytes().substr(0, end));
    EXPECT_NE(scan.problem, "") << end;
    EXPECT_FALSE(scan.more_after) << end;
    EXPECT_EQ(scan.records, 1) << end;
  }
}

TEST_F(WalScanTest, MissingPageInTheLastRecordIsATornTail) {
  WalBuilder wal;
  wal.Add(5'000);
  const size_t begin = wal.Add(150'000);
  for (size_t page = begin / 4096; page * 4096 < wal.bytes().size(); ++page) {
    std::string bytes = wal.bytes();
    const size_t from = std::max(begin, page * 4096);
    const size_t to = std::min((page + 1) * 4096, bytes.size());
    std::fill(bytes.begin() + static_cast<long>(from),
              bytes.begin() + static_cast<long>(to), '\0');
    const WalScan scan = Scan(bytes);
    EXPECT_NE(scan.problem, "") << page;
    EXPECT_FALSE(scan.more_after) << page;
    EXPECT_EQ(scan.good_bytes, begin) << page;
  }
}

TEST_F(WalScanTest, RecordAfterTheBadStretchIsFound) {
  WalBuilder wal;
  wal.Add(100);
  const size_t bad = wal.Add(100);
  const size_t next = wal.Add(100);
  std::string bytes = wal.bytes();
  bytes[bad + 4] = static_cast<char>(bytes[bad + 4] ^ 0x40);  // Its length.
  const WalScan scan = Scan(bytes);
  EXPECT_EQ(scan.bad_offset, bad);
  EXPECT_TRUE(scan.more_after);
  EXPECT_EQ(scan.more_after_offset, next);
}

TEST_F(WalScanTest, RecordThatIsNotEndedBeforeTheNextIsNotTorn) {
  const std::string begun = Fragment(2, Batch(1, 1, 50));
  const WalScan scan = Scan(begun + Fragment(1, Batch(2, 1, 50)));
  EXPECT_EQ(scan.bad_offset, 0u);
  EXPECT_TRUE(scan.more_after);
  EXPECT_EQ(scan.more_after_offset, begun.size());
}

TEST_F(WalScanTest, RecordThatWasNotBegunIsNotTornBeforeAnother) {
  const std::string ended = Fragment(4, std::string(50, 'x'));
  EXPECT_TRUE(Scan(ended + Fragment(1, Batch(2, 1, 50))).more_after);
  EXPECT_FALSE(Scan(ended).more_after);
}

// A page that takes with it the end of one record and the beginning of the
// next leaves only middles, as a torn record does; but its length tells.
TEST_F(WalScanTest, MissingPageBetweenTwoRecordsIsNotTorn) {
  WalBuilder wal;
  const size_t bad = wal.Add(60'000);
  const size_t next = wal.Add(60'000);
  const size_t page = next / 4096 * 4096;
  ASSERT_GT(page, kWalBlockBytes);
  std::string bytes = wal.bytes();
  std::fill_n(bytes.begin() + static_cast<long>(page), 4096, '\0');
  const WalScan scan = Scan(bytes);
  EXPECT_EQ(scan.bad_offset, kWalBlockBytes);
  EXPECT_EQ(scan.good_bytes, bad);
  EXPECT_TRUE(scan.more_after);
}

TEST_F(WalScanTest, BytesThatLookLikeARecordDoNotMakeATornTailDamage) {
  WalBuilder wal;
  for (int i = 0; i < 10; ++i) wal.Add(50);
  const std::string fake = Fragment(1, Batch(3, 1, 20));
  const size_t begin = wal.AddRecord(Batch(11, 1, 0) + fake + fake);
  std::string bytes = wal.bytes();
  bytes[begin] = static_cast<char>(bytes[begin] ^ 1);
  const WalScan scan = Scan(bytes);
  EXPECT_EQ(scan.bad_offset, begin);
  EXPECT_FALSE(scan.more_after);
}

TEST_F(WalScanTest, TornTailIsCutOffAndKept) {
  WalBuilder wal;
  wal.Add(100);
  const size_t begin = wal.Add(100);
  const std::string torn = wal.bytes().substr(0, wal.bytes().size() - 1);
  WriteFile(Path(4), torn);
  const auto summary = Mend();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->records, 1);
  EXPECT_EQ(ReadFile(Path(4)), wal.bytes().substr(0, begin));
  EXPECT_EQ(ReadFile(dir_.Join(absl::StrCat("torn/torn-4-", begin))),
            torn.substr(begin));
  ASSERT_EQ(notices_.size(), 1u);
  EXPECT_THAT(notices_[0], HasSubstr(Path(4)));
  EXPECT_THAT(notices_[0], HasSubstr(absl::StrCat("offset ", begin)));
  notices_.clear();
  EXPECT_TRUE(Mend().ok());
  EXPECT_TRUE(notices_.empty());
}

TEST_F(WalScanTest, TornTailOfAnOlderFileIsDataLoss) {
  WalBuilder wal;
  wal.Add(100);
  wal.Add(100);
  const std::string torn = wal.bytes().substr(0, wal.bytes().size() - 1);
  WriteFile(Path(4), torn);
  WriteFile(Path(9), "");
  const absl::Status status = Mend().status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path(4)));
  EXPECT_THAT(std::string(status.message()), HasSubstr("offset"));
  EXPECT_EQ(ReadFile(Path(4)), torn);
}

TEST_F(WalScanTest, NothingBelowTheMarkIsATornTail) {
  WalBuilder wal;
  wal.Add(100);
  const size_t begin = wal.Add(100);
  const WalMark mark{4, wal.bytes().size()};
  const std::string cases[] = {
      wal.bytes().substr(0, wal.bytes().size() - 1),
      wal.bytes().substr(0, begin),
      "",
  };
  for (const std::string& bytes : cases) {
    WriteFile(Path(4), bytes);
    const absl::Status status = Mend(mark).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << bytes.size();
    EXPECT_THAT(std::string(status.message()), HasSubstr("offset"));
    EXPECT_EQ(ReadFile(Path(4)), bytes);
  }
  // What came after the mark may be torn.
  WriteFile(Path(4), wal.bytes().substr(0, wal.bytes().size() - 1));
  EXPECT_TRUE(Mend({4, begin}).ok());
}

}  // namespace
}  // namespace journey::log
