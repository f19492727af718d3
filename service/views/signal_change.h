// What the events of a signal log change in the views: the signals, their
// lists, and what is to be announced next.
#ifndef SERVICE_VIEWS_SIGNAL_CHANGE_H_
#define SERVICE_VIEWS_SIGNAL_CHANGE_H_

#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/signal.pb.h"
#include "service/log/event_log.h"
#include "service/views/journey_resolver.h"
#include "service/views/signal_keys.h"
#include "service/views/tenant_change.h"

namespace journey::views {

// Used once: Add each part in order, then Run, after the tenant's own change.
// Not thread-safe.
class SignalChange {
 public:
  // `log_id` is the name of the signal log.
  SignalChange(const ChangeContext& context, std::string log_id);

  // Adds the next events of the log. They outlive Run.
  void Add(const log::TenantEvents& events) { parts_.push_back(&events); }

  absl::Status Run();

 private:
  // What is announced about a home, and the newest instant of an announcement.
  struct Announced {
    v1::Subject journey;
    storage::v1::SubjectRecord subject;
    storage::v1::DealRecord deal;
    core::Micros floor = 0;
  };

  absl::Status Apply(const v1::SignalEvent& event);
  void PutSignal(const std::string& id, const v1::Signal* before,
                 const v1::Signal& after);
  absl::StatusOr<storage::v1::AnnouncedSignals*> AnnouncedOf(
      const v1::Signal& signal, core::Micros at);
  absl::Status PutHomes();

  const ChangeContext context_;
  const std::string log_id_;
  const std::string tenant_id_;
  JourneyResolver resolver_;
  std::vector<const log::TenantEvents*> parts_;
  // As they are after the events so far, by id.
  absl::flat_hash_map<std::string, v1::Signal> signals_;
  // By deal, and by the key of the journey's subject.
  absl::btree_map<std::string, Announced> deals_;
  absl::btree_map<std::string, Announced> journeys_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_SIGNAL_CHANGE_H_
