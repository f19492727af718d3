#include "service/views/generation.h"

#include <algorithm>

#include "service/views/id_entry.h"

namespace journey::views {
namespace {

// What an entry takes besides its bytes, about.
constexpr size_t kEntryOverheadBytes = 64;
constexpr size_t kArenaBlockBytes = size_t{1} * 1024 * 1024;

google::protobuf::ArenaOptions ArenaOptions() {
  google::protobuf::ArenaOptions options;
  options.max_block_size = kArenaBlockBytes;
  return options;
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

Generation::Generation() : arena_(ArenaOptions()) {}

const Generation::Versioned* Generation::At(const Versioned& newest,
                                            int64_t version) {
  const Versioned* at = &newest;
  while (at != nullptr && at->version > version) at = at->older;
  return at;
}

char* Generation::NewRoom(size_t bytes) {
  bytes_ += bytes;
  return google::protobuf::Arena::CreateArray<char>(&arena_, bytes);
}

absl::string_view Generation::Keep(absl::string_view text) {
  if (text.empty()) return "";
  char* kept = NewRoom(text.size());
  std::copy(text.begin(), text.end(), kept);
  return {kept, text.size()};
}

template <typename T>
T& Generation::EntryOf(absl::string_view key, HashedMap<T>& map) {
  if (const auto it = map.find(key); it != map.end()) return it->second;
  bytes_ += kEntryOverheadBytes;
  return map[Keep(key)];
}

Generation::Versioned& Generation::EntryOf(absl::string_view key,
                                           OrderedTable& table) {
  if (const auto it = table.entries.find(key); it != table.entries.end()) {
    return it->second->newest;
  }
  auto* entry = google::protobuf::Arena::Create<OrderedEntry>(
      &arena_, OrderedEntry{Keep(key), {}});
  bytes_ += kEntryOverheadBytes + sizeof(OrderedEntry);
  table.entries[entry->key] = entry;
  table.runs.Add(entry);
  return entry->newest;
}

void Generation::SetValue(const Value& value, Versioned& entry) {
  if (!value.has_value() || value->empty()) {
    entry.value = value.has_value() ? Value("") : std::nullopt;
    return;
  }
  if (entry.room_bytes < value->size()) {
    // Most values grow.
    entry.room_bytes = value->size() + value->size() / 4;
    entry.room = NewRoom(entry.room_bytes);
  }
  std::copy(value->begin(), value->end(), entry.room);
  entry.value = absl::string_view(entry.room, value->size());
}

// Puts a version in front. Of those behind, what lies between two versions
// that somebody can ask for is forgotten and its room used again, so that a
// chain is hardly longer than there are readers.
void Generation::Push(int64_t version, const std::vector<int64_t>& live,
                      const Value& value, Versioned& newest) {
  if (newest.version != 0 && newest.version != version) {
    Versioned* forgotten = nullptr;
    Versioned* older = newest.older;
    while (older != nullptr) {
      const auto reader =
          std::lower_bound(live.begin(), live.end(), older->version);
      if (reader != live.end() && *reader < newest.version) break;
      forgotten = older;
      older = older->older;
    }
    if (forgotten == nullptr) {
      forgotten = google::protobuf::Arena::Create<Versioned>(&arena_);
      bytes_ += sizeof(Versioned);
    }
    std::swap(*forgotten, newest);
    forgotten->older = older;
    newest.older = forgotten;
  }
  newest.version = version;
  SetValue(value, newest);
}

// Lets the memory of one write come while that of others is on its way:
// looking up one key after the other would wait for each.
void Generation::Prefetch(const Write& write) const {
  switch (write.family) {
    case Family::kIds:
      return ids_.prefetch(write.key);
    case Family::kTouchpoints:
      return touchpoints_.prefetch(write.key);
    case Family::kSubjects:
      return subjects_.prefetch(write.key);
    case Family::kDeals:
      return deals_.prefetch(write.key);
    case Family::kDefault:
      return default_.entries.prefetch(write.key);
    case Family::kLists:
      return lists_.entries.prefetch(write.key);
  }
}

void Generation::ApplyOne(const Write& write, int64_t version,
                          const std::vector<int64_t>& live) {
  switch (write.family) {
    case Family::kIds:
      EntryOf(write.key, ids_) = write.id;
      return;
    case Family::kTouchpoints: {
      VersionedRow*& newest = EntryOf(write.key, touchpoints_);
      newest = google::protobuf::Arena::Create<VersionedRow>(
          &arena_, VersionedRow{write.row, version, newest});
      bytes_ += sizeof(VersionedRow);
      return;
    }
    case Family::kSubjects:
      return Push(version, live, write.value, EntryOf(write.key, subjects_));
    case Family::kDeals:
      return Push(version, live, write.value, EntryOf(write.key, deals_));
    case Family::kDefault:
      return Push(version, live, write.value, EntryOf(write.key, default_));
    case Family::kLists:
      return Push(version, live, write.value, EntryOf(write.key, lists_));
  }
}

void Generation::Apply(const std::vector<Write>& writes, int64_t version,
                       const std::vector<int64_t>& live) {
  core::MutexLock lock(&mutex_);
  for (const Write& write : writes) Prefetch(write);
  for (const Write& write : writes) ApplyOne(write, version, live);
}

std::optional<Value> Generation::Find(Family family, absl::string_view key,
                                      int64_t version) const {
  core::MutexLock lock(&mutex_);
  const Versioned* at = nullptr;
  if (family == Family::kSubjects || family == Family::kDeals) {
    const auto& map = family == Family::kSubjects ? subjects_ : deals_;
    const auto it = map.find(key);
    if (it != map.end()) at = At(it->second, version);
  } else {
    const auto& map = (family == Family::kDefault ? default_ : lists_).entries;
    const auto it = map.find(key);
    if (it != map.end()) at = At(it->second->newest, version);
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
  const OrderedTable& table = family == Family::kDefault ? default_ : lists_;
  std::vector<Entry> out;
  size_t visited = 0;
  bool is_cut = false;
  table.runs.Scan(first, end, [&](const OrderedEntry& entry) {
    if (visited == entries_max) {
      is_cut = true;
      return false;
    }
    ++visited;
    last_key = std::string(entry.key);
    if (const Versioned* at = At(entry.newest, version)) {
      out.emplace_back(entry.key, at->value);
    }
    return true;
  });
  if (!is_cut) last_key.clear();
  return out;
}

std::vector<TouchpointRow> Generation::RowsOf(const VersionedRow* newest,
                                              core::Micros from,
                                              int64_t version) {
  std::vector<TouchpointRow> rows;
  for (const VersionedRow* row = newest; row != nullptr; row = row->older) {
    if (row->version <= version && row->row.occurred_at >= from) {
      rows.push_back(row->row);
    }
  }
  std::reverse(rows.begin(), rows.end());
  SortAndKeepLast(rows);
  return rows;
}

std::vector<TouchpointRow> Generation::Touchpoints(
    absl::string_view subject_key, core::Micros from, int64_t version) const {
  const VersionedRow* newest = nullptr;
  {
    // Rows do not change any more once they are there.
    core::MutexLock lock(&mutex_);
    const auto it = touchpoints_.find(subject_key);
    if (it != touchpoints_.end()) newest = it->second;
  }
  return RowsOf(newest, from, version);
}

void Generation::ForEach(Family family, Visitor visit) const {
  const auto visit_newest = [&](const HashedMap<Versioned>& map) {
    for (const auto* entry : SortedByKey(map)) {
      if (!visit(entry->first, entry->second.value)) return;
    }
  };
  const auto visit_ordered = [&](const OrderedTable& table) {
    for (const auto* entry : SortedByKey(table.entries)) {
      if (!visit(entry->first, entry->second->newest.value)) return;
    }
  };
  switch (family) {
    case Family::kIds:
      for (const auto* id : SortedByKey(ids_)) {
        if (!visit(id->first, EncodeId(id->second))) return;
      }
      return;
    case Family::kTouchpoints:
      for (const auto* subject : SortedByKey(touchpoints_)) {
        std::string key(subject->first);
        for (const TouchpointRow& row : RowsOf(subject->second, 0, INT64_MAX)) {
          key.resize(subject->first.size());
          AppendRowKey(row, key);
          if (!visit(key, EncodeRow(row))) return;
        }
      }
      return;
    case Family::kSubjects:
      return visit_newest(subjects_);
    case Family::kDeals:
      return visit_newest(deals_);
    case Family::kDefault:
      return visit_ordered(default_);
    case Family::kLists:
      return visit_ordered(lists_);
  }
}

size_t Generation::bytes() const {
  core::MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace journey::views
