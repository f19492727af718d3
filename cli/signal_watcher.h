// Follows a tenant's signal log over as many calls as it takes.
#ifndef CLI_SIGNAL_WATCHER_H_
#define CLI_SIGNAL_WATCHER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/invocation.h"
#include "cli/reconnect.h"
#include "grpcpp/client_context.h"
#include "journey/v1/signal_service.grpc.pb.h"

namespace journey::cli {

// What a watcher calls, all of it from within Run(). An error ends the watch
// with it; false ends it with OK, what was handed over counts as taken.
struct SignalWatchHooks {
  std::function<absl::StatusOr<bool>(const v1::SignalEvent&)> on_event;
  // Nothing else up to this position, for the filter given.
  std::function<absl::StatusOr<bool>(int64_t position, bool caught_up)>
      on_position;
  // Takes a line for people, with its line feed.
  std::function<void(const std::string&)> report;
};

class SignalWatcher {
 public:
  SignalWatcher(const Settings& settings, v1::WatchSignalsRequest request,
                SignalWatchHooks hooks);

  // Returns OK when a hook wants no more, or after Stop(). A connection that
  // was lost, and a server that is overloaded or found this reader too slow,
  // are no errors once there was a first message.
  [[nodiscard]] absl::Status Run();

  // Lets Run() return soon. Thread-safe.
  void Stop();

  // The last position taken: a watch after it misses nothing.
  [[nodiscard]] int64_t position() const { return request_.after_position(); }

 private:
  absl::Status WatchOnce();
  // False when no more is wanted.
  bool Take(const v1::WatchSignalsResponse& response);
  bool TakePosition(int64_t position, bool caught_up);
  bool Obey(const absl::StatusOr<bool>& more);
  // Makes `context` the one that Stop() cancels; false after Stop().
  bool SetCurrent(grpc::ClientContext* context);
  // False after Stop().
  bool WaitFor(absl::Duration length);

  const std::unique_ptr<v1::SignalService::StubInterface> stub_;
  v1::WatchSignalsRequest request_;
  const SignalWatchHooks hooks_;
  Reconnect reconnect_;
  bool satisfied_ = false;
  absl::Status failure_;

  std::mutex mutex_;
  std::condition_variable stopping_;
  // The next two are guarded by `mutex_`.
  bool stopped_ = false;
  grpc::ClientContext* current_ = nullptr;
};

}  // namespace journey::cli

#endif  // CLI_SIGNAL_WATCHER_H_
