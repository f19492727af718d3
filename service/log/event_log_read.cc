#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rocksdb/iterator.h"
#include "rocksdb/slice.h"
#include "service/core/errors.h"
#include "service/log/files.h"
#include "service/log/rocks_event_log.h"

namespace journey::log {
namespace {

// From so many events on one seek is cheaper than a look-up each.
constexpr int64_t kScanEventsMin = 4;

absl::string_view View(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

absl::Status InTenant(const absl::Status& status, absl::string_view tenant_id) {
  if (absl::IsDataLoss(status)) {
    return core::DamagedError(
        absl::StrCat("tenant ", tenant_id, ": ", status.message()));
  }
  return status;
}

absl::Status Missing(absl::string_view tenant_id, int64_t position) {
  return core::DamagedError(absl::StrCat("tenant ", tenant_id,
                                         ": the event at position ", position,
                                         " is missing"));
}

// Keeps an iterator within one tenant's events.
class TenantBounds {
 public:
  explicit TenantBounds(absl::string_view tenant_id)
      : lowest_(tenant_id, 0), highest_(tenant_id, INT64_MAX) {
    lower_ = lowest_.bytes();
    upper_ = highest_.bytes();
    options_.iterate_lower_bound = &lower_;
    options_.iterate_upper_bound = &upper_;
  }
  TenantBounds(const TenantBounds&) = delete;
  TenantBounds& operator=(const TenantBounds&) = delete;

  [[nodiscard]] const rocksdb::ReadOptions& options() const { return options_; }

 private:
  const EventKey lowest_;
  const EventKey highest_;
  rocksdb::Slice lower_;
  rocksdb::Slice upper_;
  rocksdb::ReadOptions options_;
};

// Puts the iterator on the first event to read and sets its position;
// invalid when there is none.
absl::Status SeekFirst(rocksdb::Iterator& it, absl::string_view tenant_id,
                       int64_t first, bool backwards) {
  const EventKey key(tenant_id, first);
  it.Seek(key.bytes());
  if (it.Valid() && PositionOf(View(it.key())) != first) {
    return Missing(tenant_id, first);
  }
  // Backwards from beyond the head begins at the head.
  if (!it.Valid() && it.status().ok() && backwards) it.SeekToLast();
  return FromRocksDb(it.status(), absl::StrCat("reading tenant ", tenant_id));
}

// True for rising positions that lie close to each other.
bool AreNeighbours(const std::vector<int64_t>& positions) {
  constexpr size_t kCountMin = 8;
  constexpr int64_t kGapMean = 4;
  return positions.size() >= kCountMin &&
         positions.back() - positions.front() <
             static_cast<int64_t>(positions.size()) * kGapMean &&
         std::is_sorted(positions.begin(), positions.end(),
                        std::less_equal<>());
}

}  // namespace

absl::StatusOr<std::vector<std::string>> RocksEventLog::ReadValues(
    absl::string_view tenant_id, int64_t first, int64_t count) const {
  std::vector<std::string> values;
  values.reserve(static_cast<size_t>(count));
  const auto doing = [&] {
    return absl::StrCat("reading tenant ", tenant_id, " from position ", first);
  };
  EventKey key(tenant_id, first);
  if (count < kScanEventsMin) {
    for (int64_t i = 0; i < count; ++i) {
      key.set_position(first + i);
      values.emplace_back();
      const rocksdb::Status status =
          db_->Get(rocksdb::ReadOptions(), key.bytes(), &values.back());
      if (status.IsNotFound()) return Missing(tenant_id, first + i);
      if (!status.ok()) return FromRocksDb(status, doing());
    }
    return values;
  }
  const TenantBounds bounds(tenant_id);
  const std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(bounds.options()));
  it->Seek(key.bytes());
  for (int64_t i = 0; i < count; ++i, it->Next()) {
    if (!it->Valid() || PositionOf(View(it->key())) != first + i) {
      absl::Status status = FromRocksDb(it->status(), doing());
      return status.ok() ? Missing(tenant_id, first + i) : status;
    }
    values.push_back(it->value().ToString());
  }
  return values;
}

absl::StatusOr<TenantEvents> RocksEventLog::ReadTenant(
    const storage::v1::GroupRange& range, const std::string& before) const {
  const auto values =
      ReadValues(range.tenant_id(), range.first_position(), range.count());
  if (!values.ok()) return values.status();
  TenantEvents tenant;
  tenant.tenant_id = range.tenant_id();
  tenant.first_position = range.first_position();
  tenant.chain = range.chain();
  tenant.events.reserve(values->size());
  const auto arena = std::make_shared<google::protobuf::Arena>();
  for (const std::string& value : *values) {
    auto event = DecodeEvent(
        range.first_position() + static_cast<int64_t>(tenant.events.size()),
        value, arena);
    if (!event.ok()) return InTenant(event.status(), tenant.tenant_id);
    tenant.events.push_back(*std::move(event));
  }
  // The chain before the first event is known without being told.
  if (!before.empty() || range.first_position() == 1) {
    if (ExtendChain(before, values->data(), values->size()) != tenant.chain) {
      return core::DamagedError(absl::StrCat(
          "tenant ", tenant.tenant_id,
          ": the chain does not match at position ", range.first_position()));
    }
  }
  return tenant;
}

absl::StatusOr<CommitGroup> RocksEventLog::ReadGroup(
    int64_t number,
    const std::function<std::string(absl::string_view)>& chains) const {
  if (number < 1 || number > head_.load()) {
    return absl::NotFoundError(absl::StrCat("there is no group ", number));
  }
  std::string value;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), GroupKey(number), &value);
  if (status.IsNotFound()) {
    return core::DamagedError(absl::StrCat("group ", number, " is missing"));
  }
  if (!status.ok()) {
    return FromRocksDb(status, absl::StrCat("reading group ", number));
  }
  const auto record = DecodeGroup(number, value);
  if (!record.ok()) return record.status();
  CommitGroup group;
  group.number = number;
  group.committed_at = record->committed_at_us();
  group.tenants.reserve(static_cast<size_t>(record->ranges_size()));
  for (const auto& range : record->ranges()) {
    auto tenant = ReadTenant(range, chains(range.tenant_id()));
    if (!tenant.ok()) return tenant.status();
    group.tenants.push_back(*std::move(tenant));
  }
  return group;
}

absl::StatusOr<std::vector<LogEvent>> RocksEventLog::ReadPositions(
    absl::string_view tenant_id, const std::vector<int64_t>& positions) const {
  const size_t count = positions.size();
  if (AreNeighbours(positions)) return ReadNeighbours(tenant_id, positions);
  std::vector<EventKey> keys;
  keys.reserve(count);
  std::vector<rocksdb::Slice> slices;
  slices.reserve(count);
  for (const int64_t position : positions) {
    keys.emplace_back(tenant_id, position);
    slices.emplace_back(keys.back().bytes());
  }
  std::vector<rocksdb::PinnableSlice> values(count);
  std::vector<rocksdb::Status> statuses(count);
  db_->MultiGet(rocksdb::ReadOptions(), db_->DefaultColumnFamily(), count,
                slices.data(), values.data(), statuses.data(),
                std::is_sorted(positions.begin(), positions.end()));
  std::vector<LogEvent> events;
  events.reserve(count);
  const auto arena = std::make_shared<google::protobuf::Arena>();
  for (size_t i = 0; i < count; ++i) {
    if (statuses[i].IsNotFound()) return Missing(tenant_id, positions[i]);
    if (!statuses[i].ok()) {
      return FromRocksDb(statuses[i],
                         absl::StrCat("reading tenant ", tenant_id));
    }
    auto event = DecodeEvent(positions[i], View(values[i]), arena);
    if (!event.ok()) return InTenant(event.status(), tenant_id);
    events.push_back(*std::move(event));
  }
  return events;
}

// Passing over what lies between is cheaper than looking up each.
absl::StatusOr<std::vector<LogEvent>> RocksEventLog::ReadNeighbours(
    absl::string_view tenant_id, const std::vector<int64_t>& positions) const {
  const TenantBounds bounds(tenant_id);
  const std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(bounds.options()));
  const EventKey first(tenant_id, positions.front());
  it->Seek(first.bytes());
  std::vector<LogEvent> events;
  events.reserve(positions.size());
  const auto arena = std::make_shared<google::protobuf::Arena>();
  for (const int64_t position : positions) {
    while (it->Valid() && PositionOf(View(it->key())) < position) it->Next();
    if (!it->Valid() || PositionOf(View(it->key())) != position) break;
    auto event = DecodeEvent(position, View(it->value()), arena);
    if (!event.ok()) return InTenant(event.status(), tenant_id);
    events.push_back(*std::move(event));
  }
  const absl::Status status =
      FromRocksDb(it->status(), absl::StrCat("reading tenant ", tenant_id));
  if (!status.ok()) return status;
  if (events.size() < positions.size()) {
    return Missing(tenant_id, positions[events.size()]);
  }
  return events;
}

absl::StatusOr<std::vector<LogEvent>> RocksEventLog::ReadRange(
    absl::string_view tenant_id, int64_t first, bool backwards, int max_events,
    size_t max_bytes) const {
  std::vector<LogEvent> events;
  if (first < 1) {
    if (backwards) return events;
    first = 1;
  }
  const TenantBounds bounds(tenant_id);
  const std::unique_ptr<rocksdb::Iterator> it(
      db_->NewIterator(bounds.options()));
  absl::Status status = SeekFirst(*it, tenant_id, first, backwards);
  if (!status.ok()) return status;
  const int64_t step = backwards ? -1 : 1;
  int64_t expected = it->Valid() ? PositionOf(View(it->key())) : 0;
  size_t bytes = 0;
  const auto arena = std::make_shared<google::protobuf::Arena>();
  while (it->Valid() && static_cast<int>(events.size()) < max_events &&
         bytes < max_bytes) {
    if (PositionOf(View(it->key())) != expected) {
      return Missing(tenant_id, expected);
    }
    auto event = DecodeEvent(expected, View(it->value()), arena);
    if (!event.ok()) return InTenant(event.status(), tenant_id);
    events.push_back(*std::move(event));
    bytes += it->value().size();
    expected += step;
    if (backwards) {
      it->Prev();
    } else {
      it->Next();
    }
  }
  status =
      FromRocksDb(it->status(), absl::StrCat("reading tenant ", tenant_id));
  if (!status.ok()) return status;
  if (backwards && !it->Valid() && !events.empty() && expected != 0) {
    return Missing(tenant_id, expected);
  }
  return events;
}

}  // namespace journey::log
