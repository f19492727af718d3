// Subjects and ids as keys of hash maps that own nothing: they point into
// touchpoints that live longer.
#ifndef SERVICE_LOG_SUBJECTS_H_
#define SERVICE_LOG_SUBJECTS_H_

#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/touchpoint.h"

namespace journey::log {

struct IdKey {
  absl::string_view tenant_id;
  absl::string_view source;
  absl::string_view touchpoint_id;

  friend bool operator==(const IdKey& a, const IdKey& b) {
    return a.touchpoint_id == b.touchpoint_id && a.source == b.source &&
           a.tenant_id == b.tenant_id;
  }
  template <typename H>
  friend H AbslHashValue(H h, const IdKey& key) {
    return H::combine(std::move(h), key.tenant_id, key.source,
                      key.touchpoint_id);
  }
};

struct SubjectKey {
  absl::string_view tenant_id;
  v1::SubjectType type = v1::SUBJECT_TYPE_UNSPECIFIED;
  absl::string_view id;

  friend bool operator==(const SubjectKey& a, const SubjectKey& b) {
    return a.type == b.type && a.id == b.id && a.tenant_id == b.tenant_id;
  }
  template <typename H>
  friend H AbslHashValue(H h, const SubjectKey& key) {
    return H::combine(std::move(h), key.tenant_id, static_cast<int>(key.type),
                      key.id);
  }
};

// The subjects that a touchpoint names, most encompassing first. The first is
// the one written to.
class NamedSubjects {
 public:
  NamedSubjects(absl::string_view tenant_id, const v1::Touchpoint& touchpoint) {
    for (const auto& [type, id] : core::SubjectsOf(touchpoint)) {
      keys_[count_++] = {tenant_id, type, id};
    }
  }

  [[nodiscard]] const SubjectKey* begin() const { return keys_.data(); }
  [[nodiscard]] const SubjectKey* end() const { return keys_.data() + count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }

 private:
  std::array<SubjectKey, 4> keys_;
  size_t count_ = 0;
};

}  // namespace journey::log

#endif  // SERVICE_LOG_SUBJECTS_H_
