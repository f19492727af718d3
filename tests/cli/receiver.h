// A receiver of deliveries in the test's own process.
#ifndef TESTS_CLI_RECEIVER_H_
#define TESTS_CLI_RECEIVER_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace httplib {
class Server;
}

namespace journey::testing {

struct ReceivedRequest {
  std::string body;
  std::string content_type;
  // Of the signature; empty where there is none.
  std::string timestamp;
  std::string signature;
};

struct ReceiverAnswer {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Takes what is POSTed, on a free port. Thread-safe.
class Receiver {
 public:
  // Decides about each request, from many threads at once; 200 to everything
  // where it is not set. Set it before the first request.
  std::function<ReceiverAnswer(const ReceivedRequest&)> judge;

  Receiver();
  // Ends the receiver; what `judge` waits for must have come.
  ~Receiver();

  [[nodiscard]] std::string url() const;
  // All requests, in the order of their arrival.
  [[nodiscard]] std::vector<ReceivedRequest> requests();
  // The bodies of those that were answered with 2xx, in the order of answers.
  [[nodiscard]] std::vector<std::string> accepted();
  // Waits until so many were.
  void WaitForAccepted(size_t count);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ReceivedRequest> requests_;
  std::vector<std::string> accepted_;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

// Where nobody listens: the port is reserved, and only root could take it.
inline constexpr char kUrlWithoutListener[] = "http://127.0.0.1:1/";

}  // namespace journey::testing

#endif  // TESTS_CLI_RECEIVER_H_
