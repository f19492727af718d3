#include "service/log/event_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rocksdb/write_batch.h"
#include "service/core/errors.h"
#include "service/core/time.h"
#include "service/log/codec.h"
#include "service/log/files.h"
#include "service/log/layout.h"
#include "service/log/rocks_event_log.h"

namespace journey::log {
namespace {

// Room in a write batch for a put around its key and value.
constexpr size_t kPutOverheadBytes = 16;

size_t BatchBytes(const CommitGroup& group,
                  const std::vector<std::string>& values) {
  size_t bytes = 256;
  size_t index = 0;
  for (const TenantEvents& tenant : group.tenants) {
    const size_t key_bytes = tenant.tenant_id.size() + 10;
    for (size_t i = 0; i < tenant.events.size(); ++i) {
      bytes += kPutOverheadBytes + key_bytes + values[index++].size();
    }
    bytes += 64 + key_bytes;
  }
  return bytes;
}

std::string EncodeGroup(const CommitGroup& group) {
  storage::v1::GroupRecord record;
  record.set_number(group.number);
  record.set_committed_at_us(group.committed_at);
  for (const TenantEvents& tenant : group.tenants) {
    auto* range = record.add_ranges();
    range->set_tenant_id(tenant.tenant_id);
    range->set_first_position(tenant.first_position);
    range->set_count(static_cast<int64_t>(tenant.events.size()));
    range->set_chain(tenant.chain);
  }
  return Frame(record.SerializeAsString());
}

absl::Status FillBatch(const CommitGroup& group,
                       const std::vector<std::string>& values,
                       rocksdb::WriteBatch& batch) {
  rocksdb::Status status;
  size_t index = 0;
  for (const TenantEvents& tenant : group.tenants) {
    EventKey key(tenant.tenant_id, tenant.first_position);
    for (size_t i = 0; i < tenant.events.size() && status.ok(); ++i) {
      key.set_position(tenant.first_position + static_cast<int64_t>(i));
      status = batch.Put(key.bytes(), values[index++]);
    }
  }
  if (status.ok()) {
    status = batch.Put(GroupKey(group.number), EncodeGroup(group));
  }
  return FromRocksDb(status, "preparing a group");
}

}  // namespace

void CorrectOccurredAt(core::Micros occurred_at, LogEvent& event) {
  event.given = AsGiven(event);
  auto corrected = std::make_shared<v1::Touchpoint>(*event.given);
  *corrected->mutable_occurred_at() = core::ToTimestamp(occurred_at);
  event.touchpoint = std::move(corrected);
}

absl::InlinedVector<core::LinkRef, 2> LinksInForce(const LogEvent& event) {
  auto links = core::LinksOf(*event.touchpoint);
  const auto is_inert = [&](const core::LinkRef& link) {
    return std::find(event.inert_links.begin(), event.inert_links.end(),
                     link.narrow.type) != event.inert_links.end();
  };
  links.erase(std::remove_if(links.begin(), links.end(), is_inert),
              links.end());
  return links;
}

int64_t CommitGroup::event_count() const {
  int64_t count = 0;
  for (const TenantEvents& tenant : tenants) {
    count += static_cast<int64_t>(tenant.events.size());
  }
  return count;
}

absl::StatusOr<std::unique_ptr<EventLog>> EventLog::Open(
    EventLogOptions options) {
  auto log = std::make_unique<RocksEventLog>(std::move(options));
  if (absl::Status status = log->Start(); !status.ok()) return status;
  return std::unique_ptr<EventLog>(std::move(log));
}

absl::Status RocksEventLog::Commit(const CommitGroup& group,
                                   const std::vector<std::string>& values) {
  if (latch_->fired()) return core::OutcomeUnknownError();
  if (closed_.load()) {
    return absl::FailedPreconditionError("the log is closed");
  }
  if (group.number != head_.load() + 1 || values.empty() ||
      group.event_count() != static_cast<int64_t>(values.size())) {
    return absl::InternalError(
        absl::StrCat("group ", group.number, " does not follow group ",
                     head_.load(), " or its values do not match its events"));
  }
  rocksdb::WriteBatch batch(BatchBytes(group, values));
  absl::Status status = FillBatch(group, values, batch);
  if (!status.ok()) return status;
  rocksdb::WriteOptions durable;
  durable.sync = true;
  status = FromRocksDb(
      db_->Write(durable, &batch),
      absl::StrCat("writing group ", group.number, " in ", db_directory_));
  // A background error may have been reported while the group was written;
  // nothing is promised any more then.
  if (status.ok() && latch_->fired()) status = core::OutcomeUnknownError();
  if (!status.ok()) {
    latch_->Fire(status);
    return core::OutcomeUnknownError();
  }
  head_.store(group.number);
  return absl::OkStatus();
}

absl::Status RocksEventLog::Close() {
  if (latch_->fired()) return core::OutcomeUnknownError();
  if (closed_.exchange(true)) return absl::OkStatus();
  HeadMark mark;
  mark.group = head_.load();
  const auto wals = ListWals(*file_system_, db_directory_);
  if (!wals.ok()) return wals.status();
  if (!wals->empty()) {
    // Every group is synced before Commit returns, so all of it is durable.
    mark.wal_number = wals->back().number;
    mark.wal_bytes = wals->back().bytes;
  }
  return WriteFileDurably(*file_system_, options_.directory, kHeadFile,
                          EncodeHeadMark(mark));
}

uint64_t RocksEventLog::IntProperty(const std::string& property) const {
  uint64_t value = 0;
  return db_->GetIntProperty(property, &value) ? value : 0;
}

uint64_t RocksEventLog::DiskBytes() const {
  std::vector<rocksdb::Env::FileAttributes> files;
  const rocksdb::Status status =
      env_->GetChildrenFileAttributes(db_directory_, &files);
  uint64_t bytes = 0;
  if (status.ok()) {
    for (const auto& file : files) bytes += file.size_bytes;
  }
  return bytes;
}

}  // namespace journey::log
