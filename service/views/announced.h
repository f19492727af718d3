// When something is to be announced next about a journey or a deal: kept with
// it, and as a timer.
#ifndef SERVICE_VIEWS_ANNOUNCED_H_
#define SERVICE_VIEWS_ANNOUNCED_H_

#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/clock.h"
#include "service/views/signal_keys.h"
#include "service/views/tenant_change.h"

namespace journey::views {

// What has just happened to it.
struct SignalOccasion {
  // Something was received then; 0 where nothing was.
  core::Micros received = 0;
  // Something was announced for then; 0 where nothing was.
  core::Micros announced = 0;
};

// Sets them anew for a journey after it, or what was announced about it, has
// changed. Without a journey there is nothing left to hold.
void SetTimer(const ChangeContext& context, absl::string_view tenant_id,
              const v1::Subject& subject, const SignalOccasion& occasion,
              storage::v1::SubjectRecord& record);

// The same for a deal. `journey` is the one that it belongs to; it need not be
// set where nothing is announced about the deal.
void SetTimer(const ChangeContext& context, absl::string_view tenant_id,
              absl::string_view deal_id, const v1::Subject& journey,
              const SignalOccasion& occasion, storage::v1::DealRecord& record);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_ANNOUNCED_H_
