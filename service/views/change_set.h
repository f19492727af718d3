// What some commit groups change in the views: keys with new values, or none.
#ifndef SERVICE_VIEWS_CHANGE_SET_H_
#define SERVICE_VIEWS_CHANGE_SET_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace journey::views {

// The column families. How each is kept in memory until it is on disk follows
// from how it is read: `ids`, `subjects` and `deals` by whole keys,
// `touchpoints` by the subject with which its keys begin, the others in order.
enum class Family { kDefault, kIds, kTouchpoints, kSubjects, kDeals, kLists };
inline constexpr int kFamilyCount = 6;

struct Change {
  Family family = Family::kDefault;
  std::string key;
  // Unset: the key is deleted.
  std::optional<std::string> value;
  // Of `touchpoints`: how many bytes of the key name its subject.
  uint32_t prefix_bytes = 0;
};

class ChangeSet {
 public:
  void Put(Family family, std::string key, std::string value) {
    changes_.push_back({family, std::move(key), std::move(value), 0});
  }
  void PutTouchpoint(std::string key, uint32_t prefix_bytes,
                     std::string value) {
    changes_.push_back(
        {Family::kTouchpoints, std::move(key), std::move(value), prefix_bytes});
  }
  void Delete(Family family, std::string key) {
    changes_.push_back({family, std::move(key), std::nullopt, 0});
  }

  [[nodiscard]] std::vector<Change>& changes() { return changes_; }

 private:
  std::vector<Change> changes_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_CHANGE_SET_H_
