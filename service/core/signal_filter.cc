#include "service/core/signal_filter.h"

#include <algorithm>

namespace journey::core {
namespace {

template <typename Values, typename Value>
bool IsAmong(const Values& values, const Value& value) {
  return values.empty() ||
         std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

bool Matches(const v1::SignalFilter& filter, const v1::Signal& signal) {
  if (!IsAmong(filter.types(), signal.type()) ||
      !IsAmong(filter.owner_ids(), signal.owner_id()) ||
      signal.severity() < filter.severity_min()) {
    return false;
  }
  return filter.segments().empty() ||
         std::any_of(
             signal.segments().begin(), signal.segments().end(),
             [&](int segment) { return IsAmong(filter.segments(), segment); });
}

}  // namespace journey::core
