// What the commands that ask the service have in common.
#ifndef CLI_ASK_H_
#define CLI_ASK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/client.h"
#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "cli/invocation.h"

namespace journey::cli {

// Set the instant in a request where the option was given.
template <typename Request>
[[nodiscard]] absl::Status SetAsOf(const Invocation& invocation,
                                   const std::string& as_of, Request& request) {
  if (as_of.empty()) return absl::OkStatus();
  return SetInstant(invocation, "--as-of", as_of, request.mutable_as_of());
}
template <typename Request>
[[nodiscard]] absl::Status SetKnownAt(const Invocation& invocation,
                                      const std::string& known_at,
                                      Request& request) {
  if (known_at.empty()) return absl::OkStatus();
  return SetInstant(invocation, "--known-at", known_at,
                    request.mutable_known_at());
}

// The instant that a table counts ages to.
template <typename Request>
[[nodiscard]] int64_t InstantOf(const Invocation& invocation,
                                const Request& request) {
  return request.has_as_of() ? ToMicros(request.as_of())
                             : invocation.now_micros;
}

// A question about one subject: as people write it, `account:ID` and the like.
template <typename Request>
[[nodiscard]] absl::StatusOr<Request> RequestAbout(const Settings& settings,
                                                   const std::string& text) {
  const auto subject = ParseSubject(text);
  if (!subject.ok()) return subject.status();
  Request request;
  request.set_tenant_id(settings.tenant);
  *request.mutable_subject() = *subject;
  return request;
}

// Asks once and prints the answer: as JSON, or by `print_table(response)`.
template <typename Service, typename Request, typename Response,
          typename PrintTable>
[[nodiscard]] absl::StatusOr<int> AskOne(
    const Invocation& invocation, const Settings& settings,
    grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*,
                                                   const Request&, Response*),
    const Request& request, PrintTable print_table) {
  const auto response = Call<Service>(settings, method, request);
  if (!response.ok()) return response.status();
  if (!PrintJson(invocation, settings.format, *response)) {
    print_table(*response);
  }
  return kExitOk;
}

}  // namespace journey::cli

#endif  // CLI_ASK_H_
