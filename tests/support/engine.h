// Event log, writer, views and announcer together, as the server composes them,
// with a clock that tests set.
#ifndef TESTS_SUPPORT_ENGINE_H_
#define TESTS_SUPPORT_ENGINE_H_

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "projections/rules/rules.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "service/signals/announcer.h"
#include "service/views/views.h"
#include "tests/support/manual_clock.h"

namespace journey::testing {

struct EngineOptions {
  std::string directory;
  // A rule set file; the default one when empty.
  std::string rules_file;
  std::shared_ptr<rocksdb::FileSystem> file_system;
  size_t write_buffer_bytes = size_t{64} * 1024 * 1024;
  // Journeys and deals that one go of announcing looks at.
  int announced_homes_max = core::kDueHomesMax;
  // Few, so that short histories have snapshots inside their journeys.
  int snapshot_touchpoints = 5;
  // What the clock shows at first.
  core::Micros now = ManualClock::kStart;
  // Told what the views have to say while they are opened.
  std::function<void(const std::string&)> on_notice;
};

class Engine {
 public:
  static constexpr char kTenant[] = "test";

  // Opens the log in `directory`/log and the views in `directory`/views.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(EngineOptions options);
  // Stops without closing gracefully.
  ~Engine();

  // Appends one batch and waits for the answer.
  absl::StatusOr<v1::AppendResponse> Append(
      const std::vector<v1::Touchpoint>& touchpoints);
  absl::StatusOr<v1::AppendResponse> Retract(const std::string& touchpoint_id) {
    return Retract(std::vector<std::string>{touchpoint_id});
  }
  // The same of several in one batch.
  absl::StatusOr<v1::AppendResponse> Retract(
      const std::vector<std::string>& touchpoint_ids);

  // Announces the signals that are due by the clock: all, or what so many goes
  // reach.
  absl::Status Announce(int goes_max = std::numeric_limits<int>::max()) {
    return announcer_->RunDue(goes_max);
  }
  // Somebody does something about a signal, and waits for the answer.
  absl::StatusOr<v1::Signal> Act(const std::string& signal_id,
                                 v1::SignalChange change,
                                 core::Micros until = 0,
                                 const std::string& actor = "anna");
  // The signal log from its beginning.
  std::vector<v1::SignalEvent> SignalEvents();

  [[nodiscard]] signals::Announcer& announcer() { return *announcer_; }
  [[nodiscard]] log::Writer& writer() { return *writer_; }
  [[nodiscard]] log::EventLog& event_log() { return *log_; }
  [[nodiscard]] views::Views& views() { return *views_; }
  [[nodiscard]] ManualClock& clock() { return clock_; }
  // Times on_fatal was called.
  [[nodiscard]] int fatal_count() const { return fatal_count_; }

  // The digest of all conclusions by the present clock.
  std::string Digest();

 private:
  Engine() = default;

  absl::StatusOr<v1::AppendResponse> Submit(log::Append append);

  ManualClock clock_;
  std::atomic<int> fatal_count_ = 0;
  std::shared_ptr<const projections::Rules> rules_;
  std::unique_ptr<log::EventLog> log_;
  std::unique_ptr<views::Views> views_;
  std::unique_ptr<log::Writer> writer_;
  std::unique_ptr<signals::Announcer> announcer_;
};

}  // namespace journey::testing

#endif  // TESTS_SUPPORT_ENGINE_H_
