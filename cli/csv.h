// CSV as RFC 4180 defines it, gzipped or not.
#ifndef CLI_CSV_H_
#define CLI_CSV_H_

#include <zlib.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace journey::cli {

// Reads records one by one. Fields may be quoted, with `""` for a quote and
// with line feeds inside; lines end in LF or CRLF; a byte order mark at the
// front and blank lines are skipped. Not thread-safe.
class CsvReader {
 public:
  // LOCAL errors name the file.
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<CsvReader>> Open(
      const std::string& path);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // The next record; false at the end. An error for a file that is damaged
  // or has a quote that never ends.
  [[nodiscard]] absl::StatusOr<bool> Next(std::vector<std::string>& fields);

  // The line on which the last record began, from 1 on.
  [[nodiscard]] int64_t line() const { return line_; }

 private:
  CsvReader(std::string path, gzFile file);

  // The next byte, or -1 at the end or after an error.
  int Take();
  [[nodiscard]] int Peek();
  void Fill();
  // Reads what follows an opening quote; false when the quote never ends.
  bool TakeQuoted(std::string& field);
  absl::Status Check() const;

  const std::string path_;
  gzFile file_;
  std::string buffer_;
  size_t next_ = 0;
  bool ended_ = false;
  int64_t lines_read_ = 0;
  int64_t line_ = 0;
};

}  // namespace journey::cli

#endif  // CLI_CSV_H_
