// Keys in order for many writes and few reads: new keys are only noted, and
// sorted when somebody asks.
#ifndef SERVICE_VIEWS_SORTED_RUNS_H_
#define SERVICE_VIEWS_SORTED_RUNS_H_

#include <algorithm>
#include <cstddef>
#include <queue>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace journey::views {

// Holds pointers to entries with a `key`, each key once. Sorting a few
// thousand entries at a time costs far less than finding the place of each in
// an ordered map of hundreds of thousands: there, nearly every step is a miss
// of the processor's caches. Not thread-safe.
template <typename Entry>
class SortedRuns {
 public:
  void Add(const Entry* entry) {
    tail_.push_back(entry);
    if (tail_.size() == kRunEntriesMax) Seal();
  }

  // Visits the entries from `first` on, before `end` (empty: to the last one),
  // by key, until `visit` returns false.
  void Scan(absl::string_view first, absl::string_view end,
            absl::FunctionRef<bool(const Entry&)> visit) {
    Seal();
    using Run = std::pair<const Entry* const*, const Entry* const*>;
    const auto is_later = [](const Run& a, const Run& b) {
      return (*b.first)->key < (*a.first)->key;
    };
    std::priority_queue<Run, std::vector<Run>, decltype(is_later)> heads(
        is_later);
    for (const auto& run : runs_) {
      const auto begin =
          std::lower_bound(run.begin(), run.end(), first,
                           [](const Entry* entry, absl::string_view key) {
                             return entry->key < key;
                           });
      if (begin != run.end()) {
        heads.emplace(run.data() + (begin - run.begin()),
                      run.data() + run.size());
      }
    }
    while (!heads.empty()) {
      Run run = heads.top();
      heads.pop();
      if (!end.empty() && (*run.first)->key >= end) continue;
      if (!visit(**run.first)) return;
      if (++run.first != run.second) heads.push(run);
    }
  }

 private:
  static constexpr size_t kRunEntriesMax = 8192;

  // Makes the tail a run, and one run of small neighbours.
  void Seal() {
    if (tail_.empty()) return;
    const auto by_key = [](const Entry* a, const Entry* b) {
      return a->key < b->key;
    };
    std::sort(tail_.begin(), tail_.end(), by_key);
    runs_.push_back(std::move(tail_));
    tail_ = {};
    while (runs_.size() > 1 &&
           runs_[runs_.size() - 2].size() + runs_.back().size() <=
               kRunEntriesMax) {
      auto& run = runs_[runs_.size() - 2];
      const auto middle = static_cast<std::ptrdiff_t>(run.size());
      run.insert(run.end(), runs_.back().begin(), runs_.back().end());
      std::inplace_merge(run.begin(), run.begin() + middle, run.end(), by_key);
      runs_.pop_back();
    }
  }

  std::vector<const Entry*> tail_;
  // Each sorted by key.
  std::vector<std::vector<const Entry*>> runs_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_SORTED_RUNS_H_
