// POSTs over HTTP and HTTPS, with a bound on everything.
#ifndef CLI_DELIVERY_HTTP_CLIENT_H_
#define CLI_DELIVERY_HTTP_CLIENT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace journey::cli {

// What became of one request.
struct HttpAnswer {
  // The status code; 0 where there was no whole answer.
  int status = 0;
  // Why there was none.
  std::string error;
  // How long the receiver asks to wait.
  std::optional<absl::Duration> retry_after;
  // The first 256 bytes of the body, for people.
  std::string body_start;
};

// "HTTP 503: overloaded", "Could not resolve host"; other than printable ASCII
// is shown as "?", because it may be anything.
[[nodiscard]] std::string DescribeAnswer(const HttpAnswer& answer);

// INVALID_ARGUMENT where it is no http:// or https:// URL with a host.
[[nodiscard]] absl::Status CheckUrl(const std::string& url);

// Keeps its connection open between requests. One thread at a time; others
// have clients of their own.
class HttpClient {
 public:
  // `url` has passed CheckUrl. `timeout` is for one request with its answer.
  HttpClient(const std::string& url, absl::Duration timeout);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Never follows a redirect: it is an answer like any other. Reads no more
  // than 64 KiB of an answer; its status counts all the same.
  [[nodiscard]] HttpAnswer Post(const std::string& body,
                                const std::vector<std::string>& headers);

 private:
  struct Handle;
  const std::unique_ptr<Handle> handle_;
};

}  // namespace journey::cli

#endif  // CLI_DELIVERY_HTTP_CLIENT_H_
