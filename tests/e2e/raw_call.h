// Calls with raw bytes, for what the generated stubs cannot say: malformed
// messages, and services without a header of their own.
#ifndef TESTS_E2E_RAW_CALL_H_
#define TESTS_E2E_RAW_CALL_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace journey::testing {

// Sends one request by `method` ("/package.Service/Method") and returns the
// status; the bytes of the first answer go to `answer`.
grpc::Status RawCall(const std::shared_ptr<grpc::Channel>& channel,
                     const std::string& method, const std::string& request,
                     std::string* answer);

}  // namespace journey::testing

#endif  // TESTS_E2E_RAW_CALL_H_
