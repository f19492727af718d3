// What some commit groups change in who belongs together, for one tenant.
#ifndef SERVICE_VIEWS_IDENTITY_CHANGE_H_
#define SERVICE_VIEWS_IDENTITY_CHANGE_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/arena.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/clock.h"
#include "service/core/identity.h"
#include "service/log/event_log.h"
#include "service/views/index_source.h"
#include "service/views/journey_resolver.h"
#include "service/views/moved_journeys.h"
#include "service/views/newest_links.h"
#include "service/views/view_store.h"

namespace journey::views {

// Used once: Note everything, when its rows are in the index, then Run. As a
// source it is the update with the changed identities in front. Not
// thread-safe.
class IdentityChange final : public ListedSource {
 public:
  // All outlive the change, and so do the events that are noted.
  IdentityChange(const log::EventLog& log, Update& update,
                 google::protobuf::Arena& arena, NewestLinks& newest_links,
                 absl::string_view tenant_id)
      : log_(log),
        update_(update),
        arena_(arena),
        newest_links_(newest_links),
        tenant_id_(tenant_id),
        moved_(update, *this, tenant_id) {}

  // A touchpoint came in.
  void Note(const log::LogEvent& event);
  // One was retracted that had been noted, now or before.
  void NoteRetracted(const log::LogEvent& event);

  // Works out the identities and writes the lists that go by them.
  absl::Status Run();

  [[nodiscard]] bool is_empty() const { return changed_.empty(); }

  // Subjects, by key, with identities that are not those in the update.
  struct Changed {
    v1::Subject subject;
    storage::v1::IdentityState identity;
  };
  [[nodiscard]] const std::map<std::string, Changed, std::less<>>& changed()
      const {
    return changed_;
  }
  // Journeys that gain or lose touchpoints that were there before.
  [[nodiscard]] const std::vector<MovedJourney>& journeys() const {
    return moved_.journeys();
  }
  // Subjects that have from now on (false: no more) all links, or all linked,
  // that they may have.
  [[nodiscard]] const std::vector<std::pair<v1::Subject, bool>>& full_links()
      const {
    return full_links_;
  }

  absl::Status ScanTouchpoints(absl::string_view subject_key, core::Micros from,
                               const RowVisitor& visit) const override {
    return update_.ScanTouchpoints(subject_key, from, visit);
  }
  absl::Status ScanLists(absl::string_view prefix,
                         const Visitor& visit) const override {
    return update_.ScanLists(prefix, visit);
  }
  absl::StatusOr<storage::v1::IdentityState> ReadIdentity(
      absl::string_view tenant_id,
      const core::SubjectRef& subject) const override;

 private:
  // Refers to an event, which outlives the change.
  struct NotedLink {
    const v1::Touchpoint* touchpoint = nullptr;
    core::SubjectRef target;
  };
  struct NarrowChange {
    core::SubjectRef subject;
    // In the arena.
    storage::v1::SubjectHead* record = nullptr;
    absl::InlinedVector<NotedLink, 1> added;
    std::vector<NotedLink> withdrawn;

    [[nodiscard]] const storage::v1::IdentityState& before() const {
      return record->identity();
    }
  };

  void NoteAdded(const v1::Touchpoint& touchpoint, const core::LinkRef& link);
  NarrowChange& NarrowOf(const std::string& key,
                         const core::SubjectRef& narrow);
  absl::Status LoadNarrow();
  absl::Status Apply(const std::string& key, const NarrowChange& narrow);
  absl::StatusOr<bool> NeedsAll(const std::string& key,
                                const NarrowChange& narrow,
                                storage::v1::IdentityState& identity) const;
  absl::Status CountTargets(const v1::Subject& narrow,
                            const storage::v1::IdentityState& before,
                            const storage::v1::IdentityState& after);
  absl::StatusOr<absl::btree_set<std::string>> ChangeMerges();
  absl::Status ApplyMerges();
  absl::StatusOr<storage::v1::IdentityState*> Change(
      const core::SubjectRef& subject);
  absl::Status FindMovedJourneys();
  [[nodiscard]] std::string LinkedKey(const core::SubjectRef& target,
                                      const core::SubjectRef& narrow) const;
  void NoteFull(const v1::Subject& subject, bool was_full, bool is_full);

  const log::EventLog& log_;
  Update& update_;
  google::protobuf::Arena& arena_;
  NewestLinks& newest_links_;
  const std::string tenant_id_;
  // By key.
  absl::node_hash_map<std::string, NarrowChange> narrow_;
  std::vector<core::LinkRef> merges_;
  // Accounts of which a merge was withdrawn.
  absl::btree_set<std::string> unmerged_accounts_;
  // Its elements stay where they are.
  std::map<std::string, Changed, std::less<>> changed_;
  // Reads the identities here once they are worked out.
  MovedJourneys moved_;
  std::vector<std::pair<v1::Subject, bool>> full_links_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_IDENTITY_CHANGE_H_
