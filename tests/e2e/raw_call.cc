#include "tests/e2e/raw_call.h"

#include <grpcpp/generic/generic_stub.h>

namespace journey::testing {
namespace {

// Waits for the one operation that was started.
bool WaitFor(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

}  // namespace

grpc::Status RawCall(const std::shared_ptr<grpc::Channel>& channel,
                     const std::string& method, const std::string& request,
                     std::string* answer) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  // A stream of one message each way serves every type of call.
  auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  (void)WaitFor(queue);
  grpc::Slice slice(request);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  (void)WaitFor(queue);
  grpc::ByteBuffer bytes;
  call->Read(&bytes, nullptr);
  if (WaitFor(queue) && answer != nullptr) {
    grpc::Slice whole;
    if (bytes.DumpToSingleSlice(&whole).ok()) {
      answer->assign(whole.begin(), whole.end());
    }
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  (void)WaitFor(queue);
  queue.Shutdown();
  return status;
}

}  // namespace journey::testing
