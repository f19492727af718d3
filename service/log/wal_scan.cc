#include "service/log/wal_scan.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "rocksdb/file_system.h"
#include "service/log/codec.h"
#include "service/log/crc32c.h"
#include "service/log/files.h"

namespace journey::log {
namespace {

enum FragmentType : unsigned char {
  kFull = 1,
  kFirst = 2,
  kMiddle = 3,
  kLast = 4,
};

// A write batch begins with the sequence number of its first write (8 bytes)
// and the number of its writes (4 bytes).
constexpr size_t kBatchHeaderBytes = 12;

// The least that a disk writes as a whole.
constexpr size_t kSectorBytes = 512;

struct Fragment {
  FragmentType type = kFull;
  absl::string_view payload;
};

class Scanner {
 public:
  explicit Scanner(std::unique_ptr<rocksdb::FSSequentialFile> file)
      : file_(std::move(file)), buffer_(kWalBlockBytes, '\0') {}

  absl::StatusOr<WalScan> Run(const std::string& path) {
    for (;;) {
      if (absl::Status read = ReadBlock(path); !read.ok()) return read;
      if (block_.empty()) break;
      ScanBlock();
      block_offset_ += block_.size();
      if (scan_.more_after) break;
    }
    if (open_ && scan_.problem.empty()) {
      Bad(open_offset_, "the file ends within a record");
    }
    return scan_;
  }

 private:
  // A short block is the file's last.
  absl::Status ReadBlock(const std::string& path) {
    size_t have = 0;
    while (have < kWalBlockBytes) {
      rocksdb::Slice piece;
      const rocksdb::IOStatus status =
          file_->Read(kWalBlockBytes - have, rocksdb::IOOptions(), &piece,
                      buffer_.data() + have, nullptr);
      if (!status.ok()) {
        return FromRocksDb(status, absl::StrCat("reading ", path));
      }
      if (piece.empty()) break;
      if (piece.data() != buffer_.data() + have) {
        std::copy_n(piece.data(), piece.size(), buffer_.data() + have);
      }
      have += piece.size();
    }
    block_ = absl::string_view(buffer_).substr(0, have);
    return absl::OkStatus();
  }

  void ScanBlock() {
    size_t at = 0;
    while (scan_.problem.empty()) {
      // Less than a header at a block's end is filling. At the file's end it
      // may be the beginning of a header.
      const size_t left = block_.size() - at;
      if (left == 0) return;
      if (left < kWalHeaderBytes) {
        if (block_.size() < kWalBlockBytes) {
          Bad(block_offset_ + at, "the file ends within a header");
        }
        return;
      }
      Fragment fragment;
      const char* const problem = Parse(at, fragment);
      if (problem != nullptr) {
        Bad(block_offset_ + at, problem);
        NoteEnd(at);
      } else {
        Take(fragment, block_offset_ + at);
        at += kWalHeaderBytes + fragment.payload.size();
      }
    }
    Seek(at);
  }

  // Reads the fragment at `at`; null when it is intact, else what is wrong.
  const char* Parse(size_t at, Fragment& fragment) const {
    const auto* header =
        reinterpret_cast<const unsigned char*>(block_.data()) + at;
    const size_t length = static_cast<size_t>(header[4]) | header[5] << 8;
    if (header[6] < kFull || header[6] > kLast) return "unknown fragment type";
    if (at + kWalHeaderBytes + length > block_.size()) {
      return "a fragment is longer than what is left of its block";
    }
    const char* const type = block_.data() + at + kWalHeaderBytes - 1;
    const uint32_t crc = Crc32c(absl::string_view(type, 1 + length));
    if (MaskCrc32c(crc) != GetLittleEndian32(block_.data() + at)) {
      return "the checksum of a fragment does not match";
    }
    fragment.type = static_cast<FragmentType>(header[6]);
    fragment.payload = block_.substr(at + kWalHeaderBytes, length);
    return nullptr;
  }

  // Continues the logical record with an intact fragment.
  void Take(const Fragment& fragment, uint64_t offset) {
    const bool begins = fragment.type == kFull || fragment.type == kFirst;
    if (begins == open_) {
      // A record begins before the one before it has ended; or goes on
      // without having begun.
      Bad(open_ ? open_offset_ : offset, "a part of a record is missing");
      if (begins) FoundAfter(offset);
      return;
    }
    if (begins) {
      open_ = true;
      open_offset_ = offset;
      batch_header_.clear();
    }
    if (batch_header_.size() < kBatchHeaderBytes) {
      const absl::string_view more =
          fragment.payload.substr(0, kBatchHeaderBytes - batch_header_.size());
      batch_header_.append(more.data(), more.size());
    }
    if (fragment.type == kFull || fragment.type == kLast) {
      EndRecord(offset + kWalHeaderBytes + fragment.payload.size());
    }
  }

  void EndRecord(uint64_t end) {
    if (batch_header_.size() < kBatchHeaderBytes) {
      Bad(open_offset_, "a record is too short for a write");
      return;
    }
    open_ = false;
    ++scan_.records;
    scan_.good_bytes = end;
    scan_.last_sequence = GetLittleEndian64(batch_header_.data()) +
                          GetLittleEndian32(batch_header_.data() + 8) - 1;
  }

  // A torn header is missing as a whole, unless a sector ends within it. So
  // one that is there tells where its record ends, even if its body is bad.
  void NoteEnd(size_t at) {
    const auto* header =
        reinterpret_cast<const unsigned char*>(block_.data()) + at;
    const size_t length = static_cast<size_t>(header[4]) | header[5] << 8;
    const size_t end = at + kWalHeaderBytes + length;
    if ((header[6] == kFull || header[6] == kLast) &&
        at / kSectorBytes == (at + kWalHeaderBytes - 1) / kSectorBytes &&
        end <= block_.size()) {
      record_end_ = block_offset_ + end;
    }
  }

  void Bad(uint64_t offset, const char* problem) {
    scan_.problem = problem;
    scan_.bad_offset = offset;
  }

  void FoundAfter(uint64_t offset) {
    scan_.more_after = true;
    scan_.more_after_offset = offset;
  }

  // Looks for the beginning of an intact logical record from `at` on, byte by
  // byte, because a damaged length hides where the next header is.
  void Seek(size_t at) {
    while (!scan_.more_after && at + kWalHeaderBytes <= block_.size()) {
      Fragment fragment;
      if (Parse(at, fragment) != nullptr) {
        ++at;
        continue;
      }
      if ((fragment.type == kFull || fragment.type == kFirst) &&
          IsPlausible(fragment, block_offset_ + at)) {
        FoundAfter(block_offset_ + at);
        return;
      }
      at += kWalHeaderBytes + fragment.payload.size();
    }
    SeekBytesAfterEnd();
  }

  // Filling is zeros; anything else after the record's end was written later.
  void SeekBytesAfterEnd() {
    if (scan_.more_after || record_end_ == 0 ||
        record_end_ >= block_offset_ + block_.size()) {
      return;
    }
    const size_t from =
        record_end_ > block_offset_ ? record_end_ - block_offset_ : 0;
    const size_t found = block_.find_first_not_of('\0', from);
    if (found != absl::string_view::npos) FoundAfter(block_offset_ + found);
  }

  // Sequence numbers rise by one a write and a write takes more than a byte,
  // so what can follow is bounded. This keeps bytes inside a torn record that
  // look like a record from being taken for one.
  [[nodiscard]] bool IsPlausible(const Fragment& fragment,
                                 uint64_t offset) const {
    if (fragment.payload.size() < kBatchHeaderBytes) {
      return fragment.type == kFirst;
    }
    if (scan_.records == 0) return true;
    const uint64_t sequence = GetLittleEndian64(fragment.payload.data());
    return sequence > scan_.last_sequence &&
           sequence - scan_.last_sequence <= offset - scan_.good_bytes + 1;
  }

  std::unique_ptr<rocksdb::FSSequentialFile> file_;
  std::string buffer_;
  absl::string_view block_;
  uint64_t block_offset_ = 0;
  bool open_ = false;
  uint64_t open_offset_ = 0;
  std::string batch_header_;
  // Where the bad record ends; 0 when that is not known.
  uint64_t record_end_ = 0;
  WalScan scan_;
};

}  // namespace

absl::StatusOr<WalScan> ScanWal(rocksdb::FileSystem& file_system,
                                const std::string& path) {
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  const rocksdb::IOStatus status = file_system.NewSequentialFile(
      path, rocksdb::FileOptions(), &file, nullptr);
  if (!status.ok()) {
    return FromRocksDb(status, absl::StrCat("opening ", path));
  }
  return Scanner(std::move(file)).Run(path);
}

}  // namespace journey::log
