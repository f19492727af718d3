#include "service/core/sender_clocks.h"

#include "service/core/time.h"

namespace journey::core {

std::optional<Micros> SenderClocks::CorrectedOccurredAt(
    const v1::Touchpoint& touchpoint, Micros received_at) const {
  if (Trusts(touchpoint.source()) || !touchpoint.has_sent_at()) {
    return std::nullopt;
  }
  return ToMicros(touchpoint.occurred_at()) +
         (received_at - ToMicros(touchpoint.sent_at()));
}

}  // namespace journey::core
