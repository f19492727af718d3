// What some commit groups change in the views.
#ifndef SERVICE_VIEWS_CHANGE_SET_H_
#define SERVICE_VIEWS_CHANGE_SET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "service/log/writer.h"
#include "service/views/touchpoint_row.h"

namespace journey::views {

// The column families. `ids` and `touchpoints` are tables with rows of their
// own form; the others hold texts or messages by key: `subjects` and `deals`
// are read by whole keys, `default` and `lists` in order.
enum class Family { kDefault, kIds, kTouchpoints, kSubjects, kDeals, kLists };
inline constexpr int kFamilyCount = 6;

// A key of `default`, `subjects`, `deals` or `lists` and its new value.
struct Change {
  Family family = Family::kDefault;
  std::string key;
  // Unset: the key is deleted.
  std::optional<std::string> value;
};

// Not thread-safe.
class ChangeSet {
 public:
  using Ids = absl::flat_hash_map<std::string, log::IdEntry>;
  // Rows by the subject's key, in the order they came; of rows of the same
  // touchpoint the last one counts.
  using Touchpoints =
      absl::flat_hash_map<std::string, absl::InlinedVector<TouchpointRow, 1>>;

  void Put(Family family, std::string key, std::string value) {
    changes_.push_back({family, std::move(key), std::move(value)});
  }
  void Delete(Family family, std::string key) {
    changes_.push_back({family, std::move(key), std::nullopt});
  }
  void PutId(std::string key, const log::IdEntry& entry) {
    ids_[std::move(key)] = entry;
  }
  void PutTouchpoint(absl::string_view subject_key, const TouchpointRow& row) {
    touchpoints_[subject_key].push_back(row);
  }

  [[nodiscard]] std::vector<Change>& changes() { return changes_; }
  [[nodiscard]] Ids& ids() { return ids_; }
  [[nodiscard]] const Ids& ids() const { return ids_; }
  [[nodiscard]] const Touchpoints& touchpoints() const { return touchpoints_; }

 private:
  std::vector<Change> changes_;
  Ids ids_;
  Touchpoints touchpoints_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_CHANGE_SET_H_
