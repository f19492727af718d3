// What handlers read from, in memory.
#ifndef TESTS_RPC_FAKES_H_
#define TESTS_RPC_FAKES_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "service/core/errors.h"
#include "service/core/signal_log.h"
#include "service/core/sync.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "service/views/views.h"

namespace journey::testing {

// The two logs of one tenant. Thread-safe.
class FakeLog final : public log::EventLog {
 public:
  void Add(std::shared_ptr<const v1::Touchpoint> touchpoint) {
    core::MutexLock lock(&mutex_);
    log::LogEvent event;
    event.position = static_cast<int64_t>(events_.size()) + 1;
    event.touchpoint = std::move(touchpoint);
    events_.push_back(std::move(event));
  }

  void AddSignal(std::shared_ptr<const v1::SignalEvent> signal) {
    core::MutexLock lock(&mutex_);
    log::LogEvent event;
    event.position = static_cast<int64_t>(signals_.size()) + 1;
    event.signal = std::move(signal);
    signals_.push_back(std::move(event));
  }

  // Repeats the first event of each log up to a head that no reader reaches.
  void SetEndless() {
    core::MutexLock lock(&mutex_);
    endless_ = true;
  }
  // Finds no event from now on, while the head stays.
  void LoseEvents() {
    core::MutexLock lock(&mutex_);
    lost_ = true;
  }
  // Waits until the log was read `count` times.
  void WaitForReads(int count) const {
    core::MutexLock lock(&mutex_);
    while (reads_ < count) changed_.Wait(&mutex_);
  }

  [[nodiscard]] int64_t head(absl::string_view log_id = "") const {
    core::MutexLock lock(&mutex_);
    if (endless_) return std::numeric_limits<int64_t>::max() / 2;
    return static_cast<int64_t>(EventsOf(log_id).size());
  }

  absl::Status Commit(const log::CommitGroup& /*group*/,
                      const std::vector<std::string>& /*values*/) override {
    return absl::UnimplementedError("");
  }
  [[nodiscard]] int64_t head_group() const override { return head(); }
  absl::StatusOr<log::CommitGroup> ReadGroup(
      int64_t /*number*/,
      const std::function<std::string(absl::string_view)>& /*chains*/)
      const override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<std::vector<log::LogEvent>> ReadPositions(
      absl::string_view /*tenant_id*/,
      const std::vector<int64_t>& positions) const override {
    core::MutexLock lock(&mutex_);
    std::vector<log::LogEvent> out;
    out.reserve(positions.size());
    for (const int64_t position : positions) {
      out.push_back(events_[position - 1]);
    }
    return out;
  }
  absl::StatusOr<std::vector<log::LogEvent>> ReadRange(
      absl::string_view log_id, int64_t first, bool backwards, int max_events,
      size_t /*max_bytes*/) const override {
    core::MutexLock lock(&mutex_);
    ++reads_;
    changed_.NotifyAll();
    std::vector<log::LogEvent> out;
    if (lost_) return out;
    const auto& events = EventsOf(log_id);
    if (endless_) {
      for (int i = 0; i < max_events; ++i) {
        out.push_back(events.front());
        out.back().position = first + i;
      }
      return out;
    }
    const auto size = static_cast<int64_t>(events.size());
    for (int64_t position = first; position >= 1 && position <= size &&
                                   out.size() < static_cast<size_t>(max_events);
         position += backwards ? -1 : 1) {
      out.push_back(events[position - 1]);
    }
    return out;
  }
  [[nodiscard]] uint64_t IntProperty(
      const std::string& /*property*/) const override {
    return 0;
  }
  [[nodiscard]] uint64_t DiskBytes() const override { return 0; }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  [[nodiscard]] const std::vector<log::LogEvent>& EventsOf(
      absl::string_view log_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return core::IsSignalLog(log_id) ? signals_ : events_;
  }

  mutable core::Mutex mutex_;
  mutable core::CondVar changed_;
  mutable int reads_ ABSL_GUARDED_BY(mutex_) = 0;
  bool lost_ ABSL_GUARDED_BY(mutex_) = false;
  bool endless_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<log::LogEvent> events_ ABSL_GUARDED_BY(mutex_);
  std::vector<log::LogEvent> signals_ ABSL_GUARDED_BY(mutex_);
};

// Shows all of a FakeLog. Every answer to a query carries a mark. Thread-safe.
class FakeViews final : public views::Views {
 public:
  static constexpr int64_t kMark = 77;
  // The only deal and the only ticket that there are.
  static constexpr char kKnownId[] = "known";

  explicit FakeViews(const FakeLog* log) : log_(log) {}

  // Calls the listeners of a log, as after a commit group.
  void Publish(absl::string_view log_id = "acme") {
    core::MutexLock lock(&mutex_);
    for (const auto& [id, listener] : listeners_) {
      if (listener.first == log_id) listener.second();
    }
  }
  [[nodiscard]] size_t listener_count() const {
    core::MutexLock lock(&mutex_);
    return listeners_.size();
  }

  absl::StatusOr<log::TenantHead> Head(absl::string_view log_id) override {
    return log::TenantHead{log_->head(log_id), ""};
  }
  absl::StatusOr<std::vector<log::IdEntry>> Ids(
      absl::string_view /*tenant_id*/,
      const std::vector<std::pair<absl::string_view, absl::string_view>>&
      /*ids*/) override {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<int64_t> SubjectVersion(
      absl::string_view /*tenant_id*/,
      const v1::Subject& /*subject*/) override {
    return absl::UnimplementedError("");
  }
  bool IsFull(absl::string_view /*tenant_id*/,
              const v1::Subject& /*subject*/) override {
    return false;
  }
  absl::StatusOr<bool> IsInert(absl::string_view /*tenant_id*/,
                               const core::LinkRef& /*link*/) override {
    return false;
  }
  absl::Status Apply(const log::CommitGroup& /*group*/) override {
    return absl::OkStatus();
  }
  [[nodiscard]] int64_t group() const override { return 0; }
  [[nodiscard]] int64_t event_count() const override { return log_->head(); }
  [[nodiscard]] int64_t tenant_count() const override { return kMark; }
  [[nodiscard]] int64_t unknown_stage_deal_count() const override { return 0; }
  absl::StatusOr<v1::GetJourneyResponse> GetJourney(
      const v1::GetJourneyRequest& request,
      const views::StillWanted& /*still_wanted*/) const override {
    auto response = Marked<v1::GetJourneyResponse>();
    *response.mutable_journey()->mutable_subject() = request.subject();
    return response;
  }
  absl::StatusOr<v1::BatchGetJourneysResponse> BatchGetJourneys(
      const v1::BatchGetJourneysRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::BatchGetJourneysResponse>();
  }
  absl::StatusOr<v1::ListJourneysResponse> ListJourneys(
      const v1::ListJourneysRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::ListJourneysResponse>();
  }
  absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
      const v1::GetTimelineRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::GetTimelineResponse>();
  }
  absl::StatusOr<v1::DiffJourneyResponse> DiffJourney(
      const v1::DiffJourneyRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::DiffJourneyResponse>();
  }
  absl::StatusOr<v1::ResolveResponse> Resolve(
      const v1::ResolveRequest& request,
      const views::StillWanted& /*still_wanted*/) const override {
    auto response = Marked<v1::ResolveResponse>();
    *response.mutable_journey() = request.subject();
    return response;
  }
  absl::StatusOr<v1::CountSegmentsResponse> CountSegments(
      const v1::CountSegmentsRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::CountSegmentsResponse>();
  }
  absl::StatusOr<v1::ListContactsResponse> ListContacts(
      const v1::ListContactsRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::ListContactsResponse>();
  }
  absl::StatusOr<v1::GetPlanResponse> GetPlan(
      const v1::GetPlanRequest& request,
      const views::StillWanted& /*still_wanted*/) const override {
    auto response = Marked<v1::GetPlanResponse>();
    *response.mutable_journey() = request.subject();
    return response;
  }
  absl::StatusOr<v1::ExplainJourneyResponse> ExplainJourney(
      const v1::ExplainJourneyRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::ExplainJourneyResponse>();
  }
  absl::StatusOr<v1::GetDealResponse> GetDeal(
      const v1::GetDealRequest& request,
      const views::StillWanted& /*still_wanted*/) const override {
    if (request.deal_id() == kKnownId) return Marked<v1::GetDealResponse>();
    return core::MakeError(absl::StatusCode::kNotFound,
                           v1::ERROR_REASON_DEAL_NOT_FOUND, "no such deal");
  }
  absl::StatusOr<v1::ListDealsResponse> ListDeals(
      const v1::ListDealsRequest& /*request*/,
      const views::StillWanted& still_wanted) const override {
    ++lists_;
    while (endless_lists_) {
      if (absl::Status wanted = still_wanted(); !wanted.ok()) return wanted;
      std::this_thread::yield();
    }
    return Marked<v1::ListDealsResponse>();
  }
  absl::StatusOr<v1::ListStalledDealsResponse> ListStalledDeals(
      const v1::ListStalledDealsRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::ListStalledDealsResponse>();
  }
  absl::StatusOr<v1::GetBoardResponse> GetBoard(
      const v1::GetBoardRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::GetBoardResponse>();
  }
  absl::StatusOr<v1::GetTicketResponse> GetTicket(
      const v1::GetTicketRequest& request,
      const views::StillWanted& /*still_wanted*/) const override {
    if (request.ticket_id() == kKnownId) return Marked<v1::GetTicketResponse>();
    return core::MakeError(absl::StatusCode::kNotFound,
                           v1::ERROR_REASON_TICKET_NOT_FOUND, "no such ticket");
  }
  absl::StatusOr<v1::ListTicketsResponse> ListTickets(
      const v1::ListTicketsRequest& /*request*/,
      const views::StillWanted& /*still_wanted*/) const override {
    return Marked<v1::ListTicketsResponse>();
  }
  absl::StatusOr<v1::ListSignalsResponse> ListSignals(
      const v1::ListSignalsRequest& request,
      const views::StillWanted& /*still_wanted*/) const override {
    v1::ListSignalsResponse response;
    response.add_signals()->set_deal_id(request.deal_id());
    response.set_signal_position(kMark);
    return response;
  }
  absl::StatusOr<v1::ListTasksResponse> ListTasks(
      const v1::ListTasksRequest& request,
      const views::StillWanted& /*still_wanted*/) const override {
    v1::ListTasksResponse response;
    response.add_items()->mutable_planned()->set_owner_id(request.owner_id());
    response.set_next_page_token(std::to_string(kMark));
    return response;
  }
  absl::StatusOr<std::vector<views::DueSignalEvents>> DueSignals(
      core::Micros /*now*/, int /*homes_max*/) const override {
    return std::vector<views::DueSignalEvents>();
  }
  core::Micros SignalLag() const override { return 0; }
  absl::StatusOr<std::optional<v1::Signal>> FindSignal(
      absl::string_view /*tenant_id*/,
      absl::string_view /*signal_id*/) const override {
    return std::nullopt;
  }
  absl::StatusOr<std::optional<v1::TenantStatus>> GetTenant(
      absl::string_view /*tenant_id*/) const override {
    return std::nullopt;
  }
  absl::StatusOr<std::vector<int64_t>> SubjectPositions(
      absl::string_view /*tenant_id*/,
      const v1::Subject& /*subject*/) const override {
    return positions;
  }
  int64_t Listen(absl::string_view log_id,
                 views::HeadListener listener) override {
    core::MutexLock lock(&mutex_);
    listeners_[++last_id_] = {std::string(log_id), std::move(listener)};
    return last_id_;
  }
  void Unlisten(int64_t id) override {
    core::MutexLock lock(&mutex_);
    listeners_.erase(id);
  }
  absl::StatusOr<std::string> ConclusionsDigest(
      core::Micros /*as_of*/) const override {
    return std::string();
  }
  [[nodiscard]] uint64_t IntProperty(
      const std::string& /*property*/) const override {
    return 0;
  }
  [[nodiscard]] uint64_t DiskBytes() const override { return 0; }
  absl::Status Close() override { return absl::OkStatus(); }

  // How often deals were listed.
  [[nodiscard]] int lists() const { return lists_; }
  // From now on listing deals goes on for as long as the answer is wanted.
  void SetEndlessLists() { endless_lists_ = true; }

  // What SubjectPositions returns; set before the server starts.
  std::vector<int64_t> positions;

 private:
  template <typename Response>
  static Response Marked() {
    Response response;
    response.set_log_position(kMark);
    return response;
  }

  const FakeLog* const log_;
  mutable std::atomic<int> lists_{0};
  std::atomic<bool> endless_lists_{false};
  mutable core::Mutex mutex_;
  int64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  // Log and call, by id.
  std::map<int64_t, std::pair<std::string, views::HeadListener>> listeners_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace journey::testing

#endif  // TESTS_RPC_FAKES_H_
