#include "cli/failure.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/exit_codes.h"
#include "google/rpc/error_details.pb.h"

namespace journey::cli {
namespace {

constexpr char kPayloadUrl[] = "type.googleapis.com/google.rpc.Status";
constexpr size_t kMistakesShownMax = 20;

// The details that the server sent; empty for an error made here.
google::rpc::Status DetailsOf(const absl::Status& status) {
  google::rpc::Status details;
  const auto payload = status.GetPayload(kPayloadUrl);
  if (payload.has_value()) {
    details.ParseFromString(std::string(*payload));
  }
  return details;
}

template <typename Detail>
std::optional<Detail> FindDetail(const absl::Status& status) {
  const google::rpc::Status details = DetailsOf(status);
  for (const google::protobuf::Any& any : details.details()) {
    Detail detail;
    if (any.Is<Detail>() && any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

// What to do about a reason, in words for the person at the keyboard.
absl::string_view AdviceFor(v1::ErrorReason reason) {
  switch (reason) {
    case v1::ERROR_REASON_VALIDATION_FAILED:
      return "correct what is named above, then repeat the command.";
    case v1::ERROR_REASON_TOUCHPOINT_CONFLICT:
      return "the id is known with other content: if the first is wrong, "
             "`journeyctl amend` it with the right one under a new id.";
    case v1::ERROR_REASON_VERSION_MISMATCH:
      return "read the subject again and decide anew.";
    case v1::ERROR_REASON_OVERLOADED:
    case v1::ERROR_REASON_SLOW_READER:
      return "repeat the command in a moment; repeating is safe.";
    case v1::ERROR_REASON_SUBJECT_FULL:
      return "look for a junk identifier that many touchpoints share.";
    case v1::ERROR_REASON_STORAGE_FULL:
      return "the server's disk is full: tell its operator, then repeat.";
    case v1::ERROR_REASON_STORAGE_UNAVAILABLE:
      return "repeat the command in a moment; if it goes on, tell the server's "
             "operator to look at the disk.";
    case v1::ERROR_REASON_OUTCOME_UNKNOWN:
    case v1::ERROR_REASON_SHUTTING_DOWN:
      return "repeat the command; repeating is safe.";
    case v1::ERROR_REASON_SUBJECT_NOT_FOUND:
      return "check type, id and the instant; `journeyctl journey list` shows "
             "what "
             "there is.";
    case v1::ERROR_REASON_DEAL_NOT_FOUND:
      return "check the id, which stands alone (D-17, not deal:D-17), and "
             "the instant; `journeyctl deals list` shows what there is.";
    case v1::ERROR_REASON_TICKET_NOT_FOUND:
      return "check the id and the instant; `journeyctl tickets list` shows "
             "what there is.";
    case v1::ERROR_REASON_PIPELINE_NOT_FOUND:
      return "leave out --pipeline for the rule set's first one.";
    case v1::ERROR_REASON_SIGNAL_NOT_FOUND:
      return "check the id; `journeyctl signals list --include-withdrawn` "
             "shows what there is.";
    case v1::ERROR_REASON_QUERY_TOO_LARGE:
      return "ask for a later --as-of, or for single journeys.";
    case v1::ERROR_REASON_DATA_DAMAGED:
    case v1::ERROR_REASON_INTERNAL:
      return "tell the server's operator.";
    default:
      return "";
  }
}

absl::string_view AdviceFor(const absl::Status& status) {
  const absl::string_view advice = AdviceFor(ReasonOf(status));
  if (!advice.empty()) return advice;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      return "is the server running? Check --server, JOURNEYCTL_SERVER and "
             "`journeyctl config current-context`.";
    case absl::StatusCode::kDeadlineExceeded:
      return "give it longer with --timeout, ask for less, or see whether "
             "--server is right.";
    case absl::StatusCode::kUnimplemented:
      return "the server is older than this journeyctl.";
    default:
      return "";
  }
}

absl::string_view HeadingFor(const absl::Status& status) {
  switch (ExitCodeOf(status)) {
    case kExitUnreachable:
      // A server that gives a reason was reached, and so was one that is slow.
      if (ReasonOf(status) != v1::ERROR_REASON_UNSPECIFIED ||
          absl::IsDeadlineExceeded(status)) {
        return "not now: ";
      }
      return "server unreachable: ";
    case kExitNotFound:
      return "not found: ";
    case kExitRefused:
      return "refused: ";
    default:
      return "";
  }
}

// Without the parts of gRPC's messages that help nobody here.
std::string MessageOf(const absl::Status& status) {
  constexpr absl::string_view kNoise = "last error: UNKNOWN: ";
  const absl::string_view message = status.message();
  const size_t noise = message.find(kNoise);
  if (noise != absl::string_view::npos) {
    return std::string(message.substr(noise + kNoise.size()));
  }
  return message.empty() ? absl::StatusCodeToString(status.code())
                         : std::string(message);
}

}  // namespace

absl::Status FromRpc(const google::rpc::Status& status) {
  if (status.code() == 0) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.code()),
                      status.message());
  result.SetPayload(kPayloadUrl, absl::Cord(status.SerializeAsString()));
  return result;
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) details.Clear();
  details.set_code(status.error_code());
  details.set_message(status.error_message());
  return FromRpc(details);
}

absl::Status UsageError(absl::string_view message) {
  return absl::InvalidArgumentError(message);
}

absl::Status LocalError(absl::string_view message) {
  return absl::UnknownError(message);
}

bool IsFromServer(const absl::Status& status) {
  return status.GetPayload(kPayloadUrl).has_value();
}

std::vector<FieldMistake> FieldMistakesOf(const absl::Status& status) {
  std::vector<FieldMistake> mistakes;
  const auto detail = FindDetail<google::rpc::BadRequest>(status);
  if (!detail.has_value()) return mistakes;
  for (const auto& violation : detail->field_violations()) {
    mistakes.push_back({violation.field(), violation.description()});
  }
  return mistakes;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const auto detail = FindDetail<google::rpc::RetryInfo>(status);
  if (!detail.has_value()) return std::nullopt;
  return absl::Seconds(detail->retry_delay().seconds()) +
         absl::Nanoseconds(detail->retry_delay().nanos());
}

v1::ErrorReason ReasonOf(const absl::Status& status) {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  const auto detail = FindDetail<google::rpc::ErrorInfo>(status);
  if (detail.has_value()) {
    v1::ErrorReason_Parse("ERROR_REASON_" + detail->reason(), &reason);
  }
  return reason;
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (!IsFromServer(status)) {
    if (absl::IsInvalidArgument(status)) return kExitUsage;
    return absl::IsCancelled(status) ? kExitInterrupted : kExitFailed;
  }
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnreachable;
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kResourceExhausted:
      return RetryDelayOf(status).has_value() ? kExitUnreachable : kExitRefused;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitRefused;
    default:
      return kExitFailed;
  }
}

std::string Describe(const absl::Status& status) {
  const std::string message = MessageOf(status);
  std::string text =
      absl::StrCat("journeyctl: ", HeadingFor(status), message, "\n");
  std::vector<FieldMistake> mistakes = FieldMistakesOf(status);
  // A single mistake often is the message already.
  if (mistakes.size() == 1 &&
      absl::StrContains(message, mistakes.front().field) &&
      absl::StrContains(message, mistakes.front().description)) {
    mistakes.clear();
  }
  for (size_t i = 0; i < mistakes.size() && i < kMistakesShownMax; ++i) {
    absl::StrAppend(&text, "  ", mistakes[i].field, ": ",
                    mistakes[i].description, "\n");
  }
  if (mistakes.size() > kMistakesShownMax) {
    absl::StrAppend(&text, "  and ", mistakes.size() - kMistakesShownMax,
                    " more\n");
  }
  const absl::string_view advice = AdviceFor(status);
  if (!advice.empty()) absl::StrAppend(&text, "What to do: ", advice, "\n");
  return text;
}

}  // namespace journey::cli
