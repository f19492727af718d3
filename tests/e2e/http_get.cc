#include "tests/e2e/http_get.h"

#include "tests/e2e/tcp_connection.h"

namespace journey::testing {

std::string HttpGet(const std::string& address, const std::string& path) {
  const TcpConnection connection(address);
  connection.Send("GET " + path +
                  " HTTP/1.1\r\nHost: journey\r\nConnection: close\r\n\r\n");
  return connection.ReceiveAll();
}

}  // namespace journey::testing
