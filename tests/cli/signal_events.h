// Signals and messages of watches for tests.
#ifndef TESTS_CLI_SIGNAL_EVENTS_H_
#define TESTS_CLI_SIGNAL_EVENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "journey/v1/signal_service.pb.h"
#include "tests/cli/cli_run.h"

namespace journey::testing {

inline v1::SignalEvent SignalEventAt(int64_t position,
                                     const std::string& signal_id) {
  v1::SignalEvent event;
  event.set_position(position);
  event.set_change(v1::SIGNAL_CHANGE_RAISED);
  event.mutable_at()->set_seconds(kNowMicros / 1'000'000);
  v1::Signal& signal = *event.mutable_signal();
  signal.set_signal_id(signal_id);
  signal.set_type(v1::SIGNAL_TYPE_DETRACTOR);
  signal.set_severity(v1::SIGNAL_SEVERITY_WARNING);
  signal.mutable_journey()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  signal.mutable_journey()->set_id("acme");
  signal.set_action("Call the customer");
  signal.set_in_force(true);
  signal.set_revision(1);
  return event;
}

inline v1::WatchSignalsResponse SignalBatch(
    const std::vector<v1::SignalEvent>& events) {
  v1::WatchSignalsResponse response;
  for (const v1::SignalEvent& event : events) {
    *response.mutable_events()->add_events() = event;
  }
  return response;
}

inline v1::WatchSignalsResponse SignalsCaughtUpAt(int64_t position) {
  v1::WatchSignalsResponse response;
  response.set_caught_up_position(position);
  return response;
}

inline v1::WatchSignalsResponse SignalHeartbeatAt(int64_t position) {
  v1::WatchSignalsResponse response;
  response.set_heartbeat_position(position);
  return response;
}

}  // namespace journey::testing

#endif  // TESTS_CLI_SIGNAL_EVENTS_H_
