// Changes that are not on disk yet, in memory, with the versions that readers
// still need.
#ifndef SERVICE_VIEWS_GENERATION_H_
#define SERVICE_VIEWS_GENERATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "service/core/sync.h"
#include "service/views/change_set.h"

namespace journey::views {

// A key and its newest value; no value means that it is deleted.
using Entry = std::pair<std::string, std::optional<std::string>>;

// Thread-safe: one thread applies changes, any number read at the same time.
// Each change set has a version; a reader that asks for a version sees the
// changes of that version and of those before it.
class Generation {
 public:
  // Applies a change set. Versions rise. `live` are the versions that readers
  // may still ask for, rising; values that none of them sees are dropped.
  void Apply(int64_t version, const std::vector<int64_t>& live,
             ChangeSet& changes);

  // What is known of a key of `default`, `subjects`, `deals` or `lists` at a
  // version; unset when nothing is.
  [[nodiscard]] std::optional<std::optional<std::string>> Find(
      Family family, absl::string_view key, int64_t version) const;

  // The newest entry of an id, which has no versions: only the writer asks,
  // and it knows of what is on its way.
  [[nodiscard]] std::optional<log::IdEntry> FindId(absl::string_view key) const;

  // The next entries of `default` or `lists` from `first` on, before `end`
  // (empty: to the last one), at most `entries_max`. What is not visible at
  // the version is left out; `last_key` is the last key looked at, empty at
  // the end.
  [[nodiscard]] std::vector<Entry> Range(Family family, absl::string_view first,
                                         absl::string_view end,
                                         size_t entries_max, int64_t version,
                                         std::string& last_key) const;

  // The rows of a subject, by time and position.
  [[nodiscard]] std::vector<TouchpointRow> Touchpoints(
      absl::string_view subject_key, int64_t version) const;

  // Visits the newest entries of a family by key, as they are kept on disk,
  // until `visit` returns false. Only once no more changes come: then nothing
  // is written, so it goes without the lock, and readers need not wait for it.
  using Visitor = absl::FunctionRef<bool(
      absl::string_view key, const std::optional<std::string>& value)>;
  void ForEach(Family family,
               Visitor visit) const ABSL_NO_THREAD_SAFETY_ANALYSIS;

  // About how much memory is taken.
  [[nodiscard]] size_t bytes() const;

 private:
  struct Versioned {
    int64_t version = 0;
    std::optional<std::string> value;
    std::unique_ptr<Versioned> older;
  };
  struct VersionedRow {
    TouchpointRow row;
    int64_t version = 0;
  };
  // Rows by the subject's key, in the order they came.
  using RowMap = absl::flat_hash_map<std::string, std::vector<VersionedRow>>;
  using HashedMap = absl::flat_hash_map<std::string, Versioned>;
  using OrderedMap = absl::btree_map<std::string, Versioned>;

  static const Versioned* At(const Versioned& newest, int64_t version);
  // Returns how many bytes were dropped.
  static size_t Push(int64_t version, const std::vector<int64_t>& live,
                     std::optional<std::string> value, Versioned& newest);
  void ApplyOne(int64_t version, const std::vector<int64_t>& live,
                Change& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  [[nodiscard]] const HashedMap& Hashed(Family family) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return family == Family::kSubjects ? subjects_ : deals_;
  }
  [[nodiscard]] const OrderedMap& Ordered(Family family) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return family == Family::kDefault ? default_ : lists_;
  }

  mutable core::Mutex mutex_;
  ChangeSet::Ids ids_ ABSL_GUARDED_BY(mutex_);
  RowMap touchpoints_ ABSL_GUARDED_BY(mutex_);
  HashedMap subjects_ ABSL_GUARDED_BY(mutex_);
  HashedMap deals_ ABSL_GUARDED_BY(mutex_);
  OrderedMap default_ ABSL_GUARDED_BY(mutex_);
  OrderedMap lists_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_GENERATION_H_
