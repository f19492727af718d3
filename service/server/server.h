// The composition root: makes the log, the views, the writer and the gRPC
// server of one process, and takes them down in order.
#ifndef SERVICE_SERVER_SERVER_H_
#define SERVICE_SERVER_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/core/clock.h"
#include "service/core/limits.h"
#include "service/server/config.h"
#include "service/server/logger.h"

namespace rocksdb {
class FileSystem;
}  // namespace rocksdb

namespace journey::server {

struct ServerOptions {
  Config config;
  // Must outlive the server.
  Logger* logger = nullptr;
  // Null: the machine's clock, and its file system. They outlive the server.
  const core::Clock* clock = nullptr;
  std::shared_ptr<rocksdb::FileSystem> file_system;
  // Called when the log has failed and the process must end at once; nothing
  // is acknowledged afterwards.
  std::function<void(const absl::Status&)> on_fatal;

  // Bounds that tests make small.
  size_t queries_queued_max = core::kQueriesQueuedMax;
  int read_streams_max = core::kReadStreamsMax;
};

class Server {
 public:
  // Opens the stores, brings the views up to the log's head and serves.
  // INVALID_ARGUMENT for a bad rule set; FAILED_PRECONDITION when another
  // process has the directory open or a newer version wrote it; DATA_LOSS when
  // it is damaged; UNAVAILABLE when a port cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options);

  // Stops, if Stop was not called.
  virtual ~Server() = default;

  // "HOST:PORT" with the ports that were bound; kMetricsOff without metrics.
  [[nodiscard]] virtual std::string grpc_address() const = 0;
  [[nodiscard]] virtual std::string metrics_address() const = 0;

  // Refuses new work, ends the streams, finishes what is in flight within
  // kDrainSeconds and closes the stores. Idempotent.
  virtual absl::Status Stop() = 0;

  // SHA-256 of all conclusions at one instant; for tests.
  virtual absl::StatusOr<std::string> ConclusionsDigest(core::Micros as_of) = 0;
};

}  // namespace journey::server

#endif  // SERVICE_SERVER_SERVER_H_
