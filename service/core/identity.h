// What touchpoints say about who belongs together (identity_service.proto).
#ifndef SERVICE_CORE_IDENTITY_H_
#define SERVICE_CORE_IDENTITY_H_

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/touchpoint.h"

namespace journey::core {

// `narrow` belongs to `wide`: a visitor to a contact or account, a contact to
// an account; or an account is merged with another one. They refer to the
// touchpoint.
struct LinkRef {
  SubjectRef narrow;
  SubjectRef wide;
};

// The links that a touchpoint asserts: those of its ids that are no
// placeholders.
[[nodiscard]] absl::InlinedVector<LinkRef, 2> LinksOf(
    const v1::Touchpoint& touchpoint);

// True for ids that stand for nobody in particular: "null", "anonymous",
// zeros and the like, and no id at all. What CDPs block by default, for example
// Segment ("Unify: identity resolution settings, blocked values").
[[nodiscard]] bool IsPlaceholderId(absl::string_view id);

// What to say of one where it is refused.
inline constexpr char kPlaceholderMistake[] =
    "is a placeholder, which stands for nobody in particular; name a real id "
    "or send nothing";

// True for the kinds that only say who belongs together. They are no contact
// with the customer.
[[nodiscard]] bool IsIdentityKind(const v1::Touchpoint& touchpoint);

}  // namespace journey::core

#endif  // SERVICE_CORE_IDENTITY_H_
