// The open streams: how many may read at once, and how all of them are ended
// when the server stops.
#ifndef SERVICE_RPC_STREAM_REGISTRY_H_
#define SERVICE_RPC_STREAM_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "service/core/limits.h"
#include "service/core/sync.h"

namespace journey::rpc {

// A stream that the server can end.
class Drainable {
 public:
  virtual ~Drainable() = default;

  // Ends the call with UNAVAILABLE (SHUTTING_DOWN), after what was accepted
  // is answered. Must not block.
  virtual void EndForShutdown() = 0;
};

// Thread-safe.
class StreamRegistry {
 public:
  explicit StreamRegistry(int read_streams_max,
                          int append_streams_max = core::kAppendStreamsMax)
      : read_streams_max_(read_streams_max),
        append_streams_max_(append_streams_max) {}

  // Admits a stream; each that was admitted is removed once. Readers have one
  // bound, the others (appends) another. RESOURCE_EXHAUSTED (OVERLOADED) beyond
  // it, UNAVAILABLE (SHUTTING_DOWN) once the server stops.
  [[nodiscard]] absl::Status Add(const std::shared_ptr<Drainable>& stream,
                                 bool is_reader);
  void Remove(Drainable* stream);

  // Refuses new work from now on and ends the streams.
  void Drain();

  [[nodiscard]] bool draining() const {
    return draining_.load(std::memory_order_acquire);
  }

 private:
  struct Entry {
    std::weak_ptr<Drainable> stream;
    bool is_reader = false;
  };

  const int read_streams_max_;
  const int append_streams_max_;
  std::atomic<bool> draining_{false};
  core::Mutex mutex_;
  int appenders_ ABSL_GUARDED_BY(mutex_) = 0;
  int readers_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<Drainable*, Entry> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_STREAM_REGISTRY_H_
