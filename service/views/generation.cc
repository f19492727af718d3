#include "service/views/generation.h"

#include <algorithm>

#include "service/views/id_entry.h"

namespace journey::views {
namespace {

// What an entry takes besides its bytes, about.
constexpr size_t kEntryOverheadBytes = 96;
// Changes applied under one hold of the lock, so that readers wait little.
constexpr size_t kChangesPerLock = 64;

size_t SizeOf(const std::optional<std::string>& value) {
  return kEntryOverheadBytes + (value.has_value() ? value->size() : 0);
}

bool IsHashed(Family family) {
  return family == Family::kSubjects || family == Family::kDeals;
}

// The entries of a map by key.
template <typename Map>
std::vector<const typename Map::value_type*> SortedByKey(const Map& map) {
  std::vector<const typename Map::value_type*> out;
  out.reserve(map.size());
  for (const auto& entry : map) out.push_back(&entry);
  std::sort(out.begin(), out.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return out;
}

}  // namespace

const Generation::Versioned* Generation::At(const Versioned& newest,
                                            int64_t version) {
  const Versioned* at = &newest;
  while (at != nullptr && at->version > version) at = at->older.get();
  return at;
}

// Puts a version in front. Of those behind, what lies between two versions
// that somebody can ask for is dropped, so that a chain is hardly longer than
// there are readers.
size_t Generation::Push(int64_t version, const std::vector<int64_t>& live,
                        std::optional<std::string> value, Versioned& newest) {
  size_t dropped = 0;
  if (newest.version != 0) {
    auto before = std::make_unique<Versioned>();
    before->version = newest.version;
    before->value = std::move(newest.value);
    before->older = std::move(newest.older);
    while (before->older != nullptr) {
      const auto reader =
          std::lower_bound(live.begin(), live.end(), before->older->version);
      if (reader != live.end() && *reader < before->version) break;
      dropped += SizeOf(before->older->value);
      auto rest = std::move(before->older->older);
      before->older = std::move(rest);
    }
    newest.older = std::move(before);
  }
  newest.version = version;
  newest.value = std::move(value);
  return dropped;
}

void Generation::ApplyOne(int64_t version, const std::vector<int64_t>& live,
                          Change& change) {
  bytes_ += change.key.size() + SizeOf(change.value);
  const size_t key_bytes = change.key.size();
  Versioned* newest = nullptr;
  if (change.family == Family::kSubjects) {
    newest = &subjects_[std::move(change.key)];
  } else if (change.family == Family::kDeals) {
    newest = &deals_[std::move(change.key)];
  } else if (change.family == Family::kDefault) {
    newest = &default_[std::move(change.key)];
  } else {
    newest = &lists_[std::move(change.key)];
  }
  if (newest->version != 0) bytes_ -= key_bytes;
  bytes_ -= Push(version, live, std::move(change.value), *newest);
}

void Generation::Apply(int64_t version, const std::vector<int64_t>& live,
                       ChangeSet& changes) {
  for (auto id = changes.ids().begin(); id != changes.ids().end();) {
    core::MutexLock lock(&mutex_);
    for (size_t i = 0; i < kChangesPerLock && id != changes.ids().end(); ++i) {
      bytes_ += id->first.size() + kEntryOverheadBytes;
      ids_.insert_or_assign(id->first, id->second);
      ++id;
    }
  }
  const ChangeSet::Touchpoints& touchpoints = changes.touchpoints();
  for (auto subject = touchpoints.begin(); subject != touchpoints.end();) {
    core::MutexLock lock(&mutex_);
    for (size_t i = 0; i < kChangesPerLock && subject != touchpoints.end();
         ++i, ++subject) {
      std::vector<VersionedRow>& rows = touchpoints_[subject->first];
      if (rows.empty()) bytes_ += subject->first.size() + kEntryOverheadBytes;
      bytes_ += subject->second.size() * sizeof(VersionedRow);
      for (const TouchpointRow& row : subject->second) {
        rows.push_back({row, version});
      }
    }
  }
  for (size_t i = 0; i < changes.changes().size();) {
    core::MutexLock lock(&mutex_);
    const size_t end = std::min(changes.changes().size(), i + kChangesPerLock);
    for (; i < end; ++i) ApplyOne(version, live, changes.changes()[i]);
  }
}

std::optional<std::optional<std::string>> Generation::Find(
    Family family, absl::string_view key, int64_t version) const {
  core::MutexLock lock(&mutex_);
  const Versioned* at = nullptr;
  if (IsHashed(family)) {
    const HashedMap& map = Hashed(family);
    if (const auto it = map.find(key); it != map.end()) {
      at = At(it->second, version);
    }
  } else {
    const OrderedMap& map = Ordered(family);
    if (const auto it = map.find(key); it != map.end()) {
      at = At(it->second, version);
    }
  }
  if (at == nullptr) return std::nullopt;
  return at->value;
}

std::optional<log::IdEntry> Generation::FindId(absl::string_view key) const {
  core::MutexLock lock(&mutex_);
  const auto it = ids_.find(key);
  if (it == ids_.end()) return std::nullopt;
  return it->second;
}

std::vector<Entry> Generation::Range(Family family, absl::string_view first,
                                     absl::string_view end, size_t entries_max,
                                     int64_t version,
                                     std::string& last_key) const {
  core::MutexLock lock(&mutex_);
  const OrderedMap& map = Ordered(family);
  std::vector<Entry> out;
  last_key.clear();
  size_t visited = 0;
  for (auto it = map.lower_bound(first);
       it != map.end() && (end.empty() || it->first < end); ++it) {
    if (visited++ == entries_max) return out;
    last_key = it->first;
    if (const Versioned* at = At(it->second, version)) {
      out.emplace_back(it->first, at->value);
    }
  }
  last_key.clear();
  return out;
}

std::vector<TouchpointRow> Generation::Touchpoints(
    absl::string_view subject_key, int64_t version) const {
  std::vector<TouchpointRow> rows;
  {
    core::MutexLock lock(&mutex_);
    const auto it = touchpoints_.find(subject_key);
    if (it != touchpoints_.end()) {
      for (const VersionedRow& row : it->second) {
        if (row.version > version) break;
        rows.push_back(row.row);
      }
    }
  }
  SortAndKeepLast(rows);
  return rows;
}

void Generation::ForEach(Family family, Visitor visit) const {
  if (family == Family::kIds) {
    for (const auto* id : SortedByKey(ids_)) {
      if (!visit(id->first, EncodeId(id->second))) return;
    }
  } else if (family == Family::kTouchpoints) {
    std::vector<TouchpointRow> rows;
    std::string key;
    for (const auto* subject : SortedByKey(touchpoints_)) {
      rows.clear();
      for (const VersionedRow& row : subject->second) rows.push_back(row.row);
      SortAndKeepLast(rows);
      for (const TouchpointRow& row : rows) {
        key = subject->first;
        AppendRowKey(row, key);
        if (!visit(key, EncodeRow(row))) return;
      }
    }
  } else if (IsHashed(family)) {
    for (const auto* entry : SortedByKey(Hashed(family))) {
      if (!visit(entry->first, entry->second.value)) return;
    }
  } else {
    for (const auto& [key, newest] : Ordered(family)) {
      if (!visit(key, newest.value)) return;
    }
  }
}

size_t Generation::bytes() const {
  core::MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace journey::views
