#include "service/signals/announcer.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/signal_log.h"
#include "service/core/sync.h"
#include "service/core/time.h"

namespace journey::signals {
namespace {

using Event = std::shared_ptr<const v1::SignalEvent>;

// After an error it waits for so long before it tries again.
constexpr std::chrono::milliseconds kRetryInterval{1000};

v1::SignalHandling HandlingAfter(v1::SignalChange change,
                                 v1::SignalHandling before) {
  switch (change) {
    case v1::SIGNAL_CHANGE_ACKNOWLEDGED:
      return v1::SIGNAL_HANDLING_ACKNOWLEDGED;
    case v1::SIGNAL_CHANGE_FINISHED:
      return v1::SIGNAL_HANDLING_FINISHED;
    case v1::SIGNAL_CHANGE_DISMISSED:
      return v1::SIGNAL_HANDLING_DISMISSED;
    default:
      return before;
  }
}

// Who did so stands in `handled_by`. A snooze changes nothing of what somebody
// has done about the signal, and of who that was.
bool NamesActor(v1::SignalChange change, const v1::Signal& signal) {
  return change != v1::SIGNAL_CHANGE_SNOOZED ||
         signal.handling() == v1::SIGNAL_HANDLING_OPEN;
}

// The action says nothing that is not so already.
bool IsRepeated(const SignalAction& action, const v1::Signal& signal) {
  if (NamesActor(action.change, signal) &&
      signal.handled_by() != action.actor) {
    return false;
  }
  if (action.change == v1::SIGNAL_CHANGE_SNOOZED) {
    return signal.has_snoozed_until() &&
           core::ToMicros(signal.snoozed_until()) == action.until;
  }
  return signal.handling() == HandlingAfter(action.change, signal.handling());
}

Event EventOf(const SignalAction& action, v1::Signal signal, core::Micros at) {
  if (NamesActor(action.change, signal)) {
    signal.set_handled_by(action.actor);
    signal.set_handling_reason(action.reason);
    *signal.mutable_handled_at() = core::ToTimestamp(at);
  }
  signal.set_handling(HandlingAfter(action.change, signal.handling()));
  if (action.change == v1::SIGNAL_CHANGE_SNOOZED) {
    *signal.mutable_snoozed_until() = core::ToTimestamp(action.until);
  } else if (action.change != v1::SIGNAL_CHANGE_ACKNOWLEDGED) {
    signal.clear_snoozed_until();
  }
  auto event = std::make_shared<v1::SignalEvent>();
  event->set_change(action.change);
  *event->mutable_at() = core::ToTimestamp(at);
  *event->mutable_signal() = std::move(signal);
  return event;
}

// Waits for the answers to some appends.
class Answers {
 public:
  // The `done` of one more append.
  std::function<void(absl::StatusOr<v1::AppendResponse>)> Expect() {
    core::MutexLock lock(&mutex_);
    ++waiting_;
    return [this](absl::StatusOr<v1::AppendResponse> response) {
      core::MutexLock done(&mutex_);
      --waiting_;
      if (status_.ok()) status_ = response.status();
      changed_.NotifyAll();
    };
  }

  // The first error, once all are there.
  absl::Status Wait() {
    core::MutexLock lock(&mutex_);
    while (waiting_ > 0) changed_.Wait(&mutex_);
    return status_;
  }

 private:
  core::Mutex mutex_;
  core::CondVar changed_;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

class AnnouncerImpl final : public Announcer {
 public:
  explicit AnnouncerImpl(AnnouncerOptions options)
      : options_(std::move(options)), thread_([this] { Run(); }) {}

  ~AnnouncerImpl() override { Stop(); }

  void Submit(SignalAction action) override;
  absl::Status RunDue(int goes_max) override;
  [[nodiscard]] const AnnouncerStats& stats() const override { return stats_; }
  void Stop() override;

 private:
  void Run();
  // Waits for actions, or for the time to look at the timers. False once it is
  // to stop and all actions are done.
  bool WaitForWork(std::chrono::milliseconds interval);
  void Act();
  absl::StatusOr<v1::Signal> Do(const SignalAction& action);
  // Announces what is due first. True where there may be more.
  absl::StatusOr<bool> Announce();
  absl::Status Append(const std::string& tenant_id,
                      const std::vector<Event>& events);
  void Count(const std::vector<Event>& events);

  const AnnouncerOptions options_;
  AnnouncerStats stats_;
  core::Mutex mutex_;
  core::CondVar changed_;
  std::deque<SignalAction> actions_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  core::Mutex stop_mutex_;
  std::thread thread_ ABSL_GUARDED_BY(stop_mutex_);
};

void AnnouncerImpl::Submit(SignalAction action) {
  absl::Status refusal;
  {
    core::MutexLock lock(&mutex_);
    if (stopping_) {
      refusal = core::ShuttingDownError();
    } else if (actions_.size() >= size_t{core::kSignalActionsQueuedMax}) {
      refusal = core::OverloadedError("too many actions on signals wait",
                                      "signal_actions_queued_max");
    } else {
      actions_.push_back(std::move(action));
      changed_.NotifyAll();
    }
  }
  if (!refusal.ok()) action.done(refusal);
}

void AnnouncerImpl::Stop() {
  {
    core::MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  core::MutexLock lock(&stop_mutex_);
  if (thread_.joinable()) thread_.join();
}

bool AnnouncerImpl::WaitForWork(std::chrono::milliseconds interval) {
  core::MutexLock lock(&mutex_);
  if (interval.count() == 0) {
    while (actions_.empty() && !stopping_) changed_.Wait(&mutex_);
  } else if (actions_.empty() && !stopping_) {
    changed_.WaitFor(&mutex_, interval);
  }
  return !stopping_ || !actions_.empty();
}

void AnnouncerImpl::Run() {
  auto interval = options_.interval;
  while (WaitForWork(interval)) {
    interval = options_.interval;
    Act();
    if (options_.interval.count() == 0) continue;
    const auto more = Announce();
    if (!more.ok()) {
      interval = kRetryInterval;
      if (options_.on_error) options_.on_error(more.status());
    } else if (*more) {
      interval = std::chrono::milliseconds(1);
    }
  }
}

absl::Status AnnouncerImpl::RunDue(int goes_max) {
  for (int i = 0; i < goes_max; ++i) {
    const auto more = Announce();
    if (!more.ok()) return more.status();
    if (!*more) break;
  }
  return absl::OkStatus();
}

void AnnouncerImpl::Act() {
  std::deque<SignalAction> actions;
  {
    core::MutexLock lock(&mutex_);
    actions.swap(actions_);
  }
  for (const SignalAction& action : actions) action.done(Do(action));
}

absl::StatusOr<v1::Signal> AnnouncerImpl::Do(const SignalAction& action) {
  auto signal = options_.views->FindSignal(action.tenant_id, action.signal_id);
  if (!signal.ok()) return signal.status();
  if (!signal->has_value()) {
    return core::MakeError(
        absl::StatusCode::kNotFound, v1::ERROR_REASON_SIGNAL_NOT_FOUND,
        absl::StrCat("signal ", action.signal_id, " is not known"));
  }
  if (IsRepeated(action, **signal)) return **std::move(signal);
  const Event event =
      EventOf(action, **std::move(signal), options_.clock->Now());
  absl::Status status = Append(action.tenant_id, {event});
  if (!status.ok()) return status;
  return event->signal();
}

absl::StatusOr<bool> AnnouncerImpl::Announce() {
  const auto due =
      options_.views->DueSignals(options_.clock->Now(), options_.homes_max);
  if (!due.ok()) return due.status();
  for (const views::DueSignalEvents& tenant : *due) {
    absl::Status status = Append(tenant.tenant_id, tenant.events);
    if (!status.ok()) return status;
  }
  // What was announced for one instant may be followed by more for a later one.
  return !due->empty();
}

absl::Status AnnouncerImpl::Append(const std::string& tenant_id,
                                   const std::vector<Event>& events) {
  Answers answers;
  for (size_t first = 0; first < events.size();
       first += core::kSignalBatchMax) {
    const size_t end =
        std::min(events.size(), first + size_t{core::kSignalBatchMax});
    log::Append append;
    append.tenant_id = core::SignalLogOf(tenant_id);
    append.signals.assign(events.begin() + static_cast<ptrdiff_t>(first),
                          events.begin() + static_cast<ptrdiff_t>(end));
    append.done = answers.Expect();
    options_.writer->Submit(std::move(append));
  }
  absl::Status status = answers.Wait();
  if (status.ok()) Count(events);
  return status;
}

void AnnouncerImpl::Count(const std::vector<Event>& events) {
  for (const Event& event : events) {
    stats_.events[static_cast<size_t>(event->change())].fetch_add(1);
    if (event->signal().historical()) stats_.historical.fetch_add(1);
  }
}

}  // namespace

std::unique_ptr<Announcer> Announcer::Start(AnnouncerOptions options) {
  return std::make_unique<AnnouncerImpl>(std::move(options));
}

}  // namespace journey::signals
