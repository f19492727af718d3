#include "service/views/moved_journeys.h"

#include <algorithm>

#include "projections/identity/links.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"

namespace journey::views {

absl::Status MovedJourneys::Add(const v1::Subject& subject) {
  const auto was = before_.IdentityOf(core::RefOf(subject));
  if (!was.ok()) return was.status();
  const auto is = after_.IdentityOf(core::RefOf(subject));
  if (!is.ok()) return is.status();
  absl::Status status;
  if (subject.type() == v1::SUBJECT_TYPE_ACCOUNT) {
    if ((*was)->representative_id() == (*is)->representative_id()) {
      return absl::OkStatus();
    }
    status = AddJourneys(before_, subject, 0, core::kNever, 0);
    if (!status.ok()) return status;
    return AddJourneys(after_, subject, 0, core::kNever, 0);
  }
  const bool is_linked_to =
      (*was)->linked_count() > 0 || (*is)->linked_count() > 0;
  for (const auto& change : projections::TargetChanges(**was, **is)) {
    auto first = FirstTouchpoint(subject, change.from, change.until);
    if (!first.ok()) return first.status();
    if (is_linked_to) *first = 0;
    if (*first == core::kNever) continue;
    status = AddJourneys(before_,
                         change.before == nullptr ? subject : *change.before,
                         change.from, change.until, *first);
    if (!status.ok()) return status;
    status =
        AddJourneys(after_, change.after == nullptr ? subject : *change.after,
                    change.from, change.until, *first);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// When the first touchpoint occurred that goes with the subject in the time;
// kNever without one. A deal may bring touchpoints of any time: 0.
absl::StatusOr<core::Micros> MovedJourneys::FirstTouchpoint(
    const v1::Subject& subject, core::Micros from, core::Micros until) const {
  core::Micros first = core::kNever;
  const absl::Status status = source_.ScanTouchpoints(
      SubjectKey(tenant_id_, subject), from, [&](const TouchpointRow& row) {
        if (row.occurred_at >= until) return false;
        if (row.has_deal) {
          first = 0;
        } else if (row.as_given) {
          first = std::min(first, row.occurred_at);
        }
        return first != 0;
      });
  if (!status.ok()) return status;
  return first;
}

// Adds all journeys that a subject belongs to in the time.
absl::Status MovedJourneys::AddJourneys(JourneyResolver& resolver,
                                        const v1::Subject& subject,
                                        core::Micros from, core::Micros until,
                                        core::Micros refold_from) {
  const auto identity = resolver.IdentityOf(core::RefOf(subject));
  if (!identity.ok()) return identity.status();
  const auto& links = (*identity)->links();
  if (links.empty() || projections::IsShared(**identity)) {
    const auto journey = resolver.JourneyOf(subject, from);
    if (!journey.ok()) return journey.status();
    journeys_.push_back({*journey, refold_from});
    return absl::OkStatus();
  }
  absl::Status status;
  for (int i = 0; i < links.size() && status.ok(); ++i) {
    const core::Micros begin =
        std::max(from, i == 0 ? 0 : links[i].moment().at_us());
    const core::Micros end =
        std::min(until, i + 1 == links.size() ? core::kNever
                                              : links[i + 1].moment().at_us());
    if (begin < end) {
      status =
          AddJourneys(resolver, links[i].target(), begin, end, refold_from);
    }
  }
  return status;
}

}  // namespace journey::views
