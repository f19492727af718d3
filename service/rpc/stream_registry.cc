#include "service/rpc/stream_registry.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"

namespace journey::rpc {

absl::Status StreamRegistry::Add(const std::shared_ptr<Drainable>& stream,
                                 bool is_reader) {
  core::MutexLock lock(&mutex_);
  if (draining()) return core::ShuttingDownError();
  if (is_reader && readers_ >= read_streams_max_) {
    return core::OverloadedError(
        absl::StrCat("there are ", readers_,
                     " reads and subscriptions already"),
        "read_streams_max");
  }
  if (!is_reader && appenders_ >= append_streams_max_) {
    return core::OverloadedError(
        absl::StrCat("there are ", appenders_, " append streams already"),
        "append_streams_max");
  }
  ++(is_reader ? readers_ : appenders_);
  streams_[stream.get()] = {stream, is_reader};
  return absl::OkStatus();
}

void StreamRegistry::Remove(Drainable* stream) {
  core::MutexLock lock(&mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  --(found->second.is_reader ? readers_ : appenders_);
  streams_.erase(found);
}

void StreamRegistry::Drain() {
  std::vector<std::shared_ptr<Drainable>> streams;
  {
    core::MutexLock lock(&mutex_);
    draining_.store(true, std::memory_order_release);
    for (const auto& [pointer, entry] : streams_) {
      streams.push_back(entry.stream.lock());
    }
  }
  // Without the lock: a stream that ends removes itself.
  for (const auto& stream : streams) {
    if (stream != nullptr) stream->EndForShutdown();
  }
}

}  // namespace journey::rpc
