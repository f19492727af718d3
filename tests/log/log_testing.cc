#include "tests/log/log_testing.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "service/core/touchpoint.h"

namespace journey::log {
namespace {

constexpr int64_t kOccurredSeconds = 1'767'225'600;

template <typename Detail>
bool GetDetail(const absl::Status& status, Detail& detail) {
  const auto payload = status.GetPayload(
      absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name()));
  return payload.has_value() && detail.ParseFromString(std::string(*payload));
}

v1::ExpectedVersion ExpectedOf(const v1::Subject& subject) {
  v1::ExpectedVersion expected;
  *expected.mutable_subject() = subject;
  return expected;
}

}  // namespace

std::shared_ptr<v1::Touchpoint> MakeTouchpoint(const std::string& id,
                                               const std::string& text,
                                               const std::string& account) {
  auto touchpoint = std::make_shared<v1::Touchpoint>();
  touchpoint->set_source("crm");
  touchpoint->set_touchpoint_id(id);
  touchpoint->mutable_occurred_at()->set_seconds(kOccurredSeconds);
  touchpoint->set_account_id(account);
  touchpoint->mutable_site_visit()->set_url(text);
  return touchpoint;
}

std::shared_ptr<storage::v1::RetractionRecord> MakeRetraction(
    const std::string& id) {
  auto record = std::make_shared<storage::v1::RetractionRecord>();
  record->set_source("crm");
  record->set_touchpoint_id(id);
  record->set_reason("wrong");
  return record;
}

v1::Subject Account(const std::string& id) {
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
  subject.set_id(id);
  return subject;
}

v1::ExpectedVersion Expect(const v1::Subject& subject, int64_t version) {
  v1::ExpectedVersion expected = ExpectedOf(subject);
  expected.set_exact(version);
  return expected;
}

v1::ExpectedVersion ExpectNone(const v1::Subject& subject) {
  v1::ExpectedVersion expected = ExpectedOf(subject);
  expected.set_none(true);
  return expected;
}

v1::ExpectedVersion ExpectAny(const v1::Subject& subject) {
  v1::ExpectedVersion expected = ExpectedOf(subject);
  expected.set_any(true);
  return expected;
}

google::rpc::ErrorInfo InfoOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  GetDetail(status, info);
  return info;
}

google::rpc::BadRequest BadRequestOf(const absl::Status& status) {
  google::rpc::BadRequest bad_request;
  GetDetail(status, bad_request);
  return bad_request;
}

bool HasRetryInfo(const absl::Status& status) {
  google::rpc::RetryInfo retry;
  return GetDetail(status, retry) && retry.has_retry_delay();
}

absl::Status Committer::Commit(const std::map<std::string, int>& counts,
                               size_t text_bytes) {
  CommitGroup group;
  group.number = head() + 1;
  group.committed_at = group.number * core::kMicrosPerSecond;
  std::vector<std::string> values;
  for (const auto& [tenant_id, count] : counts) {
    TenantEvents& tenant = group.tenants.emplace_back();
    tenant.tenant_id = tenant_id;
    tenant.first_position = heads_[tenant_id] + 1;
    const size_t first = values.size();
    for (int i = 0; i < count; ++i) {
      LogEvent& event = tenant.events.emplace_back();
      event.position = ++heads_[tenant_id];
      event.received_at = group.committed_at;
      const std::string id = absl::StrCat(tenant_id, "-", event.position);
      event.touchpoint = MakeTouchpoint(id, std::string(text_bytes, 'x'));
      values.push_back(EncodeEvent(event));
    }
    std::string& chain = chains_[tenant_id];
    chain = ExtendChain(chain, &values[first], values.size() - first);
    tenant.chain = chain;
  }
  absl::Status status = log_->Commit(group, values);
  if (status.ok()) groups_.push_back(std::move(group));
  return status;
}

bool SameGroup(const CommitGroup& a, const CommitGroup& b) {
  if (a.number != b.number || a.committed_at != b.committed_at ||
      a.tenants.size() != b.tenants.size()) {
    return false;
  }
  for (size_t t = 0; t < a.tenants.size(); ++t) {
    const TenantEvents& left = a.tenants[t];
    const TenantEvents& right = b.tenants[t];
    if (left.tenant_id != right.tenant_id || left.chain != right.chain ||
        left.first_position != right.first_position ||
        left.events.size() != right.events.size()) {
      return false;
    }
    for (size_t i = 0; i < left.events.size(); ++i) {
      if (left.events[i].position != right.events[i].position ||
          EncodeEvent(left.events[i]) != EncodeEvent(right.events[i])) {
        return false;
      }
    }
  }
  return true;
}

absl::StatusOr<TenantHead> FakeViews::Head(absl::string_view tenant_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return heads_[std::string(tenant_id)];
}

absl::StatusOr<std::vector<IdEntry>> FakeViews::Ids(
    absl::string_view tenant_id,
    const std::vector<std::pair<absl::string_view, absl::string_view>>& ids) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<IdEntry> entries;
  entries.reserve(ids.size());
  for (const auto& [source, id] : ids) {
    const auto it = ids_.find(
        {std::string(tenant_id), std::string(source), std::string(id)});
    entries.push_back(it == ids_.end() ? IdEntry{} : it->second);
  }
  return entries;
}

absl::StatusOr<int64_t> FakeViews::SubjectVersion(absl::string_view tenant_id,
                                                  const v1::Subject& subject) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return versions_[{std::string(tenant_id), subject.type(), subject.id()}];
}

bool FakeViews::IsFull(absl::string_view /*tenant_id*/,
                       const v1::Subject& subject) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return full_.count(subject.id()) > 0;
}

absl::Status FakeViews::Apply(const CommitGroup& group) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return !paused_; });
  if (broken_) return absl::UnavailableError("broken");
  if (group.number != applied_ + 1) return absl::InternalError("a hole");
  for (const TenantEvents& tenant : group.tenants) {
    TenantHead& head = heads_[tenant.tenant_id];
    if (tenant.first_position != head.head_position + 1) {
      return absl::InternalError("positions are not dense");
    }
    for (const LogEvent& event : tenant.events) {
      head.head_position = event.position;
      if (event.touchpoint != nullptr) {
        const v1::Touchpoint& touchpoint = *event.touchpoint;
        ids_[{tenant.tenant_id, touchpoint.source(),
              touchpoint.touchpoint_id()}]
            .position = event.position;
        const auto subject = core::SubjectOf(touchpoint);
        if (subject.has_value()) {
          ++versions_[{tenant.tenant_id, subject->type,
                       std::string(subject->id)}];
        }
      } else if (event.retraction != nullptr) {
        ids_[{tenant.tenant_id, event.retraction->source(),
              event.retraction->touchpoint_id()}]
            .retraction_position = event.position;
      }
      events_[tenant.tenant_id].push_back(event);
    }
    head.chain = tenant.chain;
  }
  applied_ = group.number;
  return absl::OkStatus();
}

void FakeViews::Pause() {
  const std::lock_guard<std::mutex> lock(mutex_);
  paused_ = true;
}

void FakeViews::Resume() {
  const std::lock_guard<std::mutex> lock(mutex_);
  paused_ = false;
  changed_.notify_all();
}

void FakeViews::Break() {
  const std::lock_guard<std::mutex> lock(mutex_);
  broken_ = true;
}

void FakeViews::Fill(const std::string& account) {
  const std::lock_guard<std::mutex> lock(mutex_);
  full_.insert(account);
}

void FakeViews::Reset() {
  const std::lock_guard<std::mutex> lock(mutex_);
  paused_ = false;
  broken_ = false;
  applied_ = 0;
  heads_.clear();
  ids_.clear();
  versions_.clear();
  full_.clear();
  events_.clear();
}

absl::Status FakeViews::CatchUp(const EventLog& log) {
  for (int64_t number = applied() + 1; number <= log.head_group(); ++number) {
    const auto group = log.ReadGroup(number, [this](absl::string_view tenant) {
      return Head(tenant)->chain;
    });
    if (!group.ok()) return group.status();
    absl::Status status = Apply(*group);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

int64_t FakeViews::applied() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return applied_;
}

std::vector<LogEvent> FakeViews::events(const std::string& tenant) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = events_.find(tenant);
  return it == events_.end() ? std::vector<LogEvent>{} : it->second;
}

}  // namespace journey::log
