// Which signals a reader wants to see. Pure.
#ifndef SERVICE_CORE_SIGNAL_FILTER_H_
#define SERVICE_CORE_SIGNAL_FILTER_H_

#include "journey/v1/signal.pb.h"
#include "journey/v1/signal_service.pb.h"

namespace journey::core {

// True when a signal meets all conditions of a filter.
[[nodiscard]] bool Matches(const v1::SignalFilter& filter,
                           const v1::Signal& signal);

}  // namespace journey::core

#endif  // SERVICE_CORE_SIGNAL_FILTER_H_
