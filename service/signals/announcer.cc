#include "service/signals/announcer.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
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

// Appends to signal logs that are on their way together.
class Appends {
 public:
  // What became of one.
  struct Result {
    std::vector<Event> events;
    absl::Status status;
  };

  explicit Appends(log::Writer& writer) : writer_(writer) {}
  Appends(const Appends&) = delete;
  Appends& operator=(const Appends&) = delete;

  // Begins one more; kSignalBatchMax events at most.
  void Begin(const std::string& tenant_id, std::vector<Event> events) {
    log::Append append;
    append.tenant_id = core::SignalLogOf(tenant_id);
    append.signals = events;
    append.done = Expect(std::move(events));
    writer_.Submit(std::move(append));
  }

  // What became of all, in the order in which they were begun, once each is
  // answered.
  std::vector<Result> Wait() {
    core::MutexLock lock(&mutex_);
    while (waiting_ > 0) changed_.Wait(&mutex_);
    return std::move(results_);
  }

 private:
  std::function<void(absl::StatusOr<v1::AppendResponse>)> Expect(
      std::vector<Event> events) {
    core::MutexLock lock(&mutex_);
    ++waiting_;
    const size_t number = results_.size();
    results_.push_back({std::move(events), absl::OkStatus()});
    return [this, number](const absl::StatusOr<v1::AppendResponse>& response) {
      core::MutexLock done(&mutex_);
      --waiting_;
      results_[number].status = response.status();
      changed_.NotifyAll();
    };
  }

  log::Writer& writer_;
  core::Mutex mutex_;
  core::CondVar changed_;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Result> results_ ABSL_GUARDED_BY(mutex_);
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
  // Does what waits first, kSignalActionsPerGoMax actions at most.
  void Act();
  // The next actions, no two of them about the same signal: each is to see what
  // the one before did.
  std::vector<SignalAction> TakeActions(size_t actions_max);
  void DoTogether(const std::vector<SignalAction>& actions);
  absl::StatusOr<v1::Signal> Find(const SignalAction& action) const;
  // Announces what is due first. True where there may be more.
  absl::StatusOr<bool> Announce();
  // Waits for appends and counts what they added.
  std::vector<Appends::Result> Wait(Appends& appends);

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
  size_t left = core::kSignalActionsPerGoMax;
  while (left > 0) {
    const std::vector<SignalAction> actions = TakeActions(left);
    if (actions.empty()) return;
    DoTogether(actions);
    left -= actions.size();
  }
}

std::vector<SignalAction> AnnouncerImpl::TakeActions(size_t actions_max) {
  std::vector<SignalAction> out;
  std::set<std::pair<std::string, std::string>> signals;
  core::MutexLock lock(&mutex_);
  while (!actions_.empty() && out.size() < actions_max) {
    const SignalAction& next = actions_.front();
    const std::string id = absl::AsciiStrToLower(next.signal_id);
    if (!signals.emplace(next.tenant_id, id).second) break;
    out.push_back(std::move(actions_.front()));
    actions_.pop_front();
  }
  return out;
}

void AnnouncerImpl::DoTogether(const std::vector<SignalAction>& actions) {
  Appends appends(*options_.writer);
  std::vector<absl::StatusOr<v1::Signal>> answers;
  // The answers that are true only if the appends, in the same order, succeed.
  std::vector<size_t> appended;
  for (const SignalAction& action : actions) {
    answers.push_back(Find(action));
    absl::StatusOr<v1::Signal>& answer = answers.back();
    if (!answer.ok() || IsRepeated(action, *answer)) continue;
    const Event event =
        EventOf(action, *std::move(answer), options_.clock->Now());
    answer = event->signal();
    appended.push_back(answers.size() - 1);
    appends.Begin(action.tenant_id, {event});
  }
  const std::vector<Appends::Result> results = Wait(appends);
  for (size_t i = 0; i < results.size(); ++i) {
    if (!results[i].status.ok()) answers[appended[i]] = results[i].status;
  }
  for (size_t i = 0; i < actions.size(); ++i) {
    actions[i].done(std::move(answers[i]));
  }
}

absl::StatusOr<v1::Signal> AnnouncerImpl::Find(
    const SignalAction& action) const {
  auto signal = options_.views->FindSignal(action.tenant_id, action.signal_id);
  if (!signal.ok()) return signal.status();
  if (!signal->has_value()) {
    return core::MakeError(
        absl::StatusCode::kNotFound, v1::ERROR_REASON_SIGNAL_NOT_FOUND,
        absl::StrCat("signal ", action.signal_id, " is not known"));
  }
  return **std::move(signal);
}

absl::StatusOr<bool> AnnouncerImpl::Announce() {
  auto due =
      options_.views->DueSignals(options_.clock->Now(), options_.homes_max);
  if (!due.ok()) return due.status();
  Appends appends(*options_.writer);
  for (views::DueSignalEvents& tenant : *due) {
    auto next = std::make_move_iterator(tenant.events.begin());
    auto left = tenant.events.size();
    while (left > 0) {
      const size_t count = std::min(left, size_t{core::kSignalBatchMax});
      const auto end = next + static_cast<ptrdiff_t>(count);
      appends.Begin(tenant.tenant_id, {next, end});
      next = end;
      left -= count;
    }
  }
  for (const Appends::Result& result : Wait(appends)) {
    if (!result.status.ok()) return result.status;
  }
  // What was announced for one instant may be followed by more for a later one.
  return !due->empty();
}

std::vector<Appends::Result> AnnouncerImpl::Wait(Appends& appends) {
  std::vector<Appends::Result> results = appends.Wait();
  for (const Appends::Result& result : results) {
    if (!result.status.ok()) continue;
    for (const Event& event : result.events) {
      stats_.events[static_cast<size_t>(event->change())].fetch_add(1);
      if (event->signal().historical()) stats_.historical.fetch_add(1);
    }
  }
  return results;
}

}  // namespace

std::unique_ptr<Announcer> Announcer::Start(AnnouncerOptions options) {
  return std::make_unique<AnnouncerImpl>(std::move(options));
}

}  // namespace journey::signals
