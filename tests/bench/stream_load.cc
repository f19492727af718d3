#include "tests/bench/stream_load.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "journey/v1/touchpoint_service.grpc.pb.h"
#include "tests/bench/workload.h"

namespace journey::bench {
namespace {

// Sends the batches first, first + streams, ...
bool AppendOneStream(const std::string& address, const TouchpointMaker& make,
                     int64_t first, int64_t batches, int streams) {
  auto stub = v1::TouchpointService::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  auto stream = stub->AppendStream(&context);
  std::atomic<bool> ok{true};
  std::thread receiver([&] {
    v1::AppendStreamResponse response;
    while (stream->Read(&response)) {
      if (response.has_refused()) ok = false;
    }
  });
  for (int64_t batch = first; batch < batches; batch += streams) {
    v1::AppendStreamRequest request;
    request.mutable_batch()->set_tenant_id(kTenant);
    for (int64_t i = 0; i < kStreamBatch; ++i) {
      *request.mutable_batch()->add_touchpoints() =
          make(batch * kStreamBatch + i);
    }
    if (!stream->Write(request)) break;
  }
  stream->WritesDone();
  receiver.join();
  return stream->Finish().ok() && ok;
}

}  // namespace

double AppendByStreams(const std::string& address, const TouchpointMaker& make,
                       int64_t events, int streams) {
  const auto begin = std::chrono::steady_clock::now();
  const int64_t batches = events / kStreamBatch;
  std::atomic<bool> ok{true};
  std::vector<std::thread> threads;
  threads.reserve(streams);
  for (int i = 0; i < streams; ++i) {
    threads.emplace_back([&, i] {
      if (!AppendOneStream(address, make, i, batches, streams)) ok = false;
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  return ok ? seconds : -1;
}

}  // namespace journey::bench
