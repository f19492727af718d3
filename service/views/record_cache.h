// Records that were changed lately, as messages: what changes again soon need
// not be read and parsed.
#ifndef SERVICE_VIEWS_RECORD_CACHE_H_
#define SERVICE_VIEWS_RECORD_CACHE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace journey::views {

// Belongs to the thread that applies changes; not thread-safe. It is kept in
// two halves: records go into the young one, and when that is full the old one
// is dropped and the young one becomes old.
template <typename Record>
class RecordCache {
 public:
  explicit RecordCache(size_t bytes_max) : half_bytes_max_(bytes_max / 2) {}

  // Takes a record out; null when it is not here.
  std::unique_ptr<Record> Take(absl::string_view key) {
    for (Half* half : {&young_, &old_}) {
      const auto it = half->records.find(key);
      if (it == half->records.end()) continue;
      std::unique_ptr<Record> record = std::move(it->second);
      half->records.erase(it);
      return record;
    }
    return nullptr;
  }

  // Puts a record in. `serialized_bytes` is its size in that form.
  void Put(absl::string_view key, std::unique_ptr<Record> record,
           size_t serialized_bytes) {
    young_.bytes +=
        kBytesTimes * serialized_bytes + key.size() + sizeof(Record);
    young_.records[key] = std::move(record);
    if (young_.bytes < half_bytes_max_) return;
    old_ = std::move(young_);
    young_ = Half();
  }

 private:
  // A message takes about so many times the bytes of its serialised form.
  static constexpr size_t kBytesTimes = 4;

  struct Half {
    absl::flat_hash_map<std::string, std::unique_ptr<Record>> records;
    // Of all records that were put in, those taken out again included.
    size_t bytes = 0;
  };

  const size_t half_bytes_max_;
  Half young_;
  Half old_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_RECORD_CACHE_H_
