// The tickets of one tenant that some commit groups change.
#ifndef SERVICE_VIEWS_TICKET_CHANGE_H_
#define SERVICE_VIEWS_TICKET_CHANGE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/log/event_log.h"
#include "service/views/touchpoint_row.h"
#include "service/views/view_store.h"

namespace journey::views {

// A ticket is folded on by touchpoints that come after its newest one, and
// from all of its touchpoints where one comes late or is retracted. Used once:
// Add each touchpoint, then Run. Not thread-safe.
class TicketChange {
 public:
  // Log and update outlive it.
  TicketChange(const log::EventLog& log, Update& update,
               absl::string_view tenant_id)
      : log_(log), update_(update), tenant_id_(tenant_id) {}

  // Adds a touchpoint of kind `ticket` that comes or is retracted, with its
  // row. One that comes outlives Run.
  void Add(const v1::Touchpoint& touchpoint, const TouchpointRow& row);

  // Folds the tickets and puts them and their lists.
  absl::Status Run();

  // After Run: how many tickets there are more than before.
  [[nodiscard]] int64_t count_change() const { return count_change_; }

 private:
  struct Entry {
    storage::v1::TicketRecord record;
    std::vector<const v1::Touchpoint*> pending;
    bool is_retracted = false;
  };

  absl::Status Load();
  absl::Status Fold(const std::string& ticket_id, Entry& entry) const;
  absl::Status FoldAgain(const std::string& ticket_id,
                         storage::v1::TicketState& ticket) const;

  const log::EventLog& log_;
  Update& update_;
  const std::string tenant_id_;
  // By id.
  std::map<std::string, Entry> tickets_;
  int64_t count_change_ = 0;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_TICKET_CHANGE_H_
