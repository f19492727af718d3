#include "projections/rules/match_check.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "projections/rules/payload_fields.h"
#include "service/core/touchpoint.h"

namespace journey::projections {
namespace {

using Actions = google::protobuf::RepeatedPtrField<std::string>;

void CheckActions(const std::string& at, v1::TouchpointKind kind,
                  const Actions& actions, RuleChecker& check) {
  const auto* action = ActionField(kind);
  std::set<std::string> seen;
  for (int i = 0; i < actions.size(); ++i) {
    const std::string field = Element(at + ".actions", i);
    if (action == nullptr) {
      check.Fail(field, absl::StrCat("kind ", core::KindName(kind),
                                     " has no actions; remove the line"));
    } else if (FindShortName(*action->enum_type(), actions[i]) == nullptr) {
      check.Fail(field, absl::StrCat("must be one of ",
                                     ShortNames(*action->enum_type()),
                                     " for kind ", core::KindName(kind)));
    } else if (!seen.insert(actions[i]).second) {
      check.Fail(field, "is listed twice; remove one");
    }
  }
}

}  // namespace

void CheckMatch(const std::string& at, v1::TouchpointKind kind,
                const Actions& actions, v1::Direction direction,
                RuleChecker& check) {
  if (kind == v1::TOUCHPOINT_KIND_UNSPECIFIED) {
    check.Fail(at + ".kind", "is required");
  } else if (!v1::TouchpointKind_IsValid(kind)) {
    check.Fail(at + ".kind", "is unknown to this version of the service");
  } else if (kind == v1::TOUCHPOINT_KIND_SPEND) {
    check.Fail(at + ".kind", "spend belongs to no journey; use another kind");
  } else {
    CheckActions(at, kind, actions, check);
  }
  if (!v1::Direction_IsValid(direction)) {
    check.Fail(at + ".direction",
               "is unknown; use inbound, outbound or internal");
  }
}

}  // namespace journey::projections
