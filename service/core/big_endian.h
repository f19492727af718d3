// Numbers in keys: big-endian, so that they sort by value.
#ifndef SERVICE_CORE_BIG_ENDIAN_H_
#define SERVICE_CORE_BIG_ENDIAN_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace journey::core {

// Writes the eight bytes of `value`, the highest first.
inline void StoreBigEndian(uint64_t value, char* to) {
  for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<char>(value);
}

// Adds them at the end.
inline void AppendBigEndian(uint64_t value, std::string& out) {
  out.resize(out.size() + 8);
  StoreBigEndian(value, &out[out.size() - 8]);
}

// The number in the first eight bytes; `bytes` has at least so many.
[[nodiscard]] inline uint64_t LoadBigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

}  // namespace journey::core

#endif  // SERVICE_CORE_BIG_ENDIAN_H_
