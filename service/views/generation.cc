#include "service/views/generation.h"

#include <algorithm>

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
  return family == Family::kIds || family == Family::kSubjects ||
         family == Family::kDeals;
}

// Sorts entries that came one after the other; of those with equal keys the
// last one counts.
std::vector<Entry> SortAndKeepLast(std::vector<Entry> rows) {
  std::stable_sort(
      rows.begin(), rows.end(),
      [](const Entry& a, const Entry& b) { return a.first < b.first; });
  std::vector<Entry> out;
  for (Entry& row : rows) {
    if (!out.empty() && out.back().first == row.first) {
      out.back() = std::move(row);
    } else {
      out.push_back(std::move(row));
    }
  }
  return out;
}

}  // namespace

int Generation::Slot(Family family) {
  switch (family) {
    case Family::kIds:
    case Family::kDefault:
      return 0;
    case Family::kSubjects:
    case Family::kLists:
      return 1;
    default:
      return 2;
  }
}

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
  if (change.family == Family::kTouchpoints) {
    Row row{change.key.substr(change.prefix_bytes), version,
            std::move(change.value)};
    change.key.resize(change.prefix_bytes);
    touchpoints_[std::move(change.key)].push_back(std::move(row));
    return;
  }
  const size_t key_bytes = change.key.size();
  Versioned& newest =
      IsHashed(change.family)
          ? hashed_[Slot(change.family)][std::move(change.key)]
          : ordered_[Slot(change.family)][std::move(change.key)];
  if (newest.version != 0) bytes_ -= key_bytes;
  bytes_ -= Push(version, live, std::move(change.value), newest);
}

void Generation::Apply(int64_t version, const std::vector<int64_t>& live,
                       std::vector<Change>& changes) {
  for (size_t i = 0; i < changes.size();) {
    core::MutexLock lock(&mutex_);
    const size_t end = std::min(changes.size(), i + kChangesPerLock);
    for (; i < end; ++i) ApplyOne(version, live, changes[i]);
  }
}

std::optional<std::optional<std::string>> Generation::Find(
    Family family, absl::string_view key, int64_t version) const {
  core::MutexLock lock(&mutex_);
  const Versioned* at = nullptr;
  if (IsHashed(family)) {
    const HashedMap& map = hashed_[Slot(family)];
    if (const auto it = map.find(key); it != map.end()) {
      at = At(it->second, version);
    }
  } else {
    const OrderedMap& map = ordered_[Slot(family)];
    if (const auto it = map.find(key); it != map.end()) {
      at = At(it->second, version);
    }
  }
  if (at == nullptr) return std::nullopt;
  return at->value;
}

std::vector<Entry> Generation::Range(Family family, absl::string_view first,
                                     absl::string_view end, size_t entries_max,
                                     int64_t version,
                                     std::string& last_key) const {
  core::MutexLock lock(&mutex_);
  const OrderedMap& map = ordered_[Slot(family)];
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

std::vector<Entry> Generation::Touchpoints(absl::string_view subject_key,
                                           int64_t version) const {
  std::vector<Entry> rows;
  {
    core::MutexLock lock(&mutex_);
    const auto it = touchpoints_.find(subject_key);
    if (it != touchpoints_.end()) {
      for (const Row& row : it->second) {
        if (row.version > version) break;
        rows.emplace_back(it->first + row.suffix, row.value);
      }
    }
  }
  return SortAndKeepLast(std::move(rows));
}

std::vector<Entry> Generation::Sorted(Family family) const {
  std::vector<Entry> out;
  if (family == Family::kTouchpoints) {
    for (const auto& [subject_key, rows] : touchpoints_) {
      for (const Row& row : rows) {
        out.emplace_back(subject_key + row.suffix, row.value);
      }
    }
    out = SortAndKeepLast(std::move(out));
  } else if (IsHashed(family)) {
    for (const auto& [key, newest] : hashed_[Slot(family)]) {
      out.emplace_back(key, newest.value);
    }
    std::sort(out.begin(), out.end(),
              [](const Entry& a, const Entry& b) { return a.first < b.first; });
  } else {
    for (const auto& [key, newest] : ordered_[Slot(family)]) {
      out.emplace_back(key, newest.value);
    }
  }
  return out;
}

size_t Generation::bytes() const {
  core::MutexLock lock(&mutex_);
  return bytes_;
}

}  // namespace journey::views
