// The one way in: appends wait in a bounded queue, one thread decides them in
// order (repeats, versions, positions), writes them durably in groups and
// hands each group to the projector, which finishes them.
#ifndef SERVICE_LOG_WRITER_H_
#define SERVICE_LOG_WRITER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "service/core/clock.h"
#include "service/core/identity.h"
#include "service/core/sender_clocks.h"
#include "service/log/event_log.h"

namespace journey::log {

// What the views know of one (source, touchpoint_id).
struct IdEntry {
  // Position of the touchpoint; 0 when only its retraction has arrived.
  int64_t position = 0;
  // Position of its retraction; 0 when it is not retracted.
  int64_t retraction_position = 0;
};

// What one tenant's log looks like to the writer.
struct TenantHead {
  int64_t head_position = 0;
  // 32 bytes; empty for a tenant without events.
  std::string chain;
};

// What the writer must know to decide, as of the newest group that the views
// contain. Thread-safe. Errors are I/O errors or damage.
class CommitIndex {
 public:
  virtual ~CommitIndex() = default;

  virtual absl::StatusOr<TenantHead> Head(absl::string_view tenant_id) = 0;
  // Entries for ids given as (source, touchpoint_id) pairs, in their order.
  virtual absl::StatusOr<std::vector<IdEntry>> Ids(
      absl::string_view tenant_id,
      const std::vector<std::pair<absl::string_view, absl::string_view>>&
          ids) = 0;
  // How many touchpoints were written to the subject as given.
  virtual absl::StatusOr<int64_t> SubjectVersion(
      absl::string_view tenant_id, const v1::Subject& subject) = 0;
  // True for a subject at kSubjectTouchpointsMax. Cheap: called per event.
  virtual bool IsFull(absl::string_view tenant_id,
                      const v1::Subject& subject) = 0;
  // True for a link that goes beyond a bound of limits.h, so that it is to
  // bind nobody. Cheap while no bound is near: called per link.
  virtual absl::StatusOr<bool> IsInert(absl::string_view tenant_id,
                                       const core::LinkRef& link) = 0;
};

// Takes durable groups, in order, and makes them visible to queries. Returns
// once they are. An error means that the process must end.
class GroupSink {
 public:
  virtual ~GroupSink() = default;
  virtual absl::Status Apply(const CommitGroup& group) = 0;
};

// One validated append (core/validate.h), ready to be decided.
struct Append {
  // The tenant, or the name of its signal log.
  std::string tenant_id;
  // Touchpoints, normalised; or retractions (target_position unset); or one of
  // each, which are an amendment.
  std::vector<std::shared_ptr<const v1::Touchpoint>> touchpoints;
  std::vector<std::shared_ptr<storage::v1::RetractionRecord>> retractions;
  // Or, of a signal log, what is to be added to it.
  std::vector<std::shared_ptr<const v1::SignalEvent>> signals;
  // The touchpoint takes the place of the one that is retracted.
  bool is_amendment = false;
  // Retract touchpoints of this kind only, where they are known.
  v1::TouchpointKind only_kind = v1::TOUCHPOINT_KIND_UNSPECIFIED;
  // What a request that is about one touchpoint calls its id, for errors.
  // Empty where `touchpoints` is a list in the request as well.
  absl::string_view id_name;
  std::vector<v1::ExpectedVersion> expected_versions;
  v1::Ack ack = v1::ACK_UNSPECIFIED;
  // Called exactly once, from the writer's or projector's thread; must not
  // block. `versions` are those of `expected_versions`.
  std::function<void(absl::StatusOr<v1::AppendResponse>)> done;
};

// Counters for metrics, called by one of the writer's threads.
class WriterObserver {
 public:
  virtual ~WriterObserver() = default;
  virtual void OnGroup(int64_t events, size_t bytes, double fsync_seconds) = 0;
  virtual void OnRepeated(int64_t events) = 0;
  // Links that bind nobody because a bound is reached.
  virtual void OnInertLinks(int64_t links) = 0;
  // A new touchpoint of the source was received so long after it was sent, by
  // two clocks: the source's skew, and the time on the way.
  virtual void OnSent(absl::string_view source, core::Micros skew) = 0;
};

struct WriterOptions {
  EventLog* log = nullptr;
  CommitIndex* index = nullptr;
  GroupSink* sink = nullptr;
  const core::Clock* clock = nullptr;
  core::SenderClocks sender_clocks;
  // May be null.
  WriterObserver* observer = nullptr;
  // Free bytes of the disk that holds the log; appends are refused below
  // kFreeSpaceBytesMin.
  std::function<uint64_t()> free_space;
  // Called when the process must end, with the reason.
  std::function<void(const absl::Status&)> on_fatal;
};

// Thread-safe.
class Writer {
 public:
  // Starts its two threads: one commits, one applies. The log's head must be
  // in the views already.
  static std::unique_ptr<Writer> Start(WriterOptions options);
  virtual ~Writer() = default;

  // Takes an append. When the queue is full it is answered OVERLOADED at
  // once, unless it is one to a signal log; after Stop SHUTTING_DOWN. `done` is
  // then called from within.
  virtual void Submit(Append append) = 0;

  // Appends and bytes that wait.
  [[nodiscard]] virtual int64_t queue_depth() const = 0;
  // Newest group that every query sees.
  [[nodiscard]] virtual int64_t applied_group() const = 0;

  // Refuses what comes, finishes what is queued, ends the threads. Idempotent.
  virtual void Stop() = 0;
};

}  // namespace journey::log

#endif  // SERVICE_LOG_WRITER_H_
