#include "service/core/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace journey::core {
namespace {

constexpr size_t kWordBytes = sizeof(uint64_t);
constexpr uint64_t kHighBits = 0x8080808080808080;

unsigned char ByteAt(absl::string_view text, size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool IsTail(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Length of the well-formed multi-byte character at the start of `text`, 0
// where there is none. Table 3-7 of the Unicode standard: the second byte's
// range rules out overlong forms, surrogates and what is too large.
size_t MultiByteLength(absl::string_view text) {
  const unsigned char lead = ByteAt(text, 0);
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  const unsigned char second = ByteAt(text, 1);
  const unsigned char min = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char max = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (second < min || second > max) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (!IsTail(ByteAt(text, i))) return 0;
  }
  return length;
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  while (!text.empty()) {
    // Most texts are ASCII; those are skipped a word at a time.
    while (text.size() >= kWordBytes) {
      uint64_t word = 0;
      std::memcpy(&word, text.data(), kWordBytes);
      if ((word & kHighBits) != 0) break;
      text.remove_prefix(kWordBytes);
    }
    if (text.empty()) break;
    const size_t length = ByteAt(text, 0) < 0x80 ? 1 : MultiByteLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool HasControlCharacter(absl::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char byte = ByteAt(text, i);
    if (byte < 0x20 || byte == 0x7F) return true;
    // U+0080 to U+009F are two bytes, of which the first is 0xC2.
    if (byte == 0xC2 && i + 1 < text.size() && ByteAt(text, i + 1) < 0xA0) {
      return true;
    }
  }
  return false;
}

}  // namespace journey::core
