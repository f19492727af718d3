// CRC-32C (Castagnoli), as the frames of stored values and RocksDB's
// write-ahead log use it.
#ifndef SERVICE_LOG_CRC32C_H_
#define SERVICE_LOG_CRC32C_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace journey::log {

// The checksum of `data` appended to bytes whose checksum is `before`.
[[nodiscard]] uint32_t ExtendCrc32c(uint32_t before, absl::string_view data);

[[nodiscard]] inline uint32_t Crc32c(absl::string_view data) {
  return ExtendCrc32c(0, data);
}

// The form in which RocksDB stores a checksum, so that the checksum of bytes
// that contain checksums stays meaningful.
[[nodiscard]] inline uint32_t MaskCrc32c(uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

}  // namespace journey::log

#endif  // SERVICE_LOG_CRC32C_H_
