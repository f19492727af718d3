#include "service/views/put_lists.h"

#include <algorithm>
#include <string>

namespace journey::views {

void PutLists(const ListEntries& before, const ListEntries& after,
              Update& update) {
  const auto stands_in = [](const std::string& key, const ListEntries& keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  for (const std::string& key : before) {
    if (!stands_in(key, after)) update.Delete(Family::kLists, key);
  }
  for (const std::string& key : after) {
    if (!stands_in(key, before)) update.Put(Family::kLists, key, "");
  }
}

}  // namespace journey::views
