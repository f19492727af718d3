#include "tests/bench/closed_loop.h"

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace journey::bench {
namespace {

using Clock = std::chrono::steady_clock;

// One place of the loop: a call, and after its end the next one.
struct Slot {
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer response;
  grpc::Status status;
  Clock::time_point begin;
};

// One channel with its share of the calls, driven by one thread.
class Lane {
 public:
  Lane(const LoopOptions& options, int outstanding,
       std::atomic<int64_t>* next_call)
      : options_(options), next_call_(next_call), slots_(outstanding) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel_ = grpc::CreateCustomChannel(
        options.address, grpc::InsecureChannelCredentials(), arguments);
    stub_ = std::make_unique<grpc::GenericStub>(channel_);
  }

  void Run(Clock::time_point end) {
    channel_->WaitForConnected(std::chrono::system_clock::now() +
                               std::chrono::seconds(5));
    for (Slot& slot : slots_) Start(slot);
    size_t open = slots_.size();
    void* tag = nullptr;
    bool ok = false;
    while (open > 0 && queue_.Next(&tag, &ok)) {
      Slot& slot = *static_cast<Slot*>(tag);
      const auto now = Clock::now();
      micros_.push_back(
          std::chrono::duration<float, std::micro>(now - slot.begin).count());
      errors_ += slot.status.ok() ? 0 : 1;
      if (now < end) {
        Start(slot);
      } else {
        --open;
      }
    }
    queue_.Shutdown();
    while (queue_.Next(&tag, &ok)) {
    }
  }

  [[nodiscard]] const std::vector<float>& micros() const { return micros_; }
  [[nodiscard]] int64_t errors() const { return errors_; }

 private:
  void Start(Slot& slot) {
    const std::string bytes = options_.make_request(next_call_->fetch_add(1));
    grpc::Slice slice(bytes);
    slot.reader.reset();
    slot.context = std::make_unique<grpc::ClientContext>();
    slot.begin = Clock::now();
    slot.reader = stub_->PrepareUnaryCall(slot.context.get(), options_.method,
                                          grpc::ByteBuffer(&slice, 1), &queue_);
    slot.reader->StartCall();
    slot.reader->Finish(&slot.response, &slot.status, &slot);
  }

  const LoopOptions& options_;
  std::atomic<int64_t>* const next_call_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::CompletionQueue queue_;
  std::vector<Slot> slots_;
  std::vector<float> micros_;
  int64_t errors_ = 0;
};

double Quantile(std::vector<float>& values, double q) {
  if (values.empty()) return 0;
  const auto at =
      values.begin() +
      static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

LoopResult RunClosedLoop(const LoopOptions& options) {
  std::atomic<int64_t> next_call{0};
  std::vector<std::unique_ptr<Lane>> lanes;
  lanes.reserve(options.channels);
  for (int i = 0; i < options.channels; ++i) {
    lanes.push_back(std::make_unique<Lane>(
        options, options.outstanding / options.channels, &next_call));
  }
  const auto begin = Clock::now();
  std::vector<std::thread> threads;
  threads.reserve(lanes.size());
  for (auto& lane : lanes) {
    threads.emplace_back(
        [&, lane = lane.get()] { lane->Run(begin + options.length); });
  }
  for (std::thread& thread : threads) thread.join();
  LoopResult result;
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::vector<float> micros;
  for (const auto& lane : lanes) {
    micros.insert(micros.end(), lane->micros().begin(), lane->micros().end());
    result.errors += lane->errors();
  }
  result.calls = static_cast<int64_t>(micros.size());
  result.p50_micros = Quantile(micros, 0.5);
  result.p99_micros = Quantile(micros, 0.99);
  return result;
}

}  // namespace journey::bench
