// When something is to be announced next about a journey or a deal: kept with
// it, and as a timer.
#ifndef SERVICE_VIEWS_ANNOUNCED_H_
#define SERVICE_VIEWS_ANNOUNCED_H_

#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"
#include "service/views/signal_keys.h"
#include "service/views/view_store.h"

namespace journey::views {

// What has just happened to it.
struct SignalOccasion {
  // Something was received then; 0 where nothing was.
  core::Micros received = 0;
  // Nothing is announced for an earlier instant.
  core::Micros floor = 0;
};

// Sets them anew for a journey after it, or what was announced about it, has
// changed. Without a journey there is nothing left to hold.
void SetTimer(const projections::Rules& rules, absl::string_view tenant_id,
              const v1::Subject& subject, const SignalOccasion& occasion,
              storage::v1::SubjectRecord& record, Update& update);

// The same for a deal.
void SetTimer(const projections::Rules& rules, absl::string_view tenant_id,
              absl::string_view deal_id, const SignalOccasion& occasion,
              storage::v1::DealRecord& record, Update& update);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_ANNOUNCED_H_
