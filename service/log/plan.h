// Makes a commit group out of appends: fetches what must be known, then
// decides each append in order.
#ifndef SERVICE_LOG_PLAN_H_
#define SERVICE_LOG_PLAN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/log/decide.h"
#include "service/log/event_log.h"
#include "service/log/pending.h"
#include "service/log/writer.h"

namespace journey::log {

// What one append is told when its group is done.
struct Answer {
  std::function<void(absl::StatusOr<v1::AppendResponse>)> done;
  absl::StatusOr<v1::AppendResponse> result;
  bool when_durable = false;
};

struct Plan {
  // Null when no append adds anything.
  std::shared_ptr<const CommitGroup> group;
  std::vector<std::string> values;
  std::vector<Answer> answers;
  int64_t repeated = 0;
  int64_t inert_links = 0;
};

// Used by one thread.
class Planner {
 public:
  struct Options {
    EventLog* log = nullptr;
    CommitIndex* index = nullptr;
    core::SenderClocks sender_clocks;
    // The newest group in the views.
    std::function<int64_t()> applied_group;
    // Returns once the views contain the group; false when they never will.
    std::function<bool(int64_t)> wait_applied;
  };

  explicit Planner(Options options) : options_(std::move(options)) {}

  // Decides `appends` in order as group `number`.
  [[nodiscard]] Plan Prepare(std::vector<Append> appends, int64_t number,
                             core::Micros now, bool storage_full);

 private:
  // What is fetched for one tenant.
  struct Tenant {
    std::string id;
    absl::Status status;
    TenantHead head;
    std::vector<std::pair<absl::string_view, absl::string_view>> ids;
    // Parallel to `ids`; content where the views know the position, and it is
    // needed to decide.
    std::vector<bool> needs_content;
    std::vector<IdEntry> entries;
    std::vector<std::shared_ptr<const v1::Touchpoint>> contents;
  };
  // Where an append's ids begin among its tenant's.
  struct Place {
    size_t tenant = 0;
    size_t first_id = 0;
  };

  // Versions are counts, so they cannot be completed from groups that the
  // views may or may not contain by now: such groups are waited for.
  bool WaitForVersions(const std::vector<Append>& appends);
  void Collect(const std::vector<Append>& appends);
  void Fetch(Tenant& tenant);
  absl::Status FetchContents(Tenant& tenant);
  absl::StatusOr<Decision> DecideOne(const Append& append, const Place& place,
                                     const PendingGroup& group,
                                     core::Micros now);
  absl::Status GatherVersions(const Append& append, const Tenant& tenant,
                              const PendingGroup& group);
  void GatherFull(const Append& append, const Tenant& tenant);
  absl::Status GatherInert(const Append& append, const Tenant& tenant);

  const Options options_;
  Pending pending_;
  // Of the group that is being prepared.
  std::vector<Tenant> tenants_;
  std::vector<Place> places_;
  Facts facts_;
  v1::Subject subject_;
};

}  // namespace journey::log

#endif  // SERVICE_LOG_PLAN_H_
