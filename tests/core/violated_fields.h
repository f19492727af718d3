// What a refusal names.
#ifndef TESTS_CORE_VIOLATED_FIELDS_H_
#define TESTS_CORE_VIOLATED_FIELDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace journey::testing {

inline google::rpc::BadRequest BadRequestOf(const absl::Status& status) {
  google::rpc::BadRequest bad_request;
  const auto payload =
      status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  if (payload.has_value()) {
    bad_request.ParseFromString(std::string(*payload));
  }
  return bad_request;
}

// The fields of the BadRequest, in its order; none where there is none.
inline std::vector<std::string> ViolatedFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const google::rpc::BadRequest bad_request = BadRequestOf(status);
  for (const auto& violation : bad_request.field_violations()) {
    fields.push_back(violation.field());
  }
  return fields;
}

}  // namespace journey::testing

#endif  // TESTS_CORE_VIOLATED_FIELDS_H_
