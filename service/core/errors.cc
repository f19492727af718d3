#include "service/core/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "google/protobuf/any.pb.h"
#include "service/core/limits.h"

namespace journey::core {
namespace {

constexpr char kDomain[] = "journey.v1";
constexpr char kReasonPrefix[] = "ERROR_REASON_";
constexpr char kTypeUrlPrefix[] = "type.googleapis.com/";
constexpr absl::Duration kOverloadedRetryDelay = absl::Milliseconds(100);
constexpr absl::Duration kSlowReaderRetryDelay = absl::Seconds(1);
// How long a client should wait for an operator to make room.
constexpr absl::Duration kStorageFullRetryDelay = absl::Seconds(30);

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat(kTypeUrlPrefix, Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

void AttachRetry(absl::Status& status, absl::Duration delay) {
  google::rpc::RetryInfo retry;
  auto* out = retry.mutable_retry_delay();
  out->set_seconds(absl::IDivDuration(delay, absl::Seconds(1), &delay));
  out->set_nanos(static_cast<int>(absl::ToInt64Nanoseconds(delay)));
  Attach(status, retry);
}

google::rpc::ErrorInfo MakeInfo(v1::ErrorReason reason,
                                const ErrorMetadata& metadata) {
  google::rpc::ErrorInfo info;
  info.set_domain(kDomain);
  info.set_reason(std::string(
      absl::StripPrefix(v1::ErrorReason_Name(reason), kReasonPrefix)));
  for (const auto& [key, value] : metadata) {
    (*info.mutable_metadata())[key] = value;
  }
  return info;
}

}  // namespace

ErrorMetadata MetadataOf(const Limit& limit) {
  return {{"limit", std::string(limit.name)},
          {"value", absl::StrCat(limit.value)},
          {"unit", std::string(limit.unit)}};
}

absl::Status MakeError(absl::StatusCode code, v1::ErrorReason reason,
                       absl::string_view message,
                       const ErrorMetadata& metadata) {
  absl::Status status(code, message);
  Attach(status, MakeInfo(reason, metadata));
  return status;
}

absl::Status OverloadedError(absl::string_view message,
                             absl::string_view limit) {
  absl::Status status = MakeError(absl::StatusCode::kResourceExhausted,
                                  v1::ERROR_REASON_OVERLOADED, message,
                                  {{"limit", std::string(limit)}});
  AttachRetry(status, kOverloadedRetryDelay);
  return status;
}

absl::Status SlowReaderError(int64_t position) {
  absl::Status status = MakeError(
      absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SLOW_READER,
      "the reader did not take its messages; go on after the last position "
      "that was received",
      {{"position", absl::StrCat(position)}});
  AttachRetry(status, kSlowReaderRetryDelay);
  return status;
}

absl::Status StorageFullError() {
  absl::Status status = MakeError(
      absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_STORAGE_FULL,
      absl::StrCat("less than ", kFreeSpaceBytesMin,
                   " bytes of disk are free; nothing was written"),
      MetadataOf(
          {"free_space_bytes_min", int64_t{kFreeSpaceBytesMin}, "bytes"}));
  AttachRetry(status, kStorageFullRetryDelay);
  return status;
}

absl::Status ShuttingDownError() {
  return MakeError(absl::StatusCode::kUnavailable,
                   v1::ERROR_REASON_SHUTTING_DOWN,
                   "the server is stopping; the request had no effect");
}

absl::Status OutcomeUnknownError() {
  return MakeError(absl::StatusCode::kUnavailable,
                   v1::ERROR_REASON_OUTCOME_UNKNOWN,
                   "outcome unknown, repeat: the disk failed while writing");
}

absl::Status DamagedError(absl::string_view message) {
  return MakeError(absl::StatusCode::kDataLoss, v1::ERROR_REASON_DATA_DAMAGED,
                   message);
}

std::string Quoted(absl::string_view value) {
  constexpr size_t kShownBytesMax = 64;
  const bool is_cut = value.size() > kShownBytesMax;
  if (is_cut) {
    size_t end = kShownBytesMax;
    // Not within a character.
    while (end > 0 && (value[end] & 0xC0) == 0x80) --end;
    value = value.substr(0, end);
  }
  return absl::StrCat("\"", absl::Utf8SafeCEscape(value), is_cut ? "…" : "",
                      "\"");
}

void Violations::Add(absl::string_view field, absl::string_view description) {
  if (++count_ > kViolationsMax) return;
  auto* violation = bad_request_.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
}

absl::Status Violations::ToStatus() const {
  return Build(absl::StatusCode::kInvalidArgument,
               v1::ERROR_REASON_VALIDATION_FAILED);
}

absl::Status Violations::ToConflict() const {
  return Build(absl::StatusCode::kAlreadyExists,
               v1::ERROR_REASON_TOUCHPOINT_CONFLICT);
}

absl::Status Violations::Build(absl::StatusCode code,
                               v1::ErrorReason reason) const {
  if (empty()) return absl::OkStatus();
  const auto& first = bad_request_.field_violations(0);
  std::string message = absl::StrCat(first.field(), ": ", first.description());
  if (count_ > 1) absl::StrAppend(&message, " (and ", count_ - 1, " more)");
  absl::Status status = MakeError(code, reason, message);
  Attach(status, bad_request_);
  return status;
}

v1::ErrorReason ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(TypeUrl<google::rpc::ErrorInfo>());
  google::rpc::ErrorInfo info;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (payload.has_value() && info.ParseFromString(std::string(*payload))) {
    (void)v1::ErrorReason_Parse(absl::StrCat(kReasonPrefix, info.reason()),
                                &reason);
  }
  return reason;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(std::string(status.message()));
  bool has_info = false;
  status.ForEachPayload(
      [&](absl::string_view type_url, const absl::Cord& payload) {
        has_info |= type_url == TypeUrl<google::rpc::ErrorInfo>();
        auto* detail = out.add_details();
        detail->set_type_url(std::string(type_url));
        detail->set_value(std::string(payload));
      });
  if (!status.ok() && !has_info) {
    out.add_details()->PackFrom(MakeInfo(v1::ERROR_REASON_INTERNAL, {}));
  }
  return out;
}

}  // namespace journey::core
