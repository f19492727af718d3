// The log, the views and the writer, as the server puts them together, on a
// file system that can lose its power.
#ifndef TESTS_CRASH_STACK_H_
#define TESTS_CRASH_STACK_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "projections/rules/rules.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"
#include "service/views/views.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/manual_clock.h"

namespace journey::testing {

// One append and what the client was told of it.
struct Sent {
  std::string tenant_id;
  std::vector<std::shared_ptr<const v1::Touchpoint>> touchpoints;
  std::vector<std::shared_ptr<storage::v1::RetractionRecord>> retractions;
  bool durable_only = false;
  // Set by the writer's threads; read after Drain.
  bool answered = false;
  absl::Status status;
  v1::AppendResponse response;

  [[nodiscard]] bool acknowledged() const { return answered && status.ok(); }
};

// Not thread-safe.
class Stack {
 public:
  Stack(std::string directory, std::shared_ptr<FaultFileSystem> files,
        std::shared_ptr<const projections::Rules> rules)
      : directory_(std::move(directory)),
        files_(std::move(files)),
        rules_(std::move(rules)) {}
  ~Stack() { Close(); }

  // Starts everything.
  absl::Status Open();
  // Ends everything, as far as the file system allows.
  void Close();

  // Sends an append; waits while `outstanding_max` are not answered.
  void Submit(Sent& sent, int outstanding_max);
  // Waits until all are answered.
  void Drain();

  // The digest of the views, and of views made anew from the log.
  [[nodiscard]] absl::StatusOr<std::string> Digest() const;
  [[nodiscard]] absl::StatusOr<std::string> RebuiltDigest() const;

  [[nodiscard]] const log::EventLog& log() const { return *log_; }
  [[nodiscard]] int64_t notices() const { return notices_; }

 private:
  [[nodiscard]] views::ViewsOptions ViewsIn(const std::string& name) const;

  const std::string directory_;
  const std::shared_ptr<FaultFileSystem> files_;
  const std::shared_ptr<const projections::Rules> rules_;
  ManualClock clock_;
  int64_t notices_ = 0;
  std::unique_ptr<log::EventLog> log_;
  std::unique_ptr<views::Views> views_;
  std::unique_ptr<log::Writer> writer_;

  std::mutex mutex_;
  std::condition_variable changed_;
  int outstanding_ = 0;
};

}  // namespace journey::testing

#endif  // TESTS_CRASH_STACK_H_
