// Whether bytes are text.
#ifndef SERVICE_CORE_UTF8_H_
#define SERVICE_CORE_UTF8_H_

#include "absl/strings/string_view.h"

namespace journey::core {

// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above
// U+10FFFF.
[[nodiscard]] bool IsValidUtf8(absl::string_view text);

// True when valid UTF-8 holds a control character: U+0000 to U+001F or U+007F
// to U+009F.
[[nodiscard]] bool HasControlCharacter(absl::string_view text);

}  // namespace journey::core

#endif  // SERVICE_CORE_UTF8_H_
