#include "cli/reconnect.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cli/failure.h"

namespace journey::cli {

absl::StatusOr<absl::Duration> Reconnect::DelayAfter(const absl::Status& ended,
                                                     bool progressed) {
  const v1::ErrorReason reason = ReasonOf(ended);
  // A call that reaches a server which is already closing is CANCELLED.
  const bool will_pass = ended.ok() || absl::IsUnavailable(ended) ||
                         absl::IsCancelled(ended) ||
                         reason == v1::ERROR_REASON_OVERLOADED ||
                         reason == v1::ERROR_REASON_SLOW_READER;
  if (!will_pass || !heard_ever_) {
    if (!ended.ok()) return ended;
    return FromGrpc({grpc::StatusCode::UNAVAILABLE,
                     "the server ended the stream before it sent anything"});
  }
  if (progressed) delay_ = kDelayFirst;
  const absl::Duration asked =
      RetryDelayOf(ended).value_or(absl::ZeroDuration());
  const absl::Duration wait = std::clamp(asked, delay_, kDelayMax);
  delay_ = std::min(delay_ * 2, kDelayMax);
  return wait;
}

std::string DescribeLoss(const absl::Status& ended, int64_t position) {
  absl::string_view what = "connection lost";
  const v1::ErrorReason reason = ReasonOf(ended);
  if (reason == v1::ERROR_REASON_OVERLOADED) what = "the server is overloaded";
  if (reason == v1::ERROR_REASON_SLOW_READER) {
    what = "events were read too slowly";
  }
  return absl::StrCat(what, ", going on after position ", position, "\n");
}

}  // namespace journey::cli
