#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "rocksdb/file_system.h"
#include "service/core/errors.h"
#include "service/log/files.h"
#include "service/log/wal_scan.h"

namespace journey::log {
namespace {

absl::Status Damaged(const WalFile& file, const WalScan& scan,
                     absl::string_view why_not_torn) {
  return core::DamagedError(absl::StrCat(file.path, " at offset ",
                                         scan.bad_offset, ": ", scan.problem,
                                         "; ", why_not_torn));
}

// OK when the file is whole, or when it is the newest and what is bad is a
// torn tail.
absl::Status Judge(const WalFile& file, const WalScan& scan, bool newest,
                   const WalMark& mark) {
  if (file.number == mark.number && scan.problem.empty() &&
      file.bytes < mark.bytes) {
    return core::DamagedError(absl::StrCat(
        file.path, " at offset ", file.bytes, ": the file ends, but ",
        mark.bytes, " bytes were in it when the log was closed"));
  }
  if (scan.problem.empty()) return absl::OkStatus();
  if (!newest) {
    return Damaged(file, scan, "a newer file exists, so this is damage");
  }
  if (scan.more_after) {
    return Damaged(file, scan,
                   absl::StrCat("what was written later follows at offset ",
                                scan.more_after_offset, ", so this is damage"));
  }
  if (file.number == mark.number && scan.good_bytes < mark.bytes) {
    return Damaged(file, scan,
                   "it was durable when the log was closed, so this is damage");
  }
  return absl::OkStatus();
}

// Cuts the tail off after keeping a copy of it.
absl::Status CutTail(rocksdb::FileSystem& file_system, const WalFile& file,
                     const WalScan& scan, const WalMendOptions& options) {
  std::string bytes;
  absl::Status status =
      FromRocksDb(rocksdb::ReadFileToString(&file_system, file.path, &bytes),
                  absl::StrCat("reading ", file.path));
  if (!status.ok()) return status;
  const std::string name =
      absl::StrCat("torn-", file.number, "-", scan.good_bytes);
  status =
      FromRocksDb(file_system.CreateDirIfMissing(options.cut_directory,
                                                 rocksdb::IOOptions(), nullptr),
                  absl::StrCat("creating ", options.cut_directory));
  if (!status.ok()) return status;
  status = WriteFileDurably(file_system, options.cut_directory, name,
                            bytes.substr(scan.good_bytes));
  if (!status.ok()) return status;
  status = TruncateDurably(file_system, file.path, scan.good_bytes);
  if (!status.ok()) return status;
  if (options.on_notice) {
    options.on_notice(absl::StrCat(
        file.path, ": cut off a torn tail of ", bytes.size() - scan.good_bytes,
        " bytes at offset ", scan.good_bytes, " (", scan.problem, " at offset ",
        scan.bad_offset, "), kept in ", options.cut_directory, "/", name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<WalFile>> ListWals(rocksdb::FileSystem& file_system,
                                              const std::string& directory) {
  std::vector<std::string> names;
  absl::Status status = FromRocksDb(
      file_system.GetChildren(directory, rocksdb::IOOptions(), &names, nullptr),
      absl::StrCat("listing ", directory));
  if (!status.ok()) return status;
  std::vector<WalFile> files;
  for (const std::string& name : names) {
    absl::string_view stem = name;
    WalFile file;
    if (!absl::ConsumeSuffix(&stem, ".log") ||
        !absl::SimpleAtoi(stem, &file.number)) {
      continue;
    }
    file.path = absl::StrCat(directory, "/", name);
    status =
        FromRocksDb(file_system.GetFileSize(file.path, rocksdb::IOOptions(),
                                            &file.bytes, nullptr),
                    absl::StrCat("looking at ", file.path));
    if (!status.ok()) return status;
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(), [](const WalFile& a, const WalFile& b) {
    return a.number < b.number;
  });
  return files;
}

absl::StatusOr<WalSummary> MendWals(rocksdb::FileSystem& file_system,
                                    const WalMendOptions& options) {
  const auto files = ListWals(file_system, options.directory);
  if (!files.ok()) return files.status();
  WalSummary summary;
  for (const WalFile& file : *files) {
    const bool newest = &file == &files->back();
    const auto scan = ScanWal(file_system, file.path);
    if (!scan.ok()) return scan.status();
    absl::Status status = Judge(file, *scan, newest, options.mark);
    if (!status.ok()) return status;
    if (!scan->problem.empty()) {
      status = CutTail(file_system, file, *scan, options);
      if (!status.ok()) return status;
    }
    summary.records += scan->records;
    summary.last_sequence =
        std::max(summary.last_sequence, scan->last_sequence);
  }
  return summary;
}

}  // namespace journey::log
