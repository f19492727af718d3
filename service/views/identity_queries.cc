#include "service/views/identity_queries.h"

#include <string>

#include "projections/identity/links.h"
#include "service/core/time.h"
#include "service/views/lists.h"

namespace journey::views {
namespace {

v1::IdentityStep StepOf(const v1::Subject& from,
                        const storage::v1::LinkState& link) {
  v1::IdentityStep step;
  *step.mutable_from() = from;
  *step.mutable_to() = link.target();
  *step.mutable_valid_from() = core::ToTimestamp(link.moment().at_us());
  *step.mutable_cause() = link.moment().ref();
  return step;
}

// From a deal to its home.
v1::IdentityStep StepOf(const v1::Subject& deal, const v1::Subject& home,
                        const storage::v1::DealRecord& record) {
  v1::IdentityStep step;
  *step.mutable_from() = deal;
  *step.mutable_to() = home;
  *step.mutable_cause() = home.type() == v1::SUBJECT_TYPE_ACCOUNT
                              ? record.account_moment().ref()
                              : record.contact_moment().ref();
  return step;
}

// Follows the links from a subject to its journey.
absl::Status AddSteps(JourneyResolver& resolver, v1::Subject subject,
                      core::Micros instant, v1::ResolveResponse& response) {
  while (true) {
    const auto identity = resolver.IdentityOf(core::RefOf(subject));
    if (!identity.ok()) return identity.status();
    const auto* link = projections::LinkAt(**identity, instant);
    if (link == nullptr) break;
    *response.add_steps() = StepOf(subject, *link);
    subject = link->target();
  }
  const auto journey = resolver.JourneyOf(subject, instant);
  if (!journey.ok()) return journey.status();
  if (core::RefOf(*journey) != core::RefOf(subject)) {
    auto* step = response.add_steps();
    *step->mutable_from() = subject;
    *step->mutable_to() = *journey;
  }
  *response.mutable_journey() = *journey;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ResolveResponse> Resolve(const QueryContext& context,
                                            const v1::ResolveRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now(), KnownAt(request));
  if (!reader.ok()) return reader.status();
  JourneyResolver& resolver = (*reader)->resolver();
  v1::ResolveResponse response;
  Home start{request.subject(), (*reader)->instant()};
  if (request.subject().type() == v1::SUBJECT_TYPE_DEAL) {
    const auto deal = (*reader)->DealRecordOf(request.subject().id());
    if (!deal.ok()) return deal.status();
    if (deal->has_value()) start = HomeOf(request.subject().id(), **deal);
    if (start.subject.type() != v1::SUBJECT_TYPE_DEAL) {
      *response.add_steps() = StepOf(request.subject(), start.subject, **deal);
    }
  }
  absl::Status status =
      AddSteps(resolver, start.subject, start.instant, response);
  if (!status.ok()) return status;
  const auto identity = resolver.IdentityOf(core::RefOf(request.subject()));
  if (!identity.ok()) return identity.status();
  for (const auto& link : (*identity)->links()) {
    *response.add_history() = StepOf(request.subject(), link);
  }
  if (response.journey().type() == v1::SUBJECT_TYPE_ACCOUNT) {
    const auto same = resolver.SameAccounts(response.journey().id());
    if (!same.ok()) return same.status();
    if (same->size() > 1) {
      response.mutable_merged_account_ids()->Assign(same->begin(), same->end());
    }
  }
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
