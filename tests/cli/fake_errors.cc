#include "tests/cli/fake_errors.h"

#include "google/rpc/error_details.pb.h"

namespace journey::testing {

google::rpc::Status MakeError(
    grpc::StatusCode code, v1::ErrorReason reason, const std::string& message,
    const std::vector<std::pair<std::string, std::string>>& fields,
    int retry_seconds) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_domain("journey.v1");
  info.set_reason(v1::ErrorReason_Name(reason).substr(13));
  status.add_details()->PackFrom(info);
  if (!fields.empty()) {
    google::rpc::BadRequest bad;
    for (const auto& [field, description] : fields) {
      auto& violation = *bad.add_field_violations();
      violation.set_field(field);
      violation.set_description(description);
    }
    status.add_details()->PackFrom(bad);
  }
  if (retry_seconds >= 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(retry_seconds);
    status.add_details()->PackFrom(retry);
  }
  return status;
}

grpc::Status ToGrpc(const google::rpc::Status& status) {
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      status.message(), status.SerializeAsString());
}

}  // namespace journey::testing
