#include "service/core/validate.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "service/core/field_checker.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/core/validate_touchpoint.h"

namespace journey::core {
namespace {

bool IsTenantId(absl::string_view id) {
  return !id.empty() && id.size() <= kTenantIdBytesMax && id.front() != '-' &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
         });
}

void CheckSubjectFields(const v1::Subject& subject, const FieldChecker& at) {
  at.RequiredEnum("type", subject.type());
  at.RequiredText("id", subject.id(), kIdBytesMax);
}

void CheckTarget(const v1::TouchpointRef& target, const FieldChecker& at) {
  at.RequiredPlainText("source", target.source(), kSourceBytesMax);
  at.RequiredPlainText("touchpoint_id", target.touchpoint_id(), kIdBytesMax);
}

void CheckTouchpoints(const v1::AppendRequest& request, Micros now,
                      const SenderClocks& clocks, const FieldChecker& at) {
  if (request.touchpoints_size() == 0) {
    at.Fail("touchpoints", "is required; give at least one");
  }
  at.Count("touchpoints", request.touchpoints_size(), kBatchTouchpointsMax);
  size_t bytes = 0;
  for (int i = 0; i < request.touchpoints_size(); ++i) {
    bytes += CheckTouchpoint(request.touchpoints(i), now, clocks,
                             FieldChecker(at, "touchpoints", i));
  }
  if (bytes > kBatchBytesMax) {
    at.Fail("touchpoints", absl::StrCat("must be at most ", kBatchBytesMax,
                                        " bytes together, are ", bytes,
                                        "; send several batches"));
  }
}

void CheckExpectation(const v1::ExpectedVersion& expected,
                      const FieldChecker& at) {
  switch (expected.expectation_case()) {
    case v1::ExpectedVersion::kExact:
      at.NotNegative("exact", expected.exact());
      break;
    case v1::ExpectedVersion::kNone:
      if (!expected.none()) at.Fail("none", "must be true where it is set");
      break;
    case v1::ExpectedVersion::kAny:
      if (!expected.any()) at.Fail("any", "must be true where it is set");
      break;
    case v1::ExpectedVersion::EXPECTATION_NOT_SET:
      at.Fail("expectation", "is required; set exact, none or any");
      break;
  }
}

void CheckExpectedVersions(const v1::AppendRequest& request,
                           const FieldChecker& root) {
  const auto& all = request.expected_versions();
  root.Count("expected_versions", all.size(), kExpectedVersionsMax);
  if (all.empty() || all.size() > kExpectedVersionsMax) return;
  // The first expectation of each subject, until a touchpoint names it.
  std::map<SubjectRef, int> unnamed;
  for (int i = 0; i < all.size(); ++i) {
    const FieldChecker at(root, "expected_versions", i);
    const v1::Subject& subject = all[i].subject();
    CheckSubjectFields(subject, FieldChecker(at, "subject"));
    CheckExpectation(all[i], at);
    if (subject.type() == v1::SUBJECT_TYPE_UNSPECIFIED ||
        subject.id().empty()) {
      continue;
    }
    if (!unnamed.emplace(RefOf(subject), i).second) {
      at.Fail("subject", "has two expectations; give one for each subject");
    }
  }
  for (const v1::Touchpoint& touchpoint : request.touchpoints()) {
    unnamed.erase(SubjectOf(touchpoint).value_or(SubjectRef()));
  }
  for (const auto& [subject, i] : unnamed) {
    FieldChecker(root, "expected_versions", i)
        .Fail("subject",
              "is not what a touchpoint of the batch is written to (its "
              "account, else contact, else visitor, else deal)");
  }
}

void CheckFilter(const v1::EventFilter& filter, const FieldChecker& at) {
  at.Enums<v1::TouchpointKind>("kinds", filter.kinds(), kFilterValuesMax);
  at.Count("sources", filter.sources_size(), kFilterValuesMax);
  for (int i = 0; i < filter.sources_size(); ++i) {
    FieldChecker(at, "sources", i)
        .RequiredPlainText("", filter.sources(i), kSourceBytesMax);
  }
  if (filter.has_occurred_from()) {
    at.Instant("occurred_from", filter.occurred_from());
  }
  if (filter.has_occurred_before()) {
    at.Instant("occurred_before", filter.occurred_before());
  }
}

}  // namespace

absl::Status ValidateAppend(const v1::AppendRequest& request, Micros now,
                            const SenderClocks& clocks) {
  Violations violations;
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  CheckTouchpoints(request, now, clocks, at);
  CheckExpectedVersions(request, at);
  at.Enum("ack", request.ack());
  return violations.ToStatus();
}

absl::Status ValidateRetract(const v1::RetractRequest& request) {
  Violations violations;
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  if (request.targets_size() == 0) {
    at.Fail("targets", "is required; give at least one");
  }
  at.Count("targets", request.targets_size(), kBatchTouchpointsMax);
  for (int i = 0; i < request.targets_size(); ++i) {
    CheckTarget(request.targets(i), FieldChecker(at, "targets", i));
  }
  at.Text("reason", request.reason(), kReasonBytesMax);
  at.Text("actor", request.actor(), kIdBytesMax);
  return violations.ToStatus();
}

absl::Status ValidateAmend(const v1::AmendRequest& request, Micros now,
                           const SenderClocks& clocks) {
  Violations violations;
  const FieldChecker at(violations);
  const v1::TouchpointRef& target = request.target();
  const v1::Touchpoint& replacement = request.replacement();
  CheckTenant(request.tenant_id(), violations);
  CheckTarget(target, FieldChecker(at, "target"));
  if (request.has_replacement()) {
    const FieldChecker at_replacement(at, "replacement");
    CheckTouchpoint(replacement, now, clocks, at_replacement);
    if (replacement.source() == target.source() &&
        replacement.touchpoint_id() == target.touchpoint_id()) {
      at_replacement.Fail("touchpoint_id",
                          "is that of the target, which stays retracted for "
                          "ever; give the replacement a new one");
    }
  } else {
    at.Fail("replacement", "is required");
  }
  at.Text("reason", request.reason(), kReasonBytesMax);
  at.Text("actor", request.actor(), kIdBytesMax);
  return violations.ToStatus();
}

absl::Status ValidateRead(const v1::ReadRequest& request) {
  Violations violations;
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  if (request.has_subject()) {
    CheckSubjectFields(request.subject(), FieldChecker(at, "subject"));
  }
  at.NotNegative("from_position", request.from_position());
  at.Enum("order", request.order());
  CheckFilter(request.filter(), FieldChecker(at, "filter"));
  at.NotNegative("max_events", request.max_events());
  return violations.ToStatus();
}

absl::Status ValidateSubscribe(const v1::SubscribeRequest& request) {
  Violations violations;
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  at.NotNegative("after_position", request.after_position());
  CheckFilter(request.filter(), FieldChecker(at, "filter"));
  return violations.ToStatus();
}

void CheckTenant(absl::string_view tenant_id, Violations& violations) {
  if (IsTenantId(tenant_id)) return;
  violations.Add("tenant_id",
                 absl::StrCat("must be 1 to ", kTenantIdBytesMax,
                              " characters of a-z, 0-9 and \"-\", beginning "
                              "with a letter or digit, is ",
                              Quoted(tenant_id)));
}

void CheckSubject(const v1::Subject& subject, absl::string_view field,
                  Violations& violations) {
  const FieldChecker root(violations);
  CheckSubjectFields(subject, FieldChecker(root, field));
}

void CheckText(absl::string_view value, size_t bytes_max,
               absl::string_view field, Violations& violations) {
  FieldChecker(violations).Text(field, value, bytes_max);
}

void CheckInstant(const google::protobuf::Timestamp& instant,
                  absl::string_view field, Violations& violations) {
  FieldChecker(violations).Instant(field, instant);
}

void CheckPageSize(int page_size, Violations& violations) {
  if (page_size >= 0 && page_size <= kPageSizeMax) return;
  violations.Add("page_size", absl::StrCat("must be 0 to ", kPageSizeMax,
                                           ", is ", page_size));
}

void CheckPageToken(absl::string_view token, Violations& violations) {
  if (token.size() <= kPageTokenBytesMax) return;
  violations.Add(
      "page_token",
      absl::StrCat("must be at most ", kPageTokenBytesMax, " bytes, is ",
                   token.size(), "; give next_page_token back unchanged"));
}

}  // namespace journey::core
