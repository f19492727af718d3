// The reading side of the views: queries, each handed on to the file that
// answers it, and look-ups of single entries.
#ifndef SERVICE_VIEWS_VIEW_QUERIES_H_
#define SERVICE_VIEWS_VIEW_QUERIES_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/views/due_timers.h"
#include "service/views/reader.h"
#include "service/views/view_store.h"
#include "service/views/views.h"

namespace journey::views {

// Answers what can be read from the store. Thread-safe.
class ViewQueries : public Views {
 public:
  absl::StatusOr<v1::GetJourneyResponse> GetJourney(
      const v1::GetJourneyRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::BatchGetJourneysResponse> BatchGetJourneys(
      const v1::BatchGetJourneysRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ListJourneysResponse> ListJourneys(
      const v1::ListJourneysRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
      const v1::GetTimelineRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::DiffJourneyResponse> DiffJourney(
      const v1::DiffJourneyRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ExplainJourneyResponse> ExplainJourney(
      const v1::ExplainJourneyRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ListContactsResponse> ListContacts(
      const v1::ListContactsRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::GetPlanResponse> GetPlan(
      const v1::GetPlanRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::CountSegmentsResponse> CountSegments(
      const v1::CountSegmentsRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ResolveResponse> Resolve(
      const v1::ResolveRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::GetDealResponse> GetDeal(
      const v1::GetDealRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ListDealsResponse> ListDeals(
      const v1::ListDealsRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ListStalledDealsResponse> ListStalledDeals(
      const v1::ListStalledDealsRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::GetBoardResponse> GetBoard(
      const v1::GetBoardRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::GetTicketResponse> GetTicket(
      const v1::GetTicketRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ListTicketsResponse> ListTickets(
      const v1::ListTicketsRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ListSignalsResponse> ListSignals(
      const v1::ListSignalsRequest& request,
      const StillWanted& still_wanted) const override;
  absl::StatusOr<v1::ListTasksResponse> ListTasks(
      const v1::ListTasksRequest& request,
      const StillWanted& still_wanted) const override;

  absl::StatusOr<log::TenantHead> Head(absl::string_view tenant_id) override;
  absl::StatusOr<std::vector<log::IdEntry>> Ids(
      absl::string_view tenant_id,
      const std::vector<std::pair<absl::string_view, absl::string_view>>& ids)
      override;
  absl::StatusOr<int64_t> SubjectVersion(absl::string_view tenant_id,
                                         const v1::Subject& subject) override;
  core::Micros SignalLag() const override;
  absl::StatusOr<std::optional<v1::Signal>> FindSignal(
      absl::string_view tenant_id, absl::string_view signal_id) const override;
  absl::StatusOr<std::optional<v1::TenantStatus>> GetTenant(
      absl::string_view tenant_id) const override;
  absl::StatusOr<std::vector<int64_t>> SubjectPositions(
      absl::string_view tenant_id, const v1::Subject& subject) const override;
  absl::StatusOr<std::string> ConclusionsDigest(
      core::Micros as_of) const override;
  uint64_t IntProperty(const std::string& property) const override {
    return store_->IntProperty(property);
  }
  uint64_t DiskBytes() const override {
    return store_->IntProperty("rocksdb.total-sst-files-size");
  }

 protected:
  // What `options` point to outlives the views.
  ViewQueries(const ViewsOptions& options, std::unique_ptr<ViewStore> store)
      : store_(std::move(store)),
        context_{store_.get(), options.log, options.rules.get(),
                 options.clock} {}

  [[nodiscard]] ViewStore& store() const { return *store_; }
  [[nodiscard]] FirstTimer& first_timer() const { return first_timer_; }
  [[nodiscard]] const QueryContext& context() const { return context_; }

 private:
  [[nodiscard]] QueryContext Context(const StillWanted& still_wanted) const {
    QueryContext context = context_;
    context.still_wanted = still_wanted;
    return context;
  }

  const std::unique_ptr<ViewStore> store_;
  const QueryContext context_;
  mutable FirstTimer first_timer_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_VIEW_QUERIES_H_
