#include "cli/csv.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

constexpr unsigned kChunkBytes = 256 * 1024;
constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";

}  // namespace

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Open(
    const std::string& path) {
  errno = 0;
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    return LocalError(absl::StrCat(path, ": ", strerror(errno)));
  }
  auto reader = std::unique_ptr<CsvReader>(new CsvReader(path, file));
  reader->Fill();
  if (absl::StartsWith(reader->buffer_, kByteOrderMark)) reader->next_ = 3;
  absl::Status status = reader->Check();
  if (!status.ok()) return status;
  return reader;
}

CsvReader::CsvReader(std::string path, gzFile file)
    : path_(std::move(path)), file_(file) {
  gzbuffer(file_, kChunkBytes);
}

CsvReader::~CsvReader() { gzclose(file_); }

void CsvReader::Fill() {
  buffer_.resize(kChunkBytes);
  const int count = gzread(file_, buffer_.data(), kChunkBytes);
  buffer_.resize(static_cast<size_t>(count < 0 ? 0 : count));
  next_ = 0;
  ended_ = count <= 0;
}

int CsvReader::Peek() {
  if (next_ == buffer_.size() && !ended_) Fill();
  return ended_ && next_ == buffer_.size()
             ? -1
             : static_cast<unsigned char>(buffer_[next_]);
}

int CsvReader::Take() {
  const int byte = Peek();
  if (byte >= 0) ++next_;
  if (byte == '\n') ++lines_read_;
  return byte;
}

bool CsvReader::TakeQuoted(std::string& field) {
  for (;;) {
    const int byte = Take();
    if (byte < 0) return false;
    if (byte != '"') {
      field.push_back(static_cast<char>(byte));
    } else if (Peek() == '"') {
      field.push_back(static_cast<char>(Take()));
    } else {
      return true;
    }
  }
}

absl::Status CsvReader::Check() const {
  int code = Z_OK;
  const char* message = gzerror(file_, &code);
  if (code == Z_OK || code == Z_STREAM_END) return absl::OkStatus();
  if (code == Z_ERRNO) message = strerror(errno);
  return LocalError(absl::StrCat(path_, ": ", message));
}

absl::StatusOr<bool> CsvReader::Next(std::vector<std::string>& fields) {
  fields.clear();
  while (Peek() == '\n' || Peek() == '\r') Take();
  line_ = lines_read_ + 1;
  std::string field;
  bool quoted = false;
  for (;;) {
    const int byte = Take();
    if (byte < 0) {
      absl::Status status = Check();
      if (!status.ok()) return status;
      if (fields.empty() && field.empty() && !quoted) return false;
    }
    if (byte == '"' && field.empty() && !quoted) {
      quoted = true;
      if (!TakeQuoted(field)) {
        return LocalError(
            absl::StrCat(path_, ": line ", line_, ": a quote is never closed"));
      }
    } else if (byte == ',' || byte < 0 || byte == '\n') {
      fields.push_back(std::move(field));
      field.clear();
      quoted = false;
      if (byte != ',') return true;
    } else if (byte != '\r' || Peek() != '\n') {
      field.push_back(static_cast<char>(byte));
    }
  }
}

}  // namespace journey::cli
