// Builders and fakes for tests of the log and the writer.
#ifndef TESTS_LOG_LOG_TESTING_H_
#define TESTS_LOG_LOG_TESTING_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/rpc/error_details.pb.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"

namespace journey::log {

// A site visit of an account; `text` makes the content differ.
std::shared_ptr<v1::Touchpoint> MakeTouchpoint(
    const std::string& id, const std::string& text = "",
    const std::string& account = "acme");

std::shared_ptr<storage::v1::RetractionRecord> MakeRetraction(
    const std::string& id);

v1::Subject Account(const std::string& id);
v1::ExpectedVersion Expect(const v1::Subject& subject, int64_t version);
v1::ExpectedVersion ExpectNone(const v1::Subject& subject);
v1::ExpectedVersion ExpectAny(const v1::Subject& subject);

// The ErrorInfo and BadRequest of an error; empty messages where missing.
google::rpc::ErrorInfo InfoOf(const absl::Status& status);
google::rpc::BadRequest BadRequestOf(const absl::Status& status);
bool HasRetryInfo(const absl::Status& status);

// Commits groups to a log and remembers where each tenant stands.
class Committer {
 public:
  explicit Committer(EventLog* log) : log_(log) {}

  // Commits one group: for each tenant so many events of `text_bytes`.
  absl::Status Commit(const std::map<std::string, int>& counts,
                      size_t text_bytes = 100);

  [[nodiscard]] const CommitGroup& group(int64_t number) const {
    return groups_.at(static_cast<size_t>(number - 1));
  }
  [[nodiscard]] int64_t head() const {
    return static_cast<int64_t>(groups_.size());
  }
  [[nodiscard]] std::string chain(const std::string& tenant) const {
    const auto it = chains_.find(tenant);
    return it == chains_.end() ? std::string() : it->second;
  }

 private:
  EventLog* log_;
  std::vector<CommitGroup> groups_;
  std::map<std::string, int64_t> heads_;
  std::map<std::string, std::string> chains_;
};

// True when both groups hold the same.
bool SameGroup(const CommitGroup& a, const CommitGroup& b);

// The views of the writer's tests: a map of what was applied.
class FakeViews final : public CommitIndex, public GroupSink {
 public:
  absl::StatusOr<TenantHead> Head(absl::string_view tenant_id) override;
  absl::StatusOr<std::vector<IdEntry>> Ids(
      absl::string_view tenant_id,
      const std::vector<std::pair<absl::string_view, absl::string_view>>& ids)
      override;
  absl::StatusOr<int64_t> SubjectVersion(absl::string_view tenant_id,
                                         const v1::Subject& subject) override;
  bool IsFull(absl::string_view tenant_id, const v1::Subject& subject) override;
  absl::StatusOr<bool> IsInert(absl::string_view /*tenant_id*/,
                               const core::LinkRef& link) override {
    return link.wide.id == "full";
  }
  absl::Status Apply(const CommitGroup& group) override;

  // Applying waits until Resume.
  void Pause();
  void Resume();
  // Every further Apply fails.
  void Break();
  void Fill(const std::string& account);
  // Back to the beginning.
  void Reset();
  // Replays a log.
  absl::Status CatchUp(const EventLog& log);

  [[nodiscard]] int64_t applied() const;
  // All events in the order applied, by tenant.
  [[nodiscard]] std::vector<LogEvent> events(const std::string& tenant) const;

 private:
  using IdName = std::tuple<std::string, std::string, std::string>;
  using SubjectName = std::tuple<std::string, int, std::string>;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool paused_ = false;
  bool broken_ = false;
  int64_t applied_ = 0;
  std::map<std::string, TenantHead> heads_;
  std::map<IdName, IdEntry> ids_;
  std::map<SubjectName, int64_t> versions_;
  std::set<std::string> full_;
  std::map<std::string, std::vector<LogEvent>> events_;
};

}  // namespace journey::log

#endif  // TESTS_LOG_LOG_TESTING_H_
