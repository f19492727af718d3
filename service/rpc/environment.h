// What every handler works with. Made by the server, which outlives them.
#ifndef SERVICE_RPC_ENVIRONMENT_H_
#define SERVICE_RPC_ENVIRONMENT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "service/core/clock.h"
#include "service/core/limits.h"
#include "service/core/sender_clocks.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "service/rpc/call_stats.h"
#include "service/rpc/in_flight.h"
#include "service/rpc/stream_registry.h"
#include "service/rpc/worker_pool.h"
#include "service/signals/announcer.h"
#include "service/views/views.h"

namespace journey::rpc {

// Everything pointed to is thread-safe and not owned.
struct Environment {
  log::EventLog* log = nullptr;
  log::Writer* writer = nullptr;
  signals::Announcer* announcer = nullptr;
  views::Views* views = nullptr;
  const core::Clock* clock = nullptr;
  core::SenderClocks sender_clocks;
  CallStats* stats = nullptr;
  StreamRegistry* streams = nullptr;
  InFlight* in_flight = nullptr;
  // Lists, boards, timelines and batches.
  WorkerPool* query_pool = nullptr;
  // Pages of Read, Subscribe and WatchSignals; each stream has one task at
  // most.
  WorkerPool* stream_pool = nullptr;
  std::chrono::milliseconds heartbeat_interval{0};
  // See ReaderWatch.
  std::chrono::milliseconds slow_reader_timeout =
      std::chrono::seconds(core::kSlowReaderSeconds);
  std::chrono::milliseconds slow_reader_grace =
      std::chrono::seconds(core::kSlowReaderGraceSeconds);

  // What GetStatus tells and nothing above knows.
  std::string version;
  core::Micros started_at = 0;
  std::string rule_set_id;
  int64_t rule_set_version = 0;
  // Events of all durable groups.
  std::function<int64_t()> event_count;

  // How many calls of Subscribe and WatchSignals are open.
  std::atomic<int64_t>* subscribers = nullptr;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_ENVIRONMENT_H_
