// The least of an HTTP client.
#ifndef TESTS_E2E_HTTP_GET_H_
#define TESTS_E2E_HTTP_GET_H_

#include <string>

namespace journey::testing {

// The whole answer, headers included; "" where nobody answers. `address` is
// an IPv4 address and a port.
[[nodiscard]] std::string HttpGet(const std::string& address,
                                  const std::string& path);

}  // namespace journey::testing

#endif  // TESTS_E2E_HTTP_GET_H_
