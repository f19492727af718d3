#include "service/log/writer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/signal_log.h"
#include "service/core/sync.h"
#include "service/core/time.h"
#include "service/log/plan.h"

namespace journey::log {
namespace {

size_t BytesOf(const Append& append) {
  size_t bytes = 0;
  for (const auto& touchpoint : append.touchpoints) {
    bytes += touchpoint->ByteSizeLong();
  }
  for (const auto& retraction : append.retractions) {
    bytes += retraction->ByteSizeLong();
  }
  for (const auto& signal : append.signals) bytes += signal->ByteSizeLong();
  return bytes;
}

void ReportSent(const CommitGroup& group, WriterObserver& observer) {
  for (const TenantEvents& tenant : group.tenants) {
    for (const LogEvent& event : tenant.events) {
      if (event.touchpoint == nullptr || !event.touchpoint->has_sent_at()) {
        continue;
      }
      observer.OnSent(
          event.touchpoint->source(),
          event.received_at - core::ToMicros(event.touchpoint->sent_at()));
    }
  }
}

size_t EventsOf(const Append& append) {
  return append.touchpoints.size() + append.retractions.size() +
         append.signals.size();
}

// When a group was committed; 0 where it is not there.
core::Micros CommittedAt(const EventLog& log, int64_t group) {
  const auto read =
      log.ReadGroup(group, [](absl::string_view) { return std::string(); });
  return read.ok() ? read->committed_at : 0;
}

class GroupWriter final : public Writer {
 public:
  explicit GroupWriter(WriterOptions options)
      : options_(std::move(options)),
        committed_group_(options_.log->head_group()),
        newest_received_(CommittedAt(*options_.log, committed_group_)),
        applied_group_(committed_group_),
        planner_({options_.log, options_.index, options_.sender_clocks,
                  [this] { return applied_group(); },
                  [this](int64_t number) { return WaitApplied(number); }}),
        committer_([this] { CommitLoop(); }),
        projector_([this] { ApplyLoop(); }) {}

  ~GroupWriter() override { Stop(); }

  void Submit(Append append) override;
  [[nodiscard]] int64_t queue_depth() const override {
    const core::MutexLock lock(&mutex_);
    return static_cast<int64_t>(queue_.size());
  }
  [[nodiscard]] int64_t applied_group() const override {
    return applied_group_.load();
  }
  void Stop() override;

 private:
  struct Queued {
    Append append;
    size_t bytes = 0;
  };

  // Moves the append into the queue, or leaves it and says why not.
  absl::Status Enqueue(Append& append);
  // Why an append is not taken; OK when it is.
  absl::Status Admission(const Append& append, size_t bytes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The committing thread.
  void CommitLoop();
  // Waits until fewer than kGroupsInFlightMax groups are on their way and
  // something is queued. Empty when nothing will come any more.
  std::vector<Append> Take();
  // False when the group could not be written.
  bool Commit(const Plan& plan);
  bool WaitApplied(int64_t number);

  // The applying thread.
  void ApplyLoop();

  // Nothing is acknowledged after this. Ends the process by `on_fatal`.
  void Fail(const absl::Status& status);
  [[nodiscard]] bool failed() const {
    const core::MutexLock lock(&mutex_);
    return failed_;
  }
  // Answers with `error` where it is one, else with the result.
  static void Finish(Answer& answer, const absl::Status& error);

  const WriterOptions options_;

  mutable core::Mutex mutex_;
  core::CondVar work_;     // The queue or `stopping_` changed.
  core::CondVar planned_;  // `plans_` or `committer_done_` changed.
  core::CondVar applied_;  // `in_flight_` or `applied_group_` changed.
  std::deque<Queued> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queue_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<Plan> plans_ ABSL_GUARDED_BY(mutex_);
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool committer_done_ ABSL_GUARDED_BY(mutex_) = false;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;

  int64_t committed_group_;       // Of the committing thread.
  core::Micros newest_received_;  // Of the committing thread.
  std::atomic<int64_t> applied_group_;
  Planner planner_;  // Of the committing thread.

  core::Mutex stop_mutex_;
  std::thread committer_ ABSL_GUARDED_BY(stop_mutex_);
  std::thread projector_ ABSL_GUARDED_BY(stop_mutex_);
};

void GroupWriter::Submit(Append append) {
  absl::Status refusal = Enqueue(append);
  if (refusal.ok()) {
    work_.NotifyOne();
    return;
  }
  append.done(std::move(refusal));
}

absl::Status GroupWriter::Enqueue(Append& append) {
  const size_t bytes = BytesOf(append);
  const core::MutexLock lock(&mutex_);
  absl::Status refusal = Admission(append, bytes);
  if (refusal.ok()) {
    queue_bytes_ += bytes;
    queue_.push_back({std::move(append), bytes});
  }
  return refusal;
}

absl::Status GroupWriter::Admission(const Append& append, size_t bytes) const {
  if (failed_) return core::OutcomeUnknownError();
  if (stopping_) return core::ShuttingDownError();
  // Their only writer bounds itself, and would never get through to a queue
  // that clients keep full.
  if (core::IsSignalLog(append.tenant_id)) return absl::OkStatus();
  if (queue_.size() >= static_cast<size_t>(core::kQueueAppendsMax)) {
    return core::OverloadedError("too many appends wait", "queue_appends_max");
  }
  if (queue_bytes_ + bytes > core::kQueueBytesMax) {
    return core::OverloadedError("too many bytes of appends wait",
                                 "queue_bytes_max");
  }
  return absl::OkStatus();
}

void GroupWriter::Stop() {
  const core::MutexLock stop_lock(&stop_mutex_);
  {
    const core::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  work_.NotifyAll();
  if (committer_.joinable()) committer_.join();
  if (projector_.joinable()) projector_.join();
}

void GroupWriter::CommitLoop() {
  for (;;) {
    std::vector<Append> appends = Take();
    if (appends.empty()) break;
    if (failed()) {
      for (Append& append : appends) append.done(core::OutcomeUnknownError());
      continue;
    }
    const bool storage_full =
        options_.free_space && options_.free_space() < core::kFreeSpaceBytesMin;
    // `known_at` relies on it that time does not go back along a log.
    newest_received_ = std::max(newest_received_, options_.clock->Now());
    Plan plan = planner_.Prepare(std::move(appends), committed_group_ + 1,
                                 newest_received_, storage_full);
    if (plan.group != nullptr && !Commit(plan)) {
      for (Answer& answer : plan.answers) {
        Finish(answer, core::OutcomeUnknownError());
      }
      continue;
    }
    if (options_.observer != nullptr && plan.repeated > 0) {
      options_.observer->OnRepeated(plan.repeated);
    }
    if (options_.observer != nullptr && plan.inert_links > 0) {
      options_.observer->OnInertLinks(plan.inert_links);
    }
    for (Answer& answer : plan.answers) {
      if (answer.when_durable) Finish(answer, absl::OkStatus());
    }
    {
      const core::MutexLock lock(&mutex_);
      ++in_flight_;
      plans_.push_back(std::move(plan));
    }
    planned_.NotifyOne();
  }
  {
    const core::MutexLock lock(&mutex_);
    committer_done_ = true;
  }
  planned_.NotifyOne();
}

std::vector<Append> GroupWriter::Take() {
  std::vector<Append> appends;
  const core::MutexLock lock(&mutex_);
  while (in_flight_ >= core::kGroupsInFlightMax) applied_.Wait(&mutex_);
  while (queue_.empty() && !stopping_) work_.Wait(&mutex_);
  size_t events = 0;
  size_t bytes = 0;
  while (!queue_.empty()) {
    const Queued& next = queue_.front();
    events += EventsOf(next.append);
    bytes += next.bytes;
    if (!appends.empty() &&
        (events > static_cast<size_t>(core::kGroupEventsMax) ||
         bytes > core::kGroupBytesMax)) {
      break;
    }
    queue_bytes_ -= next.bytes;
    appends.push_back(std::move(queue_.front().append));
    queue_.pop_front();
  }
  return appends;
}

bool GroupWriter::Commit(const Plan& plan) {
  const auto start = std::chrono::steady_clock::now();
  const absl::Status status = options_.log->Commit(*plan.group, plan.values);
  if (!status.ok()) {
    Fail(status);
    return false;
  }
  committed_group_ = plan.group->number;
  if (options_.observer != nullptr) {
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - start;
    size_t bytes = 0;
    for (const std::string& value : plan.values) bytes += value.size();
    options_.observer->OnGroup(static_cast<int64_t>(plan.values.size()), bytes,
                               took.count());
    ReportSent(*plan.group, *options_.observer);
  }
  return true;
}

bool GroupWriter::WaitApplied(int64_t number) {
  const core::MutexLock lock(&mutex_);
  while (applied_group_.load() < number && !failed_) applied_.Wait(&mutex_);
  return applied_group_.load() >= number;
}

void GroupWriter::ApplyLoop() {
  for (;;) {
    Plan plan;
    bool fatal = false;
    {
      const core::MutexLock lock(&mutex_);
      while (plans_.empty() && !committer_done_) planned_.Wait(&mutex_);
      if (plans_.empty()) return;
      plan = std::move(plans_.front());
      plans_.pop_front();
      fatal = failed_;
    }
    if (!fatal && plan.group != nullptr) {
      if (absl::Status status = options_.sink->Apply(*plan.group);
          !status.ok()) {
        Fail(status);
        fatal = true;
      } else {
        const core::MutexLock lock(&mutex_);
        applied_group_.store(plan.group->number);
      }
    }
    for (Answer& answer : plan.answers) {
      if (answer.done == nullptr) continue;
      Finish(answer, fatal ? core::OutcomeUnknownError() : absl::OkStatus());
    }
    {
      const core::MutexLock lock(&mutex_);
      --in_flight_;
    }
    applied_.NotifyAll();
  }
}

void GroupWriter::Fail(const absl::Status& status) {
  {
    const core::MutexLock lock(&mutex_);
    if (failed_) return;
    failed_ = true;
  }
  applied_.NotifyAll();
  if (options_.on_fatal) options_.on_fatal(status);
}

void GroupWriter::Finish(Answer& answer, const absl::Status& error) {
  const auto done = std::move(answer.done);
  answer.done = nullptr;
  if (error.ok()) {
    done(std::move(answer.result));
  } else {
    done(error);
  }
}

}  // namespace

std::unique_ptr<Writer> Writer::Start(WriterOptions options) {
  return std::make_unique<GroupWriter>(std::move(options));
}

}  // namespace journey::log
