#include "service/rpc/query_checks.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/field_checker.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/validate.h"

namespace journey::rpc {
namespace {

template <typename Request>
void CheckAsOf(const Request& request, core::Violations& violations) {
  if (request.has_as_of()) {
    core::CheckInstant(request.as_of(), "as_of", violations);
  }
}

template <typename Request>
void CheckKnownAt(const Request& request, core::Violations& violations) {
  if (request.has_known_at()) {
    core::CheckInstant(request.known_at(), "known_at", violations);
  }
}

template <typename Request>
void CheckPage(const Request& request, core::Violations& violations) {
  core::CheckPageSize(request.page_size(), violations);
  core::CheckPageToken(request.page_token(), violations);
}

void CheckId(absl::string_view id, absl::string_view field,
             core::Violations& violations) {
  core::CheckText(id, core::kIdBytesMax, field, violations);
}

void CheckRange(const v1::ScoreRange& range, absl::string_view field,
                core::Violations& violations) {
  if (!std::isfinite(range.min()) || !std::isfinite(range.max())) {
    violations.Add(field, absl::StrCat("must have finite numbers, is ",
                                       range.min(), " to ", range.max()));
  } else if (range.has_min() && range.has_max() && range.min() > range.max()) {
    violations.Add(field, absl::StrCat("is ", range.min(), " to ", range.max(),
                                       "; no score is within"));
  }
}

// What is asked of one subject at one instant.
template <typename Request>
void CheckSubjectQuery(const Request& request, core::Violations& violations) {
  core::CheckTenant(request.tenant_id(), violations);
  core::CheckSubject(request.subject(), "subject", violations);
  CheckAsOf(request, violations);
  CheckKnownAt(request, violations);
}

}  // namespace

absl::Status Check(const v1::GetJourneyRequest& request) {
  core::Violations violations;
  CheckSubjectQuery(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::ExplainJourneyRequest& request) {
  core::Violations violations;
  CheckSubjectQuery(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::ListContactsRequest& request) {
  core::Violations violations;
  CheckSubjectQuery(request, violations);
  CheckPage(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::BatchGetJourneysRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  const int count = request.subjects_size();
  if (count < 1 || count > core::kBatchGetMax) {
    violations.Add(
        "subjects",
        absl::StrCat("has ", count, " values; send 1 to ", core::kBatchGetMax));
  } else {
    for (int i = 0; i < count; ++i) {
      core::CheckSubject(request.subjects(i), absl::StrCat("subjects[", i, "]"),
                         violations);
    }
  }
  CheckAsOf(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::ListJourneysRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  core::CheckText(request.stage_id(), core::kLabelBytesMax, "stage_id",
                  violations);
  core::FieldChecker(violations).Enum("lead_status", request.lead_status());
  CheckId(request.owner_id(), "owner_id", violations);
  core::FieldChecker(violations).Enum("subject_type", request.subject_type());
  core::FieldChecker(violations).Enum("segment", request.segment());
  CheckRange(request.behaviour_score(), "behaviour_score", violations);
  CheckRange(request.fit_score(), "fit_score", violations);
  CheckAsOf(request, violations);
  CheckPage(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::GetTimelineRequest& request) {
  core::Violations violations;
  CheckSubjectQuery(request, violations);
  core::FieldChecker(violations)
      .Enums<v1::TouchpointKind>("kinds", request.kinds(),
                                 core::kFilterValuesMax);
  if (request.has_link()) {
    const v1::Link& link = request.link();
    core::FieldChecker(violations).RequiredEnum("link.type", link.type());
    if (link.id().empty()) {
      violations.Add("link.id", "is empty; set the id of the record");
    }
    CheckId(link.id(), "link.id", violations);
  }
  CheckPage(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::DiffJourneyRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  core::CheckSubject(request.subject(), "subject", violations);
  if (!request.has_from()) {
    violations.Add("from", "is required; set the earlier instant");
  }
  core::CheckInstant(request.from(), "from", violations);
  if (request.has_to()) {
    core::CheckInstant(request.to(), "to", violations);
    if (violations.empty() &&
        core::ToMicros(request.from()) > core::ToMicros(request.to())) {
      violations.Add("from", "is later than `to`; exchange them");
    }
  }
  CheckKnownAt(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::GetPlanRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  core::CheckSubject(request.subject(), "subject", violations);
  CheckAsOf(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::CountSegmentsRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  CheckAsOf(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::GetDealRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  if (request.deal_id().empty()) {
    violations.Add("deal_id", "is empty; set the deal's id");
  }
  CheckId(request.deal_id(), "deal_id", violations);
  CheckAsOf(request, violations);
  CheckKnownAt(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::ListDealsRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  core::FieldChecker(violations).Enum("status", request.status());
  CheckId(request.pipeline_id(), "pipeline_id", violations);
  CheckId(request.stage_id(), "stage_id", violations);
  CheckId(request.owner_id(), "owner_id", violations);
  CheckId(request.account_id(), "account_id", violations);
  CheckAsOf(request, violations);
  CheckPage(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::ListStalledDealsRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  core::FieldChecker(violations)
      .Enums<v1::StallReason>("reasons", request.reasons(),
                              core::kFilterValuesMax);
  CheckId(request.pipeline_id(), "pipeline_id", violations);
  CheckId(request.stage_id(), "stage_id", violations);
  CheckId(request.owner_id(), "owner_id", violations);
  CheckAsOf(request, violations);
  CheckPage(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::GetBoardRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  CheckId(request.pipeline_id(), "pipeline_id", violations);
  CheckId(request.owner_id(), "owner_id", violations);
  CheckAsOf(request, violations);
  if (request.deals_per_column() < 0 ||
      request.deals_per_column() > core::kBoardDealsPerColumnMax) {
    violations.Add(
        "deals_per_column",
        absl::StrCat("is ", request.deals_per_column(), "; it may be 0 to ",
                     core::kBoardDealsPerColumnMax));
  }
  return violations.ToStatus();
}

absl::Status Check(const v1::GetTicketRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  if (request.ticket_id().empty()) {
    violations.Add("ticket_id", "is empty; set the ticket's id");
  }
  CheckId(request.ticket_id(), "ticket_id", violations);
  CheckAsOf(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::ListTicketsRequest& request) {
  core::Violations violations;
  core::CheckTenant(request.tenant_id(), violations);
  const core::FieldChecker at(violations);
  at.Enum("status", request.status());
  if (request.open() && (request.status() == v1::TICKET_STATUS_RESOLVED ||
                         request.status() == v1::TICKET_STATUS_CLOSED)) {
    violations.Add("open",
                   "contradicts `status`: what is resolved or closed is not "
                   "open; leave one of both out");
  }
  if (request.has_status_since_by()) {
    core::CheckInstant(request.status_since_by(), "status_since_by",
                       violations);
  }
  at.Enum("severity", request.severity());
  at.Enum("type", request.type());
  CheckId(request.owner_id(), "owner_id", violations);
  if (request.has_subject()) {
    core::CheckSubject(request.subject(), "subject", violations);
  }
  CheckAsOf(request, violations);
  CheckPage(request, violations);
  return violations.ToStatus();
}

absl::Status Check(const v1::GetStatusRequest& request) {
  core::Violations violations;
  if (!request.tenant_id().empty()) {
    core::CheckTenant(request.tenant_id(), violations);
  }
  return violations.ToStatus();
}

absl::Status Check(const v1::ResolveRequest& request) {
  core::Violations violations;
  CheckSubjectQuery(request, violations);
  return violations.ToStatus();
}

}  // namespace journey::rpc
