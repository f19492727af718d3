// What some commit groups change in the views of one tenant: index entries,
// journeys and deals folded on, and the lists that show them.
#ifndef SERVICE_VIEWS_TENANT_CHANGE_H_
#define SERVICE_VIEWS_TENANT_CHANGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "journey/storage/v1/views.pb.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"
#include "service/log/event_log.h"
#include "service/views/lists.h"
#include "service/views/touchpoint_index.h"
#include "service/views/view_store.h"

namespace journey::views {

// Used once: Add each part in order, then Run. Not thread-safe.
class TenantChange {
 public:
  // `snapshot` is the state before; it and `changes` outlive Run.
  TenantChange(const Snapshot& snapshot, const log::EventLog& log,
               const projections::Rules& rules, std::string tenant_id,
               ChangeSet& changes);

  // Adds the next events of the tenant. They are durable, and outlive Run.
  void Add(const log::TenantEvents& events);

  // Folds everything and adds all changes to the change set.
  absl::Status Run();

  // Subjects that have now reached kSubjectTouchpointsMax.
  [[nodiscard]] const std::vector<v1::Subject>& full_subjects() const {
    return full_subjects_;
  }
  // The tenant had no events before.
  [[nodiscard]] bool is_new_tenant() const { return is_new_tenant_; }

 private:
  struct DealEntry {
    storage::v1::DealRecord record;
    bool existed = false;
    bool dirty = false;
    // Filled when the deal is about to change.
    std::optional<ListEntries> lists_before;
  };
  struct SubjectEntry {
    v1::Subject subject;
    storage::v1::SubjectRecord record;
    int64_t versions_added = 0;
    bool refold = false;
    std::vector<const v1::Touchpoint*> pending;
    // Unset while there was no journey.
    std::optional<JourneyPlaces> places_before;
  };

  absl::Status AddEvent(const log::LogEvent& event);
  absl::Status AddTouchpoint(const log::LogEvent& event);
  absl::Status AddRetraction(const log::LogEvent& event);
  void PutEntries(const v1::Touchpoint& touchpoint, int64_t position,
                  int64_t retraction_position);
  absl::StatusOr<int64_t> WaitingRetraction(const v1::Touchpoint& touchpoint);

  absl::StatusOr<DealEntry*> LoadDeal(const std::string& deal_id);
  absl::Status LoadDeals(const absl::btree_set<std::string>& deal_ids);
  absl::Status LoadNamedDeals();
  absl::Status RouteToDeal(const v1::Touchpoint& touchpoint);
  absl::Status RecomputeHome(const std::string& deal_id);
  void MoveDeal(const std::string& deal_id, const v1::Subject& before,
                const v1::Subject& after);
  SubjectEntry& EntryOf(const v1::Subject& subject);

  absl::Status LoadSubjects();
  absl::Status LoadDealsToFold();
  absl::Status FoldOn(SubjectEntry& entry);
  absl::Status FoldAgain(SubjectEntry& entry);
  void StoreDeal(const std::string& deal_id,
                 const storage::v1::DealState* state);

  void PutSubjects();
  void PutDeals();
  void PutHomes();
  void PutLists(const ListEntries& before, const ListEntries& after);
  absl::Status ScanMerged(Family family, const std::string& prefix,
                          const Visitor& visit) const;

  const Snapshot& snapshot_;
  const log::EventLog& log_;
  const projections::Rules& rules_;
  const std::string tenant_id_;
  // What has been put into it so far overlays the snapshot.
  ChangeSet& changes_;
  bool is_new_tenant_ = false;
  std::vector<const log::TenantEvents*> parts_;
  // Touchpoints read back because a retraction names them.
  std::vector<std::shared_ptr<const v1::Touchpoint>> targets_;

  storage::v1::TenantRecord tenant_;
  // Unset: to be deleted.
  absl::btree_map<std::string, std::optional<std::string>> homes_;
  absl::btree_map<std::string, DealEntry> deals_;
  absl::btree_map<std::string, SubjectEntry> subjects_;
  std::vector<v1::Subject> full_subjects_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TENANT_CHANGE_H_
