#include "tests/e2e/http_get.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace journey::testing {

std::string HttpGet(const std::string& address, const std::string& path) {
  const size_t colon = address.rfind(':');
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port =
      htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
  std::string answer;
  if (connect(socket_fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0) {
    const std::string request = "GET " + path +
                                " HTTP/1.1\r\nHost: journey\r\n"
                                "Connection: close\r\n\r\n";
    (void)send(socket_fd, request.data(), request.size(), MSG_NOSIGNAL);
    char buffer[4096];
    ssize_t count = 0;
    while ((count = recv(socket_fd, buffer, sizeof(buffer), 0)) > 0) {
      answer.append(buffer, static_cast<size_t>(count));
    }
  }
  close(socket_fd);
  return answer;
}

}  // namespace journey::testing
