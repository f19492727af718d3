#include "service/core/validate_identity.h"

#include "service/core/errors.h"
#include "service/core/field_checker.h"
#include "service/core/identity.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/core/validate.h"
#include "service/core/validate_touchpoint.h"

namespace journey::core {
namespace {

// What all four requests have; `id_name` is the field of the link or merge.
template <typename Request>
void CheckCommon(const Request& request, absl::string_view id_name,
                 absl::string_view id, Violations& violations) {
  const FieldChecker at(violations);
  CheckTenant(request.tenant_id(), violations);
  at.RequiredPlainText("source", request.source(), kSourceBytesMax);
  at.RequiredPlainText(id_name, id, kIdBytesMax);
  at.Text("reason", request.reason(), kReasonBytesMax);
  at.Text("actor", request.actor(), kIdBytesMax);
}

void CheckId(absl::string_view name, absl::string_view id,
             const FieldChecker& at) {
  at.RequiredText(name, id, kIdBytesMax);
  if (!id.empty() && IsPlaceholderId(id)) at.Fail(name, kPlaceholderMistake);
}

// Returns whether it is somebody who can be linked.
bool CheckLinked(const v1::Subject& subject, const FieldChecker& at) {
  at.RequiredEnum("type", subject.type());
  CheckId("id", subject.id(), at);
  if (subject.type() == v1::SUBJECT_TYPE_DEAL) {
    at.Fail("type",
            "is a deal, which goes by its account, else by its contact; link "
            "those");
  }
  return subject.type() == v1::SUBJECT_TYPE_ACCOUNT ||
         subject.type() == v1::SUBJECT_TYPE_CONTACT ||
         subject.type() == v1::SUBJECT_TYPE_VISITOR;
}

// A visitor belongs to a contact or account, a contact to an account.
void CheckDirection(const v1::Subject& from, const v1::Subject& to,
                    const FieldChecker& at) {
  // Subject types are numbered from the widest on.
  if (from.type() > to.type()) return;
  if (RefOf(from) == RefOf(to)) {
    at.Fail("to", "is the subject itself; name whom it belongs to");
  } else if (from.type() < to.type()) {
    at.Fail("to", "is narrower than from; exchange from and to");
  } else if (from.type() == v1::SUBJECT_TYPE_ACCOUNT) {
    at.Fail("to", "is an account as from is; use Merge for two accounts");
  } else {
    at.Fail("to",
            "has the type of from; name the contact or account that both "
            "belong to");
  }
}

}  // namespace

absl::Status ValidateLink(const v1::LinkRequest& request, Micros now) {
  Violations violations;
  const FieldChecker at(violations);
  CheckCommon(request, "link_id", request.link_id(), violations);
  const bool from = CheckLinked(request.from(), FieldChecker(at, "from"));
  const bool to = CheckLinked(request.to(), FieldChecker(at, "to"));
  if (from && to) CheckDirection(request.from(), request.to(), at);
  CheckHappened("valid_from", request.has_valid_from(), request.valid_from(),
                now, at);
  return violations.ToStatus();
}

absl::Status ValidateMerge(const v1::MergeRequest& request, Micros now) {
  Violations violations;
  const FieldChecker at(violations);
  CheckCommon(request, "merge_id", request.merge_id(), violations);
  CheckId("account_id", request.account_id(), at);
  CheckId("other_account_id", request.other_account_id(), at);
  if (!request.account_id().empty() &&
      request.account_id() == request.other_account_id()) {
    at.Fail("other_account_id", "is the account itself; name another account");
  }
  CheckHappened("occurred_at", request.has_occurred_at(), request.occurred_at(),
                now, at);
  return violations.ToStatus();
}

absl::Status ValidateUnlink(const v1::UnlinkRequest& request) {
  Violations violations;
  CheckCommon(request, "link_id", request.link_id(), violations);
  return violations.ToStatus();
}

absl::Status ValidateUnmerge(const v1::UnmergeRequest& request) {
  Violations violations;
  CheckCommon(request, "merge_id", request.merge_id(), violations);
  return violations.ToStatus();
}

}  // namespace journey::core
