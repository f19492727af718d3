// Everything that queries read: indexes and conclusions, made from the log by
// the folds in projections/. Disposable: deleted, they come back identical.
//
// Thread-safe: one thread applies groups, any number query at the same time.
// Each query sees the state after some whole commit group, at least as new as
// any that was applied before the query began.
#ifndef SERVICE_VIEWS_VIEWS_H_
#define SERVICE_VIEWS_VIEWS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journey/v1/admin_service.pb.h"
#include "journey/v1/deal_service.pb.h"
#include "journey/v1/identity_service.pb.h"
#include "journey/v1/journey_service.pb.h"
#include "journey/v1/signal_service.pb.h"
#include "journey/v1/ticket_service.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"

namespace journey::views {

struct ViewsOptions {
  std::string directory;
  std::shared_ptr<rocksdb::FileSystem> file_system;
  log::EventLog* log = nullptr;
  const core::Clock* clock = nullptr;
  std::shared_ptr<const projections::Rules> rules;
  // Told of progress while the log is replayed: commit groups done, and in
  // all.
  std::function<void(int64_t, int64_t)> on_progress;
  std::function<void(const std::string&)> on_notice;
  // Bytes of changes kept in memory before they are written to disk.
  size_t write_buffer_bytes = size_t{128} * 1024 * 1024;
  // Touchpoints between two snapshots inside a journey, at least.
  int snapshot_touchpoints = 500;
  // Bytes of the cache for what is read from disk.
  size_t block_cache_bytes = size_t{256} * 1024 * 1024;
};

// Says why a query's answer is not wanted any more (its client is gone, the
// server stops), else OK. Asked from the query's thread, again and again.
using StillWanted = std::function<absl::Status()>;

// Called when a tenant's log has grown.
using HeadListener = std::function<void()>;

// What is to be added to one tenant's signal log.
struct DueSignalEvents {
  std::string tenant_id;
  std::vector<std::shared_ptr<const v1::SignalEvent>> events;
};

class Views : public log::CommitIndex, public log::GroupSink {
 public:
  // Opens the views and brings them up to the head of the log: from their
  // checkpoint, or from the first group when they are absent, found damaged at
  // opening, of another format or made by another rule set. DATA_LOSS when the
  // log does not reach to the checkpoint, or is damaged.
  static absl::StatusOr<std::unique_ptr<Views>> Open(ViewsOptions options);

  // Newest group and number of events contained.
  [[nodiscard]] virtual int64_t group() const = 0;
  [[nodiscard]] virtual int64_t event_count() const = 0;
  [[nodiscard]] virtual int64_t tenant_count() const = 0;
  // Open deals of all tenants in a pipeline or stage that the rule set does not
  // know.
  [[nodiscard]] virtual int64_t unknown_stage_deal_count() const = 0;

  // The queries, one an rpc. Requests are checked here as far as the views
  // must know them (page tokens, sizes, unknown stages); tenant, subject and
  // time forms are checked before. A query ends with what `still_wanted` says
  // soon after that is not OK: it asks before each journey that it folds again
  // and every few entries.
  virtual absl::StatusOr<v1::GetJourneyResponse> GetJourney(
      const v1::GetJourneyRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::BatchGetJourneysResponse> BatchGetJourneys(
      const v1::BatchGetJourneysRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ListJourneysResponse> ListJourneys(
      const v1::ListJourneysRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
      const v1::GetTimelineRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::DiffJourneyResponse> DiffJourney(
      const v1::DiffJourneyRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ExplainJourneyResponse> ExplainJourney(
      const v1::ExplainJourneyRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ListContactsResponse> ListContacts(
      const v1::ListContactsRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::GetPlanResponse> GetPlan(
      const v1::GetPlanRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::CountSegmentsResponse> CountSegments(
      const v1::CountSegmentsRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ResolveResponse> Resolve(
      const v1::ResolveRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::GetDealResponse> GetDeal(
      const v1::GetDealRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ListDealsResponse> ListDeals(
      const v1::ListDealsRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ListStalledDealsResponse> ListStalledDeals(
      const v1::ListStalledDealsRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::GetBoardResponse> GetBoard(
      const v1::GetBoardRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ListSignalsResponse> ListSignals(
      const v1::ListSignalsRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ListTasksResponse> ListTasks(
      const v1::ListTasksRequest& request,
      const StillWanted& still_wanted) const = 0;

  // What is to be announced by `now`: of the `homes_max` journeys and deals
  // for which it was due first. They stay due until the events are applied.
  // Events of one journey or deal are for one instant: there may be more after
  // them.
  virtual absl::StatusOr<std::vector<DueSignalEvents>> DueSignals(
      core::Micros now, int homes_max) const = 0;

  // For how long the first announcement has been due that is not made yet; 0
  // where none is.
  virtual core::Micros SignalLag() const = 0;

  // A signal by its id, 32 hexadecimal digits; unset when it is not known.
  virtual absl::StatusOr<std::optional<v1::Signal>> FindSignal(
      absl::string_view tenant_id, absl::string_view signal_id) const = 0;
  virtual absl::StatusOr<v1::GetTicketResponse> GetTicket(
      const v1::GetTicketRequest& request,
      const StillWanted& still_wanted) const = 0;
  virtual absl::StatusOr<v1::ListTicketsResponse> ListTickets(
      const v1::ListTicketsRequest& request,
      const StillWanted& still_wanted) const = 0;

  // The state of one tenant; unset when it has no events.
  virtual absl::StatusOr<std::optional<v1::TenantStatus>> GetTenant(
      absl::string_view tenant_id) const = 0;

  // Positions of the events that name a subject, and of the retractions of
  // those, rising. At most kSubjectTouchpointsMax of each.
  virtual absl::StatusOr<std::vector<int64_t>> SubjectPositions(
      absl::string_view tenant_id, const v1::Subject& subject) const = 0;

  // Calls `listener` after each group that adds to the tenant's log and is
  // visible, from the applying thread; it must not block. Returns an id for
  // Unlisten, after which it is not called any more.
  virtual int64_t Listen(absl::string_view tenant_id,
                         HeadListener listener) = 0;
  virtual void Unlisten(int64_t id) = 0;

  // SHA-256, in hex, of the canonical export of all conclusions of all
  // tenants at one instant: journeys, deals and tickets, sorted, without
  // positions.
  virtual absl::StatusOr<std::string> ConclusionsDigest(
      core::Micros as_of) const = 0;

  [[nodiscard]] virtual uint64_t IntProperty(
      const std::string& property) const = 0;
  [[nodiscard]] virtual uint64_t DiskBytes() const = 0;

  // Writes everything to disk, so that the next start replays nothing.
  virtual absl::Status Close() = 0;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_VIEWS_H_
