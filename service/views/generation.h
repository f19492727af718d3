// Changes that are not on disk yet, in memory, with the versions that readers
// still need.
#ifndef SERVICE_VIEWS_GENERATION_H_
#define SERVICE_VIEWS_GENERATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/arena.h"
#include "service/core/sync.h"
#include "service/log/writer.h"
#include "service/views/sorted_runs.h"
#include "service/views/touchpoint_row.h"

namespace journey::views {

// The column families. `ids` and `touchpoints` are tables with rows of their
// own form; the others hold texts or messages by key: `subjects` and `deals`
// are read by whole keys, `default` and `lists` in order.
enum class Family { kDefault, kIds, kTouchpoints, kSubjects, kDeals, kLists };
inline constexpr int kFamilyCount = 6;

// A value; unset when its key is deleted.
using Value = std::optional<absl::string_view>;
using Entry = std::pair<absl::string_view, Value>;

// One write. Texts belong to the caller.
struct Write {
  Family family = Family::kDefault;
  // Of `touchpoints`: the subject's.
  absl::string_view key;
  // Of `default`, `subjects`, `deals` and `lists`.
  Value value;
  // Of `ids`. Its entries have no versions: only the writer reads them, and it
  // knows of what is on its way.
  log::IdEntry id;
  // Of `touchpoints`.
  TouchpointRow row;
};

// Thread-safe: one thread writes, any number read at the same time. Writes
// have versions, which rise; a reader that asks for a version sees the writes
// of that version and of those before it. Keys lie in an arena until the
// generation goes; a value that was read stays as long as its reader's version
// is among those that writes are told to be live.
class Generation {
 public:
  Generation();

  // Applies writes in their order. `live` are the versions that readers may
  // still ask for, rising; values that none of them sees are forgotten.
  void Apply(const std::vector<Write>& writes, int64_t version,
             const std::vector<int64_t>& live);

  // What is known of a key of `default`, `subjects`, `deals` or `lists` at a
  // version; unset when nothing is.
  [[nodiscard]] std::optional<Value> Find(Family family, absl::string_view key,
                                          int64_t version) const;
  [[nodiscard]] std::optional<log::IdEntry> FindId(absl::string_view key) const;

  // The next entries of `default` or `lists` from `first` on, before `end`
  // (empty: to the last one), at most `entries_max`. What is not visible at
  // the version is left out; `last_key` is the last key looked at, empty at
  // the end.
  [[nodiscard]] std::vector<Entry> Range(Family family, absl::string_view first,
                                         absl::string_view end,
                                         size_t entries_max, int64_t version,
                                         std::string& last_key) const;

  // The rows of a subject from an instant on, by time and position.
  [[nodiscard]] std::vector<TouchpointRow> Touchpoints(
      absl::string_view subject_key, core::Micros from, int64_t version) const;

  // Visits the newest entries of a family by key, as they are kept on disk,
  // until `visit` returns false. Only once no more writes come: then it goes
  // without the lock, and readers need not wait for it.
  using Visitor =
      absl::FunctionRef<bool(absl::string_view key, const Value& value)>;
  void ForEach(Family family,
               Visitor visit) const ABSL_NO_THREAD_SAFETY_ANALYSIS;

  // About how much memory is taken.
  [[nodiscard]] size_t bytes() const;

 private:
  struct Versioned {
    int64_t version = 0;
    Value value;
    // Where the value lies, and how long it may become there.
    char* room = nullptr;
    size_t room_bytes = 0;
    Versioned* older = nullptr;
  };
  // The newest row first.
  struct VersionedRow {
    TouchpointRow row;
    int64_t version = 0;
    VersionedRow* older = nullptr;
  };
  struct OrderedEntry {
    absl::string_view key;
    Versioned newest;
  };
  template <typename T>
  using HashedMap = absl::flat_hash_map<absl::string_view, T>;

  // Keys with their values, read in order.
  struct OrderedTable {
    HashedMap<OrderedEntry*> entries;
    // Sorted when it is read.
    mutable SortedRuns<OrderedEntry> runs;
  };

  // The rows of a version from an instant on, by time and position.
  static std::vector<TouchpointRow> RowsOf(const VersionedRow* newest,
                                           core::Micros from, int64_t version);
  static const Versioned* At(const Versioned& newest, int64_t version);
  void Prefetch(const Write& write) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ApplyOne(const Write& write, int64_t version,
                const std::vector<int64_t>& live)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Push(int64_t version, const std::vector<int64_t>& live,
            const Value& value, Versioned& newest)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetValue(const Value& value, Versioned& entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  char* NewRoom(size_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::string_view Keep(absl::string_view text)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The entry of a key, made where there is none.
  template <typename T>
  T& EntryOf(absl::string_view key, HashedMap<T>& map)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Versioned& EntryOf(absl::string_view key, OrderedTable& table)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable core::Mutex mutex_;
  google::protobuf::Arena arena_ ABSL_GUARDED_BY(mutex_);
  HashedMap<log::IdEntry> ids_ ABSL_GUARDED_BY(mutex_);
  // By the subject's key.
  HashedMap<VersionedRow*> touchpoints_ ABSL_GUARDED_BY(mutex_);
  HashedMap<Versioned> subjects_ ABSL_GUARDED_BY(mutex_);
  HashedMap<Versioned> deals_ ABSL_GUARDED_BY(mutex_);
  OrderedTable default_ ABSL_GUARDED_BY(mutex_);
  OrderedTable lists_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_GENERATION_H_
