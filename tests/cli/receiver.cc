#include "tests/cli/receiver.h"

#include <httplib.h>

#include <cstdlib>

namespace journey::testing {

Receiver::Receiver() : server_(std::make_unique<httplib::Server>()) {
  // A proxy of this machine does not lead here.
  setenv("no_proxy", "127.0.0.1", 1);
  server_->set_tcp_nodelay(true);
  server_->Post(".*", [this](const httplib::Request& request,
                             httplib::Response& response) {
    const ReceivedRequest received = {
        request.body, request.get_header_value("Content-Type"),
        request.get_header_value("X-Journey-Timestamp"),
        request.get_header_value("X-Journey-Signature")};
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(received);
    }
    const ReceiverAnswer answer = judge ? judge(received) : ReceiverAnswer();
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) {
      response.set_header(name, value);
    }
    response.set_content(answer.body, "text/plain");
    if (answer.status < 200 || answer.status >= 300) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    accepted_.push_back(received.body);
    changed_.notify_all();
  });
  port_ = server_->bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  // Before that stop() does nothing.
  while (!server_->is_running()) std::this_thread::yield();
}

Receiver::~Receiver() {
  server_->stop();
  thread_.join();
}

std::string Receiver::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/signals";
}

std::vector<ReceivedRequest> Receiver::requests() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

std::vector<std::string> Receiver::accepted() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return accepted_;
}

void Receiver::WaitForAccepted(size_t count) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return accepted_.size() >= count; });
}

}  // namespace journey::testing
