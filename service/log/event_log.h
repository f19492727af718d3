// The event log: durably orders groups of events and delivers them in order.
//
// Keys, values and damage are described in docs/STORAGE_FORMAT.md. The
// contract is narrow on purpose: one group is one durable write, each tenant
// has positions of its own from 1 on without gaps, and nothing outside this
// folder assumes an order across tenants.
#ifndef SERVICE_LOG_EVENT_LOG_H_
#define SERVICE_LOG_EVENT_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/arena.h"
#include "journey/storage/v1/log.pb.h"
#include "journey/v1/signal.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"
#include "service/core/identity.h"

namespace rocksdb {
class FileSystem;
}  // namespace rocksdb

namespace journey::log {

using InertLinks = std::vector<v1::SubjectType>;

// One event of a log in memory. Exactly one of `touchpoint`, `retraction` and
// `signal` is set: the last one in signal logs (core/signal_log.h), the others
// in tenants' logs.
struct LogEvent {
  int64_t position = 0;
  core::Micros received_at = 0;
  // As everybody is to see it: its occurred_at is corrected where the clock of
  // its source is not trusted.
  std::shared_ptr<const v1::Touchpoint> touchpoint;
  // As its source gave it, where that differs; else null.
  std::shared_ptr<const v1::Touchpoint> given;
  std::shared_ptr<const storage::v1::RetractionRecord> retraction;
  // Without its position.
  std::shared_ptr<const v1::SignalEvent> signal;
  // A retraction of this touchpoint stands before it in the log.
  bool retracted_on_arrival = false;
  // Links that it asserts and that bind nobody, by the type of the narrower
  // subject.
  InertLinks inert_links;
};

// The event's touchpoint as its source gave it.
[[nodiscard]] inline const std::shared_ptr<const v1::Touchpoint>& AsGiven(
    const LogEvent& event) {
  return event.given == nullptr ? event.touchpoint : event.given;
}

// Lets the event's touchpoint, so far as it was given, have occurred then.
void CorrectOccurredAt(core::Micros occurred_at, LogEvent& event);

// The links that the event's touchpoint asserts and that are not inert. They
// refer to the touchpoint.
[[nodiscard]] absl::InlinedVector<core::LinkRef, 2> LinksInForce(
    const LogEvent& event);

// What one group adds to one tenant's log.
struct TenantEvents {
  std::string tenant_id;
  int64_t first_position = 0;
  // The tenant's chain after these events, 32 bytes (see log.proto).
  std::string chain;
  std::vector<LogEvent> events;
};

// One commit group: a durable write. Tenants ascend by id.
struct CommitGroup {
  int64_t number = 0;
  core::Micros committed_at = 0;
  std::vector<TenantEvents> tenants;

  [[nodiscard]] int64_t event_count() const;
};

struct EventLogOptions {
  std::string directory;
  // The file system; null is the machine's. Must outlive the log.
  std::shared_ptr<rocksdb::FileSystem> file_system;
  // Events are kept in memory, besides the write-ahead log, up to so many
  // bytes before they are sorted into files: bounds the recovery time.
  size_t memtable_bytes = size_t{64} * 1024 * 1024;
  // Called once, from any thread, when a write or sync of the log has failed.
  // The process must end: whether the last group is on disk is not known.
  std::function<void(const absl::Status&)> on_fatal;
  // Told what was found and mended at opening, a line each.
  std::function<void(const std::string&)> on_notice;
};

// Thread-safe: one thread commits, any number read at the same time. Readers
// see only durable groups.
class EventLog {
 public:
  virtual ~EventLog() = default;

  // Opens or creates the log. A torn tail, as a power cut leaves it, is cut
  // off and reported as a notice. DATA_LOSS with file and offset when
  // anything else is damaged; FAILED_PRECONDITION when a newer version wrote
  // the log or another process has it open; UNAVAILABLE on I/O errors.
  static absl::StatusOr<std::unique_ptr<EventLog>> Open(
      EventLogOptions options);

  // Writes one group durably: when it returns OK, the group survives kill -9
  // and power loss. `group.number` is head_group() + 1. `values` holds the
  // stored bytes of the events, tenant by tenant, in the group's order
  // (EncodeEvent). After an error no further group is accepted.
  virtual absl::Status Commit(const CommitGroup& group,
                              const std::vector<std::string>& values) = 0;

  // Number of the newest durable group; 0 when the log is empty.
  [[nodiscard]] virtual int64_t head_group() const = 0;

  // Reads one group with its events. NOT_FOUND beyond the head; DATA_LOSS
  // when the group, one of its events or its chain is damaged or missing.
  // `chains` maps a tenant to its chain before the group, for verification;
  // returns "" for a tenant to skip the check.
  virtual absl::StatusOr<CommitGroup> ReadGroup(
      int64_t number,
      const std::function<std::string(absl::string_view tenant_id)>& chains)
      const = 0;

  // Reads events by their positions, which must exist and be durable; the
  // result is in the order of `positions`. DATA_LOSS when one is missing or
  // damaged.
  virtual absl::StatusOr<std::vector<LogEvent>> ReadPositions(
      absl::string_view tenant_id,
      const std::vector<int64_t>& positions) const = 0;

  // Reads up to `max_events` durable events, and about `max_bytes`, from
  // `first` on (inclusive), rising or falling. Fewer at either end of the
  // log. Positions are checked to be dense: DATA_LOSS when one is missing.
  virtual absl::StatusOr<std::vector<LogEvent>> ReadRange(
      absl::string_view tenant_id, int64_t first, bool backwards,
      int max_events, size_t max_bytes) const = 0;

  // A number of RocksDB's (for example "rocksdb.estimate-live-data-size");
  // 0 when unknown.
  [[nodiscard]] virtual uint64_t IntProperty(
      const std::string& property) const = 0;

  // Bytes of the log's files on disk.
  [[nodiscard]] virtual uint64_t DiskBytes() const = 0;

  // Marks a graceful stop: writes down the head, so that damage to the last
  // group can be told from a torn write at the next start. Nothing may be
  // committed afterwards.
  virtual absl::Status Close() = 0;
};

// The stored bytes of one event: CRC-32C frame and LogRecord. The only place
// where a touchpoint's bytes are written.
[[nodiscard]] std::string EncodeEvent(const LogEvent& event);

// Reads them back. The touchpoint as given lies in the arena and keeps it, with
// all that was read into it. DATA_LOSS when the bytes are damaged.
[[nodiscard]] absl::StatusOr<LogEvent> DecodeEvent(
    int64_t position, absl::string_view value,
    const std::shared_ptr<google::protobuf::Arena>& arena);

// The chain after `values` (see log.proto); an empty `before` is 32 zeros.
[[nodiscard]] std::string ExtendChain(absl::string_view before,
                                      const std::string* values, size_t count);

}  // namespace journey::log

#endif  // SERVICE_LOG_EVENT_LOG_H_
