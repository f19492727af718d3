#include "service/core/identity.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace journey::core {
namespace {

constexpr std::array<absl::string_view, 10> kPlaceholders = {
    "null",      "nil",   "none", "undefined", "unknown",
    "anonymous", "guest", "n/a",  "nan",       "(not set)"};

bool SaysNothing(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '0' || absl::ascii_isspace(byte) || absl::ascii_ispunct(byte);
}

}  // namespace

absl::InlinedVector<LinkRef, 2> LinksOf(const v1::Touchpoint& touchpoint) {
  absl::InlinedVector<LinkRef, 2> out;
  const auto add = [&](const SubjectRef& narrow, const SubjectRef& wide) {
    if (!IsPlaceholderId(narrow.id) && !IsPlaceholderId(wide.id)) {
      out.push_back({narrow, wide});
    }
  };
  const SubjectRef account = {v1::SUBJECT_TYPE_ACCOUNT,
                              touchpoint.account_id()};
  if (touchpoint.has_account_merge()) {
    add(account, {v1::SUBJECT_TYPE_ACCOUNT,
                  touchpoint.account_merge().other_account_id()});
    return out;
  }
  const SubjectRef contact = {v1::SUBJECT_TYPE_CONTACT,
                              touchpoint.contact_id()};
  const SubjectRef visitor = {v1::SUBJECT_TYPE_VISITOR,
                              touchpoint.anonymous_id()};
  if (!visitor.id.empty() && !contact.id.empty()) {
    add(visitor, contact);
  } else if (!visitor.id.empty() && !account.id.empty()) {
    add(visitor, account);
  }
  if (!contact.id.empty() && !account.id.empty()) add(contact, account);
  return out;
}

bool IsPlaceholderId(absl::string_view id) {
  if (id == "-1" || std::all_of(id.begin(), id.end(), SaysNothing)) return true;
  return std::any_of(kPlaceholders.begin(), kPlaceholders.end(),
                     [&](absl::string_view other) {
                       return absl::EqualsIgnoreCase(id, other);
                     });
}

bool IsIdentityKind(const v1::Touchpoint& touchpoint) {
  return touchpoint.has_identity_link() || touchpoint.has_account_merge();
}

}  // namespace journey::core
