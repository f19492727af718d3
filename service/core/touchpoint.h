// What a touchpoint is, apart from any rule: its kind, subject, direction,
// place in the canonical order and content.
#ifndef SERVICE_CORE_TOUCHPOINT_H_
#define SERVICE_CORE_TOUCHPOINT_H_

#include <optional>
#include <string>
#include <tuple>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "journey/v1/common.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"

namespace journey::core {

// The numbers of the fields of a touchpoint that are payloads, in this version
// and in those to come (touchpoint.proto).
inline constexpr int kPayloadFieldMin = 20;
inline constexpr int kPayloadFieldMax = 99;

// The kind by the payload that is set; UNSPECIFIED for one of a newer version.
[[nodiscard]] v1::TouchpointKind KindOf(const v1::Touchpoint& touchpoint);

// The snake_case name of a kind as users write it, for example "site_visit".
[[nodiscard]] std::string KindName(v1::TouchpointKind kind);

// The same for the type of a subject, for example "account".
[[nodiscard]] std::string SubjectTypeName(v1::SubjectType type);

// A subject by reference: `id` belongs to somebody who lives longer.
struct SubjectRef {
  v1::SubjectType type = v1::SUBJECT_TYPE_UNSPECIFIED;
  absl::string_view id;

  friend bool operator<(const SubjectRef& a, const SubjectRef& b) {
    return std::tie(a.type, a.id) < std::tie(b.type, b.id);
  }
  friend bool operator==(const SubjectRef& a, const SubjectRef& b) {
    return a.type == b.type && a.id == b.id;
  }
  friend bool operator!=(const SubjectRef& a, const SubjectRef& b) {
    return !(a == b);
  }
};

// Every subject that the touchpoint names, most encompassing first: account,
// (of a merge: the other one,) contact, visitor, deal. They refer to the
// touchpoint.
[[nodiscard]] absl::InlinedVector<SubjectRef, 4> SubjectsOf(
    const v1::Touchpoint& touchpoint);

// The subject that the touchpoint is written to: the most encompassing one.
// None for `spend`.
[[nodiscard]] std::optional<SubjectRef> SubjectOf(
    const v1::Touchpoint& touchpoint);

[[nodiscard]] SubjectRef RefOf(const v1::Subject& subject);
[[nodiscard]] v1::Subject ToSubject(const SubjectRef& ref);

// The direction given, else the default of the kind.
[[nodiscard]] v1::Direction DirectionOf(const v1::Touchpoint& touchpoint);

// From the customer: inbound mail reply, call (busy or abandoned too), chat
// or social message, form, meeting held, offer accepted or rejected, contract
// signed. Not opens, clicks, views, visits, payments, tickets or surveys.
[[nodiscard]] bool IsCustomerOriginated(const v1::Touchpoint& touchpoint);

// From the company: an outbound one-to-one touchpoint with an owner. Not bulk
// mail, advertisements, tasks or changes of stages.
[[nodiscard]] bool IsCompanyOriginated(const v1::Touchpoint& touchpoint);

// How the customer felt: as given, else negative for an inbound call that was
// busy or abandoned or that waited for more than 3 minutes, else unknown.
[[nodiscard]] v1::Sentiment SentimentOf(const v1::Touchpoint& touchpoint);

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
// ids compared by bytes. Refers to the touchpoint.
struct OrderKey {
  Micros occurred_at = 0;
  absl::string_view source;
  absl::string_view touchpoint_id;

  friend bool operator<(const OrderKey& a, const OrderKey& b);
  friend bool operator==(const OrderKey& a, const OrderKey& b);
};

[[nodiscard]] OrderKey OrderKeyOf(const v1::Touchpoint& touchpoint);

}  // namespace journey::core

#endif  // SERVICE_CORE_TOUCHPOINT_H_
