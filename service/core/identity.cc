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
  const SubjectRef account = {v1::SUBJECT_TYPE_ACCOUNT,
                              touchpoint.account_id()};
  const bool has_account = !IsPlaceholderId(account.id);
  if (touchpoint.has_account_merge()) {
    const std::string& other = touchpoint.account_merge().other_account_id();
    if (has_account && !IsPlaceholderId(other)) {
      out.push_back({account, {v1::SUBJECT_TYPE_ACCOUNT, other}});
    }
    return out;
  }
  const SubjectRef contact = {v1::SUBJECT_TYPE_CONTACT,
                              touchpoint.contact_id()};
  const SubjectRef visitor = {v1::SUBJECT_TYPE_VISITOR,
                              touchpoint.anonymous_id()};
  const bool has_contact = !IsPlaceholderId(contact.id);
  if (!IsPlaceholderId(visitor.id) && (has_contact || has_account)) {
    out.push_back({visitor, has_contact ? contact : account});
  }
  if (has_contact && has_account) out.push_back({contact, account});
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
