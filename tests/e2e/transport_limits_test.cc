// The bounds that gRPC keeps for us: they hold before a handler is reached.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>

#include "service/core/limits.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/raw_call.h"
#include "tests/e2e/tcp_connection.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

// What HTTP/2 (RFC 9113) calls them.
constexpr int kSettings = 4;
constexpr int kPing = 6;
constexpr int kGoAway = 7;
constexpr int kMaxConcurrentStreams = 3;
constexpr int kMaxHeaderListSize = 6;

struct Frame {
  // -1 when the connection has ended.
  int type = -1;
  std::string payload;
};

uint32_t Number(const std::string& bytes) {
  uint32_t number = 0;
  for (const char byte : bytes) {
    number = number << 8 | static_cast<uint8_t>(byte);
  }
  return number;
}

// A connection of HTTP/2 without calls.
class Http2Connection {
 public:
  explicit Http2Connection(const std::string& address) : connection_(address) {
    connection_.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    SendFrame(kSettings, "");
  }

  // A frame of the connection, not of a call; `payload` is short.
  void SendFrame(int type, const std::string& payload) const {
    std::string frame = {0, 0, static_cast<char>(payload.size()),
                         static_cast<char>(type)};
    frame.append(5, '\0');
    connection_.Send(frame + payload);
  }

  [[nodiscard]] Frame ReceiveFrame() const {
    const std::string header = connection_.Receive(9);
    if (header.size() < 9) return {};
    return {header[3], connection_.Receive(Number(header.substr(0, 3)))};
  }

 private:
  const TcpConnection connection_;
};

TEST(TransportLimitsTest, ServerTellsItsBoundsToEachConnection) {
  TestServer server;
  const Http2Connection connection(server.server().grpc_address());
  const Frame frame = connection.ReceiveFrame();
  ASSERT_EQ(frame.type, kSettings);
  std::map<uint32_t, uint32_t> settings;
  for (size_t i = 0; i < frame.payload.size(); i += 6) {
    settings[Number(frame.payload.substr(i, 2))] =
        Number(frame.payload.substr(i + 2, 4));
  }
  EXPECT_EQ(settings[kMaxConcurrentStreams], core::kStreamsPerConnectionMax);
  EXPECT_EQ(settings[kMaxHeaderListSize], core::kMetadataBytesMax);
}

TEST(TransportLimitsTest, ClientThatPingsTooOftenIsDisconnected) {
  TestServer server;
  const Http2Connection connection(server.server().grpc_address());
  // A few are forgiven.
  for (int i = 0; i < 5; ++i) connection.SendFrame(kPing, "12345678");
  Frame frame = connection.ReceiveFrame();
  while (frame.type != kGoAway && frame.type != -1) {
    frame = connection.ReceiveFrame();
  }
  ASSERT_EQ(frame.type, kGoAway);
  EXPECT_THAT(frame.payload, HasSubstr("too_many_pings"));
  while (frame.type != -1) frame = connection.ReceiveFrame();
}

TEST(TransportLimitsTest, TooMuchMetadataIsRefused) {
  TestServer server;
  const auto status_with = [&](int bytes) {
    grpc::ClientContext context;
    context.AddMetadata("x", std::string(static_cast<size_t>(bytes), 'x'));
    v1::GetStatusResponse response;
    return server.client().admin->GetStatus(&context, v1::GetStatusRequest(),
                                            &response);
  };
  // gRPC's own headers count as well.
  EXPECT_TRUE(status_with(core::kMetadataBytesMax - 1024).ok());
  const grpc::Status status = status_with(core::kMetadataBytesMax);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_details(), "");
}

TEST(TransportLimitsTest, AbsurdMessageAndUnknownMethodAreRefused) {
  TestServer server;
  const struct {
    const char* desc;
    const char* method;
    size_t bytes;
    grpc::StatusCode code;
  } cases[] = {
      {"absurd message", "/journey.v1.TouchpointService/Append",
       size_t{4} * core::kMessageBytesMax + 1,
       grpc::StatusCode::RESOURCE_EXHAUSTED},
      {"unknown method", "/journey.v1.TouchpointService/Forget", 0,
       grpc::StatusCode::UNIMPLEMENTED},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.desc);
    const grpc::Status status = RawCall(server.client().channel, test.method,
                                        std::string(test.bytes, 'x'), nullptr);
    EXPECT_EQ(status.error_code(), test.code) << status.error_message();
    EXPECT_EQ(status.error_details(), "");
  }
}

}  // namespace
}  // namespace journey::testing
