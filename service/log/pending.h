// What was decided and is not in the views yet: at most kGroupsInFlightMax
// groups and the one that is being prepared. Owned by the thread that commits.
#ifndef SERVICE_LOG_PENDING_H_
#define SERVICE_LOG_PENDING_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/strings/string_view.h"
#include "service/core/clock.h"
#include "service/log/decide.h"
#include "service/log/event_log.h"
#include "service/log/subjects.h"
#include "service/log/writer.h"

namespace journey::log {

// What one group changes. First it is filled, then sealed, then only read.
// Its maps point into its own events.
class PendingGroup {
 public:
  explicit PendingGroup(int64_t number) : number_(number) {}
  PendingGroup(const PendingGroup&) = delete;
  PendingGroup& operator=(const PendingGroup&) = delete;

  // Adds the events of one append. `before` is the tenant's head before them.
  void Add(absl::string_view tenant_id, const TenantHead& before,
           std::vector<LogEvent> events);

  // Encodes what was added. `values` gets the stored bytes in order. Returns
  // null when nothing was added. Nothing may be added afterwards.
  std::shared_ptr<const CommitGroup> Seal(core::Micros now,
                                          std::vector<std::string>& values);

  [[nodiscard]] int64_t number() const { return number_; }

  // Each is null when the group does not change it.
  [[nodiscard]] const IdFact* FindId(const IdKey& key) const;
  [[nodiscard]] const int64_t* FindSubject(const SubjectKey& key) const;
  // The chain is known after sealing only.
  [[nodiscard]] const TenantHead* FindHead(absl::string_view tenant_id) const;

 private:
  struct Tenant {
    TenantHead before;
    TenantHead head;
    std::vector<LogEvent> events;
  };

  const int64_t number_;
  // Its keys are what the other maps' keys point to.
  absl::node_hash_map<std::string, Tenant> tenants_;
  absl::flat_hash_map<IdKey, IdFact> ids_;
  // How many touchpoints are written to each subject.
  absl::flat_hash_map<SubjectKey, int64_t> subjects_;
  std::shared_ptr<const CommitGroup> sealed_;
};

class Pending {
 public:
  // Begins a group; the one before is sealed.
  PendingGroup& Begin(int64_t number);
  // Drops the group that was begun last.
  void DropLast() { groups_.pop_back(); }
  // Forgets the groups that the views contain.
  void Evict(int64_t applied_group);

  // Completes what the views know of an id.
  void Complete(const IdKey& key, IdFact& fact) const;
  // The newest group that writes to the subject; 0 when none does.
  [[nodiscard]] int64_t NewestGroupOf(const SubjectKey& key) const;
  // Null when no group has events of the tenant.
  [[nodiscard]] const TenantHead* FindHead(absl::string_view tenant_id) const;

 private:
  // Oldest first.
  std::deque<std::unique_ptr<PendingGroup>> groups_;
};

}  // namespace journey::log

#endif  // SERVICE_LOG_PENDING_H_
