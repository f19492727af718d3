#include "tests/e2e/tcp_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace journey::testing {

TcpConnection::TcpConnection(const std::string& address)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const size_t colon = address.rfind(':');
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port =
      htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  (void)connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof(to));
}

TcpConnection::~TcpConnection() { close(socket_); }

void TcpConnection::Send(const std::string& bytes) const {
  (void)send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::string TcpConnection::Receive(size_t count) const {
  std::string out;
  char buffer[4096];
  while (out.size() < count) {
    const ssize_t got =
        recv(socket_, buffer, std::min(sizeof(buffer), count - out.size()), 0);
    if (got <= 0) break;
    out.append(buffer, static_cast<size_t>(got));
  }
  return out;
}

std::string TcpConnection::ReceiveAll() const {
  return Receive(std::numeric_limits<size_t>::max());
}

}  // namespace journey::testing
