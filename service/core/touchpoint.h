// What a touchpoint is, apart from any rule: its kind, subject, direction,
// place in the canonical order and content.
#ifndef SERVICE_CORE_TOUCHPOINT_H_
#define SERVICE_CORE_TOUCHPOINT_H_

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"

namespace journey::core {

// The kind by the payload that is set; UNSPECIFIED when none is known.
[[nodiscard]] v1::TouchpointKind KindOf(const v1::Touchpoint& touchpoint);

// The snake_case name of a kind as users write it, for example "site_visit".
[[nodiscard]] std::string KindName(v1::TouchpointKind kind);

// The same for the type of a subject, for example "account".
[[nodiscard]] std::string SubjectTypeName(v1::SubjectType type);

// A subject without a copy of its id.
using SubjectView = std::pair<v1::SubjectType, absl::string_view>;

// The ids by which a touchpoint may name subjects, the most encompassing
// first; empty where it does not. They point into the touchpoint.
[[nodiscard]] inline std::array<SubjectView, 4> SubjectViewsOf(
    const v1::Touchpoint& touchpoint) {
  return {{{v1::SUBJECT_TYPE_ACCOUNT, touchpoint.account_id()},
           {v1::SUBJECT_TYPE_CONTACT, touchpoint.contact_id()},
           {v1::SUBJECT_TYPE_VISITOR, touchpoint.anonymous_id()},
           {v1::SUBJECT_TYPE_DEAL, touchpoint.deal_id()}}};
}

// The subject that the touchpoint is written to: the most encompassing id
// (account, else contact, else visitor, else deal). None for `spend`.
[[nodiscard]] std::optional<v1::Subject> SubjectOf(
    const v1::Touchpoint& touchpoint);

// Every subject that the touchpoint names, most encompassing first.
[[nodiscard]] std::vector<v1::Subject> SubjectsOf(
    const v1::Touchpoint& touchpoint);

// The direction given, else the default of the kind.
[[nodiscard]] v1::Direction DirectionOf(const v1::Touchpoint& touchpoint);

// From the customer: inbound mail reply, call (busy or abandoned too), chat
// or social message, form, meeting held, offer accepted or rejected, contract
// signed. Not opens, clicks, views, visits, payments, tickets or surveys.
[[nodiscard]] bool IsCustomerOriginated(const v1::Touchpoint& touchpoint);

// From the company: an outbound one-to-one touchpoint with an owner. Not bulk
// mail, advertisements, tasks or changes of stages.
[[nodiscard]] bool IsCompanyOriginated(const v1::Touchpoint& touchpoint);

// Brings a touchpoint into the form in which it is stored: times cut to
// microseconds.
void Normalize(v1::Touchpoint& touchpoint);

// The stored bytes: deterministic, with unknown fields.
[[nodiscard]] std::string Serialize(const v1::Touchpoint& touchpoint);

// True when both have the same content: everything but `sent_at`. Both are
// normalised.
[[nodiscard]] bool SameContent(const v1::Touchpoint& a,
                               const v1::Touchpoint& b);

// The canonical order of touchpoints: (occurred_at, source, touchpoint_id),
// ids compared by bytes.
struct OrderKey {
  Micros occurred_at = 0;
  std::string source;
  std::string touchpoint_id;

  friend bool operator<(const OrderKey& a, const OrderKey& b);
  friend bool operator==(const OrderKey& a, const OrderKey& b);
};

[[nodiscard]] OrderKey OrderKeyOf(const v1::Touchpoint& touchpoint);

}  // namespace journey::core

#endif  // SERVICE_CORE_TOUCHPOINT_H_
