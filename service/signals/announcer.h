// The only writer of signal logs. It announces what the timers say is due, and
// takes down what people do about signals: both are events, appended by the
// same way as every other, so that a crash neither loses nor doubles one. What
// is to be announced follows from the log alone: after a restart it goes on
// where it stopped.
#ifndef SERVICE_SIGNALS_ANNOUNCER_H_
#define SERVICE_SIGNALS_ANNOUNCER_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "journey/v1/signal.pb.h"
#include "service/core/clock.h"
#include "service/core/limits.h"
#include "service/log/writer.h"
#include "service/views/views.h"

namespace journey::signals {

// What somebody does about a signal.
struct SignalAction {
  std::string tenant_id;
  // 32 hexadecimal digits.
  std::string signal_id;
  // ACKNOWLEDGED, SNOOZED, FINISHED or DISMISSED.
  v1::SignalChange change = v1::SIGNAL_CHANGE_UNSPECIFIED;
  std::string actor;
  std::string reason;
  // Of SNOOZED.
  core::Micros until = 0;
  // Called exactly once, from the announcer's thread, with the signal after
  // it. NOT_FOUND (SIGNAL_NOT_FOUND); errors of the writer.
  std::function<void(absl::StatusOr<v1::Signal>)> done;
};

// Counts for metrics. Thread-safe.
struct AnnouncerStats {
  // Events by SignalChange.
  std::array<std::atomic<int64_t>, v1::SignalChange_ARRAYSIZE> events{};
  // Signals that were recorded without being announced.
  std::atomic<int64_t> historical{0};
};

struct AnnouncerOptions {
  log::Writer* writer = nullptr;
  const views::Views* views = nullptr;
  const core::Clock* clock = nullptr;
  // How often timers are looked at. 0: only when RunDue is called.
  std::chrono::milliseconds interval{100};
  // Journeys and deals whose timers are looked at in one go.
  int homes_max = core::kDueHomesMax;
  // Told of errors, after which it tries again. May be empty.
  std::function<void(const absl::Status&)> on_error;
};

// Thread-safe.
class Announcer {
 public:
  // Starts its thread. Everything in the options outlives it.
  static std::unique_ptr<Announcer> Start(AnnouncerOptions options);
  virtual ~Announcer() = default;

  // Takes an action. After Stop it is answered SHUTTING_DOWN, and OVERLOADED
  // where too many wait; `done` is then called from within.
  virtual void Submit(SignalAction action) = 0;

  // Announces what is due by now, in the caller's thread, in at most so many
  // goes. Only without an interval.
  virtual absl::Status RunDue(int goes_max) = 0;

  [[nodiscard]] virtual const AnnouncerStats& stats() const = 0;

  // Finishes what was submitted, and ends the thread. Idempotent.
  virtual void Stop() = 0;
};

}  // namespace journey::signals

#endif  // SERVICE_SIGNALS_ANNOUNCER_H_
