// What handlers write to, in memory, for tests that decide when things happen.
#ifndef TESTS_RPC_FAKE_WRITERS_H_
#define TESTS_RPC_FAKE_WRITERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "service/core/errors.h"
#include "service/core/sync.h"
#include "service/log/writer.h"
#include "service/signals/announcer.h"

namespace journey::testing {

// Holds appends until the test finishes them. Thread-safe.
class FakeWriter final : public log::Writer {
 public:
  // How many appends may wait before the next is OVERLOADED.
  void SetCapacity(size_t capacity) {
    core::MutexLock lock(&mutex_);
    capacity_ = capacity;
  }

  void Submit(log::Append append) override {
    {
      core::MutexLock lock(&mutex_);
      if (queue_.size() < capacity_) {
        queue_.push_back(std::move(append));
        changed_.NotifyAll();
        return;
      }
      ++overloaded_;
      changed_.NotifyAll();
    }
    append.done(
        core::OverloadedError("the queue is full", "queue_appends_max"));
  }

  // Waits until `count` appends wait.
  void WaitForQueued(size_t count) {
    core::MutexLock lock(&mutex_);
    while (queue_.size() < count) changed_.Wait(&mutex_);
  }
  void WaitForOverloaded(int count) {
    core::MutexLock lock(&mutex_);
    while (overloaded_ < count) changed_.Wait(&mutex_);
  }

  // Waits for an append and takes it out.
  [[nodiscard]] log::Append Take() {
    core::MutexLock lock(&mutex_);
    while (queue_.empty()) changed_.Wait(&mutex_);
    log::Append append = std::move(queue_.front());
    queue_.erase(queue_.begin());
    return append;
  }

  // Takes the append at `index` out and answers it.
  void Finish(size_t index, const absl::Status& status = absl::OkStatus()) {
    log::Append append;
    int64_t position = 0;
    {
      core::MutexLock lock(&mutex_);
      append = std::move(queue_.at(index));
      queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(index));
      position = ++finished_;
    }
    if (!status.ok()) return append.done(status);
    v1::AppendResponse response;
    response.add_results()->set_position(position);
    append.done(std::move(response));
  }

  // The first id of the append at `index`.
  [[nodiscard]] std::string IdAt(size_t index) {
    core::MutexLock lock(&mutex_);
    return queue_.at(index).touchpoints.at(0)->touchpoint_id();
  }

  [[nodiscard]] int64_t queue_depth() const override {
    core::MutexLock lock(&mutex_);
    return static_cast<int64_t>(queue_.size());
  }
  [[nodiscard]] int64_t applied_group() const override { return 0; }
  void Stop() override {}

 private:
  mutable core::Mutex mutex_;
  core::CondVar changed_;
  size_t capacity_ ABSL_GUARDED_BY(mutex_) = 1000;
  std::vector<log::Append> queue_ ABSL_GUARDED_BY(mutex_);
  int overloaded_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t finished_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Holds what people do until the test answers it. Thread-safe.
class FakeAnnouncer final : public signals::Announcer {
 public:
  void Submit(signals::SignalAction action) override {
    core::MutexLock lock(&mutex_);
    actions_.push_back(std::move(action));
    changed_.NotifyAll();
  }

  // Waits for an action and takes it out.
  [[nodiscard]] signals::SignalAction Take() {
    core::MutexLock lock(&mutex_);
    while (actions_.empty()) changed_.Wait(&mutex_);
    signals::SignalAction action = std::move(actions_.front());
    actions_.erase(actions_.begin());
    return action;
  }
  // How many wait.
  [[nodiscard]] size_t action_count() const {
    core::MutexLock lock(&mutex_);
    return actions_.size();
  }

  absl::Status RunDue(int /*goes_max*/) override { return absl::OkStatus(); }
  [[nodiscard]] const signals::AnnouncerStats& stats() const override {
    return stats_;
  }
  void Stop() override {}

 private:
  mutable core::Mutex mutex_;
  core::CondVar changed_;
  std::vector<signals::SignalAction> actions_ ABSL_GUARDED_BY(mutex_);
  signals::AnnouncerStats stats_;
};

}  // namespace journey::testing

#endif  // TESTS_RPC_FAKE_WRITERS_H_
