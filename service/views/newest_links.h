// Whom contacts and visitors belong to at present, as far as it is remembered:
// nearly every touchpoint that links says what is known, and is then spared a
// look at the store. For one thread.
#ifndef SERVICE_VIEWS_NEWEST_LINKS_H_
#define SERVICE_VIEWS_NEWEST_LINKS_H_

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "service/core/clock.h"
#include "service/core/touchpoint.h"

namespace journey::views {

class NewestLinks {
 public:
  // True when the subject belonged to `target` since before `instant`, and
  // nothing later is known.
  [[nodiscard]] bool Holds(absl::string_view subject_key,
                           const core::SubjectRef& target,
                           core::Micros instant) const {
    const auto it = links_.find(subject_key);
    return it != links_.end() && it->second.since < instant &&
           it->second.type == target.type && it->second.id == target.id;
  }

  // Remembers what is known of a subject now.
  void Note(absl::string_view subject_key,
            const storage::v1::IdentityState& identity) {
    if (identity.links().empty()) {
      links_.erase(subject_key);
      return;
    }
    if (links_.size() >= kLinksMax) links_.clear();
    const auto& newest = *identity.links().rbegin();
    links_[subject_key] = {newest.moment().at_us(), newest.target().type(),
                           newest.target().id()};
  }

 private:
  static constexpr size_t kLinksMax = 200'000;

  struct Link {
    core::Micros since = 0;
    v1::SubjectType type = v1::SUBJECT_TYPE_UNSPECIFIED;
    std::string id;
  };

  // By the subject's key.
  absl::flat_hash_map<std::string, Link> links_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_NEWEST_LINKS_H_
