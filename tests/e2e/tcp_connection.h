// A connection of bare bytes, for what no client of gRPC would say.
#ifndef TESTS_E2E_TCP_CONNECTION_H_
#define TESTS_E2E_TCP_CONNECTION_H_

#include <cstddef>
#include <string>

namespace journey::testing {

class TcpConnection {
 public:
  // `address` is an IPv4 address and a port. Where nobody answers, nothing is
  // sent or received.
  explicit TcpConnection(const std::string& address);
  ~TcpConnection();
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  void Send(const std::string& bytes) const;
  // Waits for `count` bytes; fewer where the other side closes before.
  [[nodiscard]] std::string Receive(size_t count) const;
  // Waits until the other side closes.
  [[nodiscard]] std::string ReceiveAll() const;

 private:
  int socket_ = -1;
};

}  // namespace journey::testing

#endif  // TESTS_E2E_TCP_CONNECTION_H_
