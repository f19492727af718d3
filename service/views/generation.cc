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

absl::string_view Generation::Keep(absl::string_view text) {
  bytes_ += text.size();
  if (text.empty()) return "";
  char* kept = google::protobuf::Arena::CreateArray<char>(&arena_, text.size());
  std::copy(text.begin(), text.end(), kept);
  return {kept, text.size()};
}

template <typename Map>
typename Map::mapped_type& Generation::EntryOf(absl::string_view key,
                                               Map& map) {
  if (const auto it = map.find(key); it != map.end()) return it->second;
  bytes_ += kEntryOverheadBytes;
  return map[Keep(key)];
}

// Puts a version in front. Of those behind, what lies between two versions
// that somebody can ask for is forgotten, so that a chain is hardly longer
// than there are readers.
void Generation::Push(int64_t version, const std::vector<int64_t>& live,
                      const Value& value, Versioned& newest) {
  if (newest.version != 0 && newest.version != version) {
    auto* before = google::protobuf::Arena::Create<Versioned>(&arena_, newest);
    bytes_ += sizeof(Versioned);
    while (before->older != nullptr) {
      const auto reader =
          std::lower_bound(live.begin(), live.end(), before->older->version);
      if (reader != live.end() && *reader < before->version) break;
      before->older = before->older->older;
    }
    newest.older = before;
  }
  newest.version = version;
  newest.value = value.has_value() ? Value(Keep(*value)) : std::nullopt;
}

void Generation::Put(Family family, absl::string_view key, const Value& value,
                     int64_t version, const std::vector<int64_t>& live) {
  core::MutexLock lock(&mutex_);
  switch (family) {
    case Family::kSubjects:
      return Push(version, live, value, EntryOf(key, subjects_));
    case Family::kDeals:
      return Push(version, live, value, EntryOf(key, deals_));
    case Family::kDefault:
      return Push(version, live, value, EntryOf(key, default_));
    default:
      return Push(version, live, value, EntryOf(key, lists_));
  }
}

void Generation::PutId(absl::string_view key, const log::IdEntry& entry) {
  core::MutexLock lock(&mutex_);
  EntryOf(key, ids_) = entry;
}

void Generation::PutTouchpoint(absl::string_view subject_key,
                               const TouchpointRow& row, int64_t version) {
  core::MutexLock lock(&mutex_);
  VersionedRow*& newest = EntryOf(subject_key, touchpoints_);
  newest = google::protobuf::Arena::Create<VersionedRow>(
      &arena_, VersionedRow{row, version, newest});
  bytes_ += sizeof(VersionedRow);
}

std::optional<Value> Generation::Find(Family family, absl::string_view key,
                                      int64_t version) const {
  core::MutexLock lock(&mutex_);
  const auto find = [&](const auto& map) -> std::optional<Value> {
    const auto it = map.find(key);
    const Versioned* at = it == map.end() ? nullptr : At(it->second, version);
    if (at == nullptr) return std::nullopt;
    return at->value;
  };
  switch (family) {
    case Family::kSubjects:
      return find(subjects_);
    case Family::kDeals:
      return find(deals_);
    case Family::kDefault:
      return find(default_);
    default:
      return find(lists_);
  }
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
  const OrderedMap& map = family == Family::kDefault ? default_ : lists_;
  std::vector<Entry> out;
  last_key.clear();
  size_t visited = 0;
  for (auto it = map.lower_bound(first);
       it != map.end() && (end.empty() || it->first < end); ++it) {
    if (visited++ == entries_max) return out;
    last_key = std::string(it->first);
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
    const VersionedRow* row = it == touchpoints_.end() ? nullptr : it->second;
    for (; row != nullptr; row = row->older) {
      if (row->version <= version) rows.push_back(row->row);
    }
  }
  std::reverse(rows.begin(), rows.end());
  SortAndKeepLast(rows);
  return rows;
}

void Generation::ForEach(Family family, Visitor visit) const {
  const auto visit_newest = [&](const auto& entries) {
    for (const auto* entry : entries) {
      if (!visit(entry->first, entry->second.value)) return;
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
        for (const TouchpointRow& row :
             Touchpoints(subject->first, INT64_MAX)) {
          key.resize(subject->first.size());
          AppendRowKey(row, key);
          if (!visit(key, EncodeRow(row))) return;
        }
      }
      return;
    case Family::kSubjects:
      return visit_newest(SortedByKey(subjects_));
    case Family::kDeals:
      return visit_newest(SortedByKey(deals_));
    case Family::kDefault:
      return visit_newest(SortedByKey(default_));
    case Family::kLists:
      return visit_newest(SortedByKey(lists_));
  }
}

size_t Generation::bytes() const {
  core::MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace journey::views
