#include "service/views/contact_queries.h"

#include <iterator>
#include <string>
#include <utility>

#include "absl/container/btree_map.h"
#include "projections/conclude.h"
#include "projections/identity/links.h"
#include "service/core/identity.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/views/page.h"
#include "service/views/touchpoint_index.h"

namespace journey::views {
namespace {

// The contact that a touchpoint is from; empty where nobody is known, and for
// the profile of an account.
absl::StatusOr<std::string> ContactOf(JourneyResolver& resolver,
                                      const v1::Touchpoint& touchpoint) {
  if (touchpoint.has_profile() && !touchpoint.account_id().empty()) {
    return std::string();
  }
  if (!touchpoint.contact_id().empty()) return touchpoint.contact_id();
  if (touchpoint.anonymous_id().empty()) return std::string();
  const auto identity = resolver.IdentityOf(
      {v1::SUBJECT_TYPE_VISITOR, touchpoint.anonymous_id()});
  if (!identity.ok()) return identity.status();
  const auto* link =
      projections::LinkAt(**identity, core::ToMicros(touchpoint.occurred_at()));
  if (link == nullptr || link->target().type() != v1::SUBJECT_TYPE_CONTACT) {
    return std::string();
  }
  return link->target().id();
}

// Folds the contacts of one page, each on its own. Those of later pages come
// and go: only the smallest ids are kept, and one that was dropped is never
// among them again.
class ContactFolds {
 public:
  using Folds = absl::btree_map<std::string, projections::JourneyFold>;

  ContactFolds(const projections::Rules& rules, const Page& page)
      : rules_(rules), page_(page) {}

  void Add(const std::string& contact_id, const v1::Touchpoint& touchpoint) {
    if (contact_id <= page_.after || contact_id >= end_) return;
    v1::Subject subject;
    subject.set_type(v1::SUBJECT_TYPE_CONTACT);
    subject.set_id(contact_id);
    auto& fold = folds_.try_emplace(contact_id, subject).first->second;
    projections::Evolve(rules_, touchpoint, fold);
    // One more than the page holds tells that there are more.
    if (folds_.size() <= static_cast<size_t>(page_.size) + 1) return;
    const auto last = std::prev(folds_.end());
    end_ = last->first;
    folds_.erase(last);
  }

  void Compact() {
    for (auto& [contact_id, fold] : folds_) fold.Compact();
  }

  [[nodiscard]] const Folds& folds() const { return folds_; }

 private:
  const projections::Rules& rules_;
  const Page& page_;
  Folds folds_;
  // Ids from here on were dropped. No id is as large.
  std::string end_ = std::string(core::kIdBytesMax + 1, '\xff');
};

v1::JourneyContact Conclude(const projections::Rules& rules,
                            const projections::JourneyFold& fold,
                            core::Micros instant) {
  v1::Journey journey = projections::ConcludeJourney(rules, fold, instant);
  v1::JourneyContact contact;
  contact.set_contact_id(journey.subject().id());
  contact.mutable_lead()->Swap(journey.mutable_lead());
  if (journey.has_scores()) {
    contact.mutable_scores()->Swap(journey.mutable_scores());
  }
  contact.set_touchpoint_count(journey.touchpoint_count());
  *contact.mutable_first_touchpoint_at() = journey.first_touchpoint_at();
  *contact.mutable_last_touchpoint_at() = journey.last_touchpoint_at();
  contact.mutable_profile()->Swap(journey.mutable_profile());
  return contact;
}

}  // namespace

absl::StatusOr<v1::ListContactsResponse> ListContacts(
    const QueryContext& context, const v1::ListContactsRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   page->now, KnownAt(request));
  if (!reader.ok()) return reader.status();
  const auto journey = (*reader)->JourneyOf(request.subject());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  auto rows =
      TouchpointsOfJourney((*reader)->source(), request.tenant_id(), **journey,
                           0, (*reader)->as_of().value_or(core::kNever));
  if (!rows.ok()) return rows.status();
  ContactFolds contacts((*reader)->rules(), *page);
  core::Micros newest = 0;
  bool is_empty = true;
  const absl::Status status = (*reader)->VisitInOrder(
      *std::move(rows),
      [&](const v1::Touchpoint& touchpoint) {
        if (core::IsIdentityKind(touchpoint)) return absl::OkStatus();
        is_empty = false;
        newest = core::ToMicros(touchpoint.occurred_at());
        const auto contact = ContactOf((*reader)->resolver(), touchpoint);
        if (contact.ok()) contacts.Add(*contact, touchpoint);
        return contact.status();
      },
      [&] { contacts.Compact(); });
  if (!status.ok()) return status;
  if (is_empty) return SubjectNotFound(request.subject());
  const core::Micros instant = (*reader)->InstantFor(newest);
  v1::ListContactsResponse response;
  PageBytes bytes;
  for (const auto& [contact_id, fold] : contacts.folds()) {
    if (response.contacts_size() == page->size || bytes.is_full()) {
      const auto& last = response.contacts(response.contacts_size() - 1);
      response.set_next_page_token(
          NextPageToken(*page, "contacts", last.contact_id()));
      break;
    }
    *response.add_contacts() = Conclude((*reader)->rules(), fold, instant);
    bytes.Add(response.contacts(response.contacts_size() - 1));
  }
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
