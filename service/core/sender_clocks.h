// The clocks of those who report touchpoints, and what becomes of their times.
#ifndef SERVICE_CORE_SENDER_CLOCKS_H_
#define SERVICE_CORE_SENDER_CLOCKS_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"

namespace journey::core {

// Immutable and thread-safe.
class SenderClocks {
 public:
  // Trusts every clock.
  SenderClocks() = default;
  // Trusts every clock but those of these sources.
  explicit SenderClocks(absl::flat_hash_set<std::string> untrusted_sources)
      : untrusted_sources_(std::move(untrusted_sources)) {}

  [[nodiscard]] bool Trusts(absl::string_view source) const {
    return !untrusted_sources_.contains(source);
  }

  // When a touchpoint received then occurred by the server's clock; none where
  // the clock of its source is trusted, or it does not say when it was sent.
  [[nodiscard]] std::optional<Micros> CorrectedOccurredAt(
      const v1::Touchpoint& touchpoint, Micros received_at) const;

 private:
  absl::flat_hash_set<std::string> untrusted_sources_;
};

}  // namespace journey::core

#endif  // SERVICE_CORE_SENDER_CLOCKS_H_
