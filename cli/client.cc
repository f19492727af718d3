#include "cli/client.h"

#include <chrono>

#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"

namespace journey::cli {
namespace {

// A page of 1,000 journeys may be larger than gRPC's default of 4 MiB.
constexpr int kReceiveBytesMax = 256 * 1024 * 1024;
// Notices a server that has gone without a word; servers accept pings no more
// often than every ten seconds.
constexpr int kPingIntervalMillis = 20'000;
constexpr int kPingTimeoutMillis = 20'000;
constexpr int kReconnectMillisMax = 5'000;

}  // namespace

std::shared_ptr<grpc::Channel> OpenChannel(const Settings& settings) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingIntervalMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingTimeoutMillis);
  // A reader sends nothing for hours; pings must go on all the same.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMillisMax);
  return grpc::CreateCustomChannel(
      settings.server, grpc::InsecureChannelCredentials(), arguments);
}

void SetDeadline(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(std::chrono::system_clock::now() +
                       absl::ToChronoMilliseconds(timeout));
}

}  // namespace journey::cli
