// A writer over a real log on a faulty file system, with fake views.
#ifndef TESTS_LOG_WRITER_FIXTURE_H_
#define TESTS_LOG_WRITER_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "tests/log/log_testing.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace journey::log {

// The source whose clock the writer does not trust.
inline constexpr char kUntrustedSource[] = "kiosk";

struct CountingObserver final : public WriterObserver {
  void OnGroup(int64_t group_events, size_t /*bytes*/,
               double /*fsync_seconds*/) override {
    const std::lock_guard<std::mutex> lock(mutex);
    events += group_events;
    ++groups;
    changed.notify_all();
  }
  void OnRepeated(int64_t count) override {
    const std::lock_guard<std::mutex> lock(mutex);
    repeated += count;
  }
  void OnInertLinks(int64_t count) override {
    const std::lock_guard<std::mutex> lock(mutex);
    inert_links += count;
  }
  void OnSent(absl::string_view source, core::Micros skew) override {
    const std::lock_guard<std::mutex> lock(mutex);
    skews.emplace_back(source, skew);
  }

  std::mutex mutex;
  std::condition_variable changed;
  int64_t events = 0;
  int64_t groups = 0;
  int64_t repeated = 0;
  int64_t inert_links = 0;
  std::vector<std::pair<std::string, core::Micros>> skews;
};

class WriterTest : public ::testing::Test {
 protected:
  // The answer to one append.
  struct Outcome {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<absl::StatusOr<v1::AppendResponse>> result;
  };
  using Ticket = std::shared_ptr<Outcome>;

  WriterTest() { Restart(/*fresh=*/true); }

  // Stops and starts again, with an empty log where `fresh`.
  void Restart(bool fresh) {
    writer_.reset();
    log_.reset();
    if (fresh) {
      dir_ = std::make_unique<testing::TempDir>();
      files_ = std::make_shared<testing::FaultFileSystem>(1);
    }
    EventLogOptions log_options;
    log_options.directory = dir_->Join("log");
    log_options.file_system = files_;
    auto log = EventLog::Open(log_options);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
    views_.Reset();
    ASSERT_TRUE(views_.CatchUp(*log_).ok());
    fatal_ = 0;
    StartWriter();
  }

  void StartWriter() {
    WriterOptions options;
    options.log = log_.get();
    options.index = &views_;
    options.sink = &views_;
    options.clock = &clock_;
    options.sender_clocks = core::SenderClocks({kUntrustedSource});
    options.observer = &observer_;
    options.free_space = [this] { return free_space_.load(); };
    options.on_fatal = [this](const absl::Status&) { ++fatal_; };
    observer_.groups = 0;
    writer_ = Writer::Start(std::move(options));
  }

  Ticket Submit(Append append) {
    auto outcome = std::make_shared<Outcome>();
    append.done = [outcome](absl::StatusOr<v1::AppendResponse> result) {
      const std::lock_guard<std::mutex> lock(outcome->mutex);
      EXPECT_FALSE(outcome->result.has_value()) << "answered twice";
      outcome->result = std::move(result);
      outcome->changed.notify_all();
    };
    writer_->Submit(std::move(append));
    return outcome;
  }

  Ticket Send(std::vector<std::shared_ptr<const v1::Touchpoint>> touchpoints,
              const std::string& tenant = "t",
              std::vector<v1::ExpectedVersion> expected = {},
              v1::Ack ack = v1::ACK_UNSPECIFIED) {
    Append append;
    append.tenant_id = tenant;
    append.touchpoints = std::move(touchpoints);
    append.expected_versions = std::move(expected);
    append.ack = ack;
    return Submit(std::move(append));
  }

  Ticket Retract(
      std::vector<std::shared_ptr<storage::v1::RetractionRecord>> targets) {
    Append append;
    append.tenant_id = "t";
    append.retractions = std::move(targets);
    return Submit(std::move(append));
  }

  static bool IsDone(const Ticket& ticket) {
    const std::lock_guard<std::mutex> lock(ticket->mutex);
    return ticket->result.has_value();
  }

  static absl::StatusOr<v1::AppendResponse> Wait(const Ticket& ticket) {
    std::unique_lock<std::mutex> lock(ticket->mutex);
    ticket->changed.wait(lock, [&] { return ticket->result.has_value(); });
    return *ticket->result;
  }

  // Waits until so many groups have been written since the writer's start.
  void WaitForGroups(int64_t groups) {
    std::unique_lock<std::mutex> lock(observer_.mutex);
    observer_.changed.wait(lock, [&] { return observer_.groups >= groups; });
  }

  static std::vector<int64_t> Positions(const v1::AppendResponse& response) {
    std::vector<int64_t> positions;
    for (const auto& result : response.results()) {
      positions.push_back(result.position());
    }
    return positions;
  }

  std::unique_ptr<testing::TempDir> dir_;
  std::shared_ptr<testing::FaultFileSystem> files_;
  testing::ManualClock clock_;
  FakeViews views_;
  CountingObserver observer_;
  std::atomic<uint64_t> free_space_{UINT64_MAX};
  std::atomic<int> fatal_{0};
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace journey::log

#endif  // TESTS_LOG_WRITER_FIXTURE_H_
