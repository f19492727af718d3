// What the timers say is to be announced by now.
#ifndef SERVICE_VIEWS_DUE_SIGNALS_H_
#define SERVICE_VIEWS_DUE_SIGNALS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "service/core/clock.h"
#include "service/views/due_timers.h"
#include "service/views/reader.h"
#include "service/views/views.h"

namespace journey::views {

// See Views::DueSignals. What was due so long before it could be known that
// nobody need be told is historical; `rules_activated` is when rules took the
// place of others, 0 where they did not.
absl::StatusOr<std::vector<DueSignalEvents>> CollectDueSignals(
    const QueryContext& context, FirstTimer& first_timer,
    core::Micros rules_activated, core::Micros now, int homes_max);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_DUE_SIGNALS_H_
