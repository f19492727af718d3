#include "service/core/validate_signals.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/field_checker.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "service/core/validate.h"

namespace journey::core {
namespace {

constexpr size_t kSignalIdDigits = 32;

bool IsSignalId(absl::string_view id) {
  return id.size() == kSignalIdDigits &&
         std::all_of(id.begin(), id.end(),
                     [](unsigned char c) { return absl::ascii_isxdigit(c); });
}

void CheckFilter(const v1::SignalFilter& filter, const FieldChecker& at) {
  at.Enums<v1::SignalType>("types", filter.types(), kFilterValuesMax);
  at.Count("owner_ids", filter.owner_ids_size(), kFilterValuesMax);
  for (int i = 0; i < filter.owner_ids_size(); ++i) {
    FieldChecker(at, "owner_ids", i)
        .RequiredText("", filter.owner_ids(i), kIdBytesMax);
  }
  at.Enum("severity_min", filter.severity_min());
  at.Enums<v1::Segment>("segments", filter.segments(), kFilterValuesMax);
}

// What every request that acts on a signal has.
template <typename Request>
void CheckAction(const Request& request, Violations& violations) {
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  if (!IsSignalId(request.signal_id())) {
    at.Fail("signal_id",
            absl::StrCat("must be ", kSignalIdDigits,
                         " hexadecimal digits, as ListSignals shows them, is ",
                         Quoted(request.signal_id())));
  }
  at.RequiredText("actor", request.actor(), kIdBytesMax);
  at.Text("reason", request.reason(), kReasonBytesMax);
}

template <typename Request>
absl::Status ValidateAction(const Request& request) {
  Violations violations;
  CheckAction(request, violations);
  return violations.ToStatus();
}

}  // namespace

absl::Status ValidateWatchSignals(const v1::WatchSignalsRequest& request) {
  Violations violations;
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  at.NotNegative("after_position", request.after_position());
  CheckFilter(request.filter(), FieldChecker(at, "filter"));
  return violations.ToStatus();
}

absl::Status ValidateListSignals(const v1::ListSignalsRequest& request) {
  Violations violations;
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  CheckFilter(request.filter(), FieldChecker(at, "filter"));
  if (request.has_subject()) {
    CheckSubject(request.subject(), "subject", violations);
  }
  at.Text("deal_id", request.deal_id(), kIdBytesMax);
  at.Enum("handling", request.handling());
  CheckPageSize(request.page_size(), violations);
  CheckPageToken(request.page_token(), violations);
  return violations.ToStatus();
}

absl::Status ValidateListTasks(const v1::ListTasksRequest& request) {
  Violations violations;
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  at.Text("owner_id", request.owner_id(), kIdBytesMax);
  at.Enum("priority_min", request.priority_min());
  if (request.has_due_by()) at.Instant("due_by", request.due_by());
  at.Enums<v1::SignalType>("types", request.types(), kFilterValuesMax);
  at.Count("attributes", request.attributes().fields_size(), kFilterValuesMax);
  CheckPageSize(request.page_size(), violations);
  CheckPageToken(request.page_token(), violations);
  return violations.ToStatus();
}

absl::Status ValidateAcknowledge(const v1::AcknowledgeRequest& request) {
  return ValidateAction(request);
}

absl::Status ValidateSnooze(const v1::SnoozeRequest& request, Micros now) {
  Violations violations;
  const FieldChecker at(violations);
  CheckAction(request, violations);
  if (!request.has_until()) {
    at.Fail("until", "is required; say when it is to be announced again");
  } else if (at.Instant("until", request.until()) &&
             ToMicros(request.until()) <= now) {
    at.Fail("until", absl::StrCat("must be after the server's clock, ",
                                  FormatInstant(now), ", is ",
                                  FormatInstant(ToMicros(request.until()))));
  }
  return violations.ToStatus();
}

absl::Status ValidateFinish(const v1::FinishRequest& request) {
  return ValidateAction(request);
}

absl::Status ValidateDismiss(const v1::DismissRequest& request) {
  return ValidateAction(request);
}

}  // namespace journey::core
