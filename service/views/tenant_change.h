// What some commit groups change in the views of one tenant: index entries,
// journeys and deals folded on, and the lists that show them.
#ifndef SERVICE_VIEWS_TENANT_CHANGE_H_
#define SERVICE_VIEWS_TENANT_CHANGE_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "google/protobuf/arena.h"
#include "journey/storage/v1/views.pb.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"
#include "service/core/touchpoint.h"
#include "service/log/event_log.h"
#include "service/views/identity_change.h"
#include "service/views/journey_resolver.h"
#include "service/views/lists.h"
#include "service/views/ticket_change.h"
#include "service/views/touchpoint_index.h"
#include "service/views/view_store.h"

namespace journey::views {

// What changes are made from and put into. All outlive the change.
struct ChangeContext {
  const log::EventLog& log;
  const projections::Rules& rules;
  Update& update;
  // For records and folds.
  google::protobuf::Arena& arena;
  NewestLinks& newest_links;
  // As in ViewsOptions.
  int snapshot_touchpoints;
  // When these rules took the place of others; 0 when they did not.
  core::Micros rules_activated;
  // The first of all timers that are put.
  core::Micros& first_timer;
};

// Used once: Add each part in order, then Run. Not thread-safe.
class TenantChange {
 public:
  TenantChange(const ChangeContext& context, std::string tenant_id);
  TenantChange(const TenantChange&) = delete;
  TenantChange& operator=(const TenantChange&) = delete;

  // Adds the next events of the tenant. They are durable, and outlive Run.
  void Add(const log::TenantEvents& events);

  // Folds everything and writes all changes.
  absl::Status Run();

  // Subjects that have now reached kSubjectTouchpointsMax.
  [[nodiscard]] const std::vector<v1::Subject>& full_subjects() const {
    return full_subjects_;
  }
  // See IdentityChange.
  [[nodiscard]] const std::vector<std::pair<v1::Subject, bool>>& full_links()
      const {
    return identity_.full_links();
  }
  // How many more of the tenant's open deals are in a pipeline or stage that
  // the rule set does not know.
  [[nodiscard]] int64_t unknown_stage_deals_added() const {
    return unknown_stage_deals_added_;
  }
  // The tenant had no events before.
  [[nodiscard]] bool is_new_tenant() const { return is_new_tenant_; }

 private:
  struct DealEntry {
    storage::v1::DealRecord* record = nullptr;
    bool existed = false;
    bool dirty = false;
    // Its touchpoints, or what decides its journey, change.
    bool is_named = false;
    // When the first of its touchpoints occurred that were retracted.
    core::Micros refold_from = core::kNever;
    // One that decided its home was retracted.
    bool has_lost_home = false;
    Home home_before;
    core::Micros newest_before = 0;
    // When the newest event was received that changes it.
    core::Micros received = 0;
    std::vector<const v1::Touchpoint*> pending;
    // Filled when the deal is about to change.
    std::optional<DealPlaces> places_before;
  };
  struct SubjectEntry {
    v1::Subject subject;
    storage::v1::SubjectRecord* record = nullptr;
    int64_t versions_added = 0;
    // Touchpoints without a deal that are written to the subject.
    std::vector<const v1::Touchpoint*> given;
    // Touchpoints of the subject's journey that are still to be folded.
    std::vector<const v1::Touchpoint*> pending;
    // The journey has to be folded again from then on.
    core::Micros refold_from = core::kNever;
    bool has_new_identity = false;
    // When the newest event was received that changes it.
    core::Micros received = 0;

    [[nodiscard]] bool refold() const { return refold_from != core::kNever; }
    void RefoldFrom(core::Micros from) {
      refold_from = std::min(refold_from, from);
    }
    void Receive(core::Micros at) { received = std::max(received, at); }
    // Unset while there was no journey.
    std::optional<JourneyPlaces> places_before;
  };

  absl::Status AddEvent(const log::LogEvent& event);
  absl::Status AddTouchpoint(const log::LogEvent& event);
  absl::Status AddRetraction(const log::LogEvent& event);
  void PutRows(const log::LogEvent& event, const log::IdEntry& id);
  absl::StatusOr<int64_t> WaitingRetraction(const std::string& id_key) const;

  absl::StatusOr<DealEntry*> LoadDeal(const std::string& deal_id);
  absl::Status LoadDeals(const std::vector<std::string>& deal_ids);
  absl::Status LoadNamedDeals();
  // A deal of which a touchpoint comes or goes.
  absl::StatusOr<DealEntry*> NameDeal(const v1::Touchpoint& touchpoint,
                                      core::Micros received);
  absl::Status AddToDeal(const log::LogEvent& event);
  absl::Status RetractFromDeal(const v1::Touchpoint& touchpoint,
                               core::Micros received);

  absl::Status TakeIdentities();
  absl::Status LoadLinked();
  absl::Status RouteGiven();
  absl::Status RouteDeals();
  absl::StatusOr<v1::Subject> JourneyOf(const Home& home);
  absl::Status RouteDeal(const std::string& deal_id, DealEntry& deal);
  absl::Status FindHome(const std::string& deal_id,
                        storage::v1::DealRecord& record);
  absl::Status RouteRetracted();
  SubjectEntry& EntryOf(const core::SubjectRef& subject);
  SubjectEntry& EntryOf(const v1::Subject& subject) {
    return EntryOf(core::RefOf(subject));
  }

  // Loads what is not loaded yet.
  absl::Status LoadSubjects();
  absl::Status LoadDealsToFold();
  absl::Status FoldOn(SubjectEntry& entry);
  absl::Status FoldAgain(SubjectEntry& entry);
  // What folding a journey again gives.
  struct Refolded {
    projections::JourneyFold fold;
    // The deals that may not be as they are kept, sorted.
    std::vector<std::string> deal_ids;
  };
  absl::StatusOr<Refolded> FoldFrom(const SubjectEntry& entry);
  absl::Status KeepSnapshot(SubjectEntry& entry);
  void TakeDeal(const std::string& deal_id, projections::JourneyFold& fold);
  void StoreDeal(DealEntry& entry, core::Micros received,
                 storage::v1::DealState* state);

  void PutSubjects();
  void PutSubject(const std::string& key, SubjectEntry& entry);
  absl::Status PutDeals();
  absl::Status PutDealTimer(const std::string& deal_id, DealEntry& entry);

  const ChangeContext context_;
  const std::string tenant_id_;
  bool is_new_tenant_ = false;
  int64_t unknown_stage_deals_added_ = 0;
  std::vector<const log::TenantEvents*> parts_;
  IdentityChange identity_;
  TicketChange tickets_;
  JourneyResolver before_;
  JourneyResolver after_;
  // A touchpoint read back because a retraction names it, and when that was
  // received.
  struct Retracted {
    log::LogEvent target;
    core::Micros received = 0;
  };
  std::vector<Retracted> retracted_;

  storage::v1::TenantRecord tenant_;
  // When the newest of the events was received.
  core::Micros received_ = 0;
  // By id.
  absl::node_hash_map<std::string, DealEntry> deals_;
  // By key.
  absl::node_hash_map<std::string, SubjectEntry> subjects_;
  std::vector<v1::Subject> full_subjects_;
  // For serialised records.
  std::string text_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TENANT_CHANGE_H_
